package semanage_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestAgainstSemanage does the same random things to two copies of a store, with
// semanage and with this package: after each, all files are the same, byte for
// byte. What one refuses the other refuses too.
func TestAgainstSemanage(t *testing.T) {
	stores.NeedSemanage(t)
	steps := 8
	if testenv.Long() {
		steps = 150
	}
	for _, store := range []string{"default", "mls"} {
		t.Run(store, func(t *testing.T) {
			theirs := stores.Usual(t, store)
			o := stores.Start(t, theirs, store)
			// Its first transaction brings file_contexts.homedirs up to date with
			// this machine's /etc/passwd.
			o.Must("port", "-a", "-N", "-S", store, "-t", "http_port_t", "-p", "tcp", "5600")
			ours := stores.Dir(t)
			if err := stores.CopyTree(theirs, ours); err != nil {
				t.Fatal(err)
			}
			s := open(t, ours)
			g := generator{stores.Words{Rand: rand.New(rand.NewPCG(1, uint64(len(store)))), Bad: 12}}
			refused := 0
			if store == "mls" {
				steps = (steps + 1) / 2
			}
			for step := range steps {
				text := g.command()
				if g.Rand.IntN(8) == 0 {
					var lines []string
					for range 2 + g.Rand.IntN(6) {
						lines = append(lines, g.command())
					}
					text = strings.Join(lines, "\n")
				}
				var reply stores.Reply
				if strings.Contains(text, "\n") {
					reply = o.Run(text+"\n", "import", "-N", "-S", store)
				} else {
					args := append(strings.Fields(strings.ReplaceAll(text, "'", "")), "-N", "-S", store)
					reply = o.Run("", args...)
				}
				err := apply(s, true, text)
				if (err != nil) != (reply.RC != 0) {
					t.Fatalf("step %d: %s\nsemanage: exit %d %s\nwe: %v", step, text, reply.RC, reply.Err, err)
				}
				if err != nil {
					refused++
				}
				if d := snap(t, theirs, store, step == steps-1).Diff(snap(t, ours, store, step == steps-1)); d != "" {
					t.Fatalf("step %d: %s (%v)\n%s", step, text, err, d)
				}
			}
			t.Logf("%d steps, %d refused by both", steps, refused)
			exported(t, o, ours, store)
		})
	}
}

// exported compares the two exports, but for modules.
func exported(t *testing.T, o *stores.Semanage, root, store string) {
	t.Helper()
	reply := o.Run("", "export", "-S", store)
	if reply.RC != 0 {
		t.Fatalf("export: %s", reply.Err)
	}
	var theirs []string
	for line := range strings.Lines(reply.Out) {
		switch strings.Fields(line)[0] {
		case "module", "permissive":
		default:
			theirs = append(theirs, line)
		}
	}
	if got := string(exportAll(t, open(t, root))); got != strings.Join(theirs, "") {
		t.Errorf("export:\n%s\nsemanage's:\n%s", got, strings.Join(theirs, ""))
	}
}

// A generator makes commands.
type generator struct{ stores.Words }

func (g *generator) command() string {
	switch n := g.Rand.IntN(100); {
	case n < 45:
		return g.port()
	case n < 65:
		return g.boolean()
	case n < 80:
		return g.node()
	case n < 94:
		return g.iface()
	}
	return g.Pick("port", "boolean", "node", "interface") + " -D"
}

func (g *generator) level() string {
	if level := g.Level(); level != "" {
		return " -r " + level
	}
	return ""
}

func (g *generator) port() string {
	port, proto, typ := g.Port()
	switch g.Rand.IntN(5) {
	case 0:
		return fmt.Sprintf("port -d -p %s %s", proto, port)
	case 1:
		return fmt.Sprintf("port -m -t %s -p %s %s%s", typ, proto, port, g.level())
	}
	return fmt.Sprintf("port -a -t %s -p %s %s%s", typ, proto, port, g.level())
}

func (g *generator) boolean() string {
	name := g.Mostly("httpd_can_network_connect httpd_enable_cgi ftp_home_dir allow_execheap ssh_sysadm_login",
		"no_such_boolean")
	return fmt.Sprintf("boolean -m --%s %s", g.Pick("on", "off"), name)
}

func (g *generator) node() string {
	addr, mask, proto := g.Node()
	typ := g.Mostly("node_t", "http_port_t")
	switch g.Rand.IntN(4) {
	case 0:
		return fmt.Sprintf("node -d -M %s -p %s %s", mask, proto, addr)
	case 1:
		return fmt.Sprintf("node -m -M %s -p %s -t %s %s%s", mask, proto, typ, addr, g.level())
	}
	return fmt.Sprintf("node -a -M %s -p %s -t %s %s%s", mask, proto, typ, addr, g.level())
}

func (g *generator) iface() string {
	name := g.Pick("lo", "eth0", "eth1", "wlan0")
	typ := g.Mostly("netif_t node_t", "nosuch_t")
	switch g.Rand.IntN(4) {
	case 0:
		return "interface -d " + name
	case 1:
		return fmt.Sprintf("interface -m -t %s %s%s", typ, name, g.level())
	}
	return fmt.Sprintf("interface -a -t %s %s%s", typ, name, g.level())
}
