package semanage_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/semanage"
)

// TestAgainstSemanage does the same random things to two copies of a store, with
// semanage and with this package: after each, all files are the same, byte for
// byte. What one refuses the other refuses too.
func TestAgainstSemanage(t *testing.T) {
	needOracle(t)
	steps := 8
	if os.Getenv("SENET_TEST_LONG") == "1" {
		steps = 150
	}
	for _, store := range []string{"default", "mls"} {
		t.Run(store, func(t *testing.T) {
			theirs := copySystem(t, store)
			o := startOracle(t, theirs, store)
			// Its first transaction brings file_contexts.homedirs up to date with
			// this machine's /etc/passwd.
			o.must("port", "-a", "-N", "-S", store, "-t", "http_port_t", "-p", "tcp", "5600")
			ours := semanage.MemDir(t)
			copyTree(t, theirs, ours)
			s := open(t, ours)
			g := generator{rand: rand.New(rand.NewPCG(1, uint64(len(store)))), mls: store == "mls"}
			refused := 0
			if store == "mls" {
				steps = (steps + 1) / 2
			}
			for step := range steps {
				text := g.command()
				if g.rand.IntN(8) == 0 {
					var lines []string
					for range 2 + g.rand.IntN(6) {
						lines = append(lines, g.command())
					}
					text = strings.Join(lines, "\n")
				}
				var reply oracleReply
				if strings.Contains(text, "\n") {
					reply = o.run(text+"\n", "import", "-N", "-S", store)
				} else {
					args := append(strings.Fields(strings.ReplaceAll(text, "'", "")), "-N", "-S", store)
					reply = o.run("", args...)
				}
				err := apply(s, true, text)
				if (err != nil) != (reply.RC != 0) {
					t.Fatalf("step %d: %s\nsemanage: exit %d %s\nwe: %v", step, text, reply.RC, reply.Err, err)
				}
				if err != nil {
					refused++
				}
				if d := snap(t, theirs, store, step == steps-1).diff(snap(t, ours, store, step == steps-1)); d != "" {
					t.Fatalf("step %d: %s (%v)\n%s", step, text, err, d)
				}
			}
			t.Logf("%d steps, %d refused by both", steps, refused)
			exported(t, o, ours, store)
		})
	}
}

// exported compares the two exports, for the kinds that both know.
func exported(t *testing.T, o *oracle, root, store string) {
	t.Helper()
	reply := o.run("", "export", "-S", store)
	if reply.RC != 0 {
		t.Fatalf("export: %s", reply.Err)
	}
	var theirs []string
	for line := range strings.Lines(reply.Out) {
		switch strings.Fields(line)[0] {
		case "boolean", "interface", "port", "node", "ibendport", "ibpkey":
			theirs = append(theirs, line)
		}
	}
	if got := string(exportAll(t, open(t, root))); got != strings.Join(theirs, "") {
		t.Errorf("export:\n%s\nsemanage's:\n%s", got, strings.Join(theirs, ""))
	}
}

// A generator makes commands that often concern the same few keys, so that they
// meet.
type generator struct {
	rand *rand.Rand
	mls  bool
}

func (g *generator) pick(list ...string) string { return list[g.rand.IntN(len(list))] }

// mostly picks from the first list, now and then from the other, whose things are
// refused.
func (g *generator) mostly(good string, bad ...string) string {
	if g.rand.IntN(12) == 0 {
		return g.pick(bad...)
	}
	return g.pick(strings.Fields(good)...)
}

func (g *generator) command() string {
	switch n := g.rand.IntN(100); {
	case n < 45:
		return g.port()
	case n < 65:
		return g.boolean()
	case n < 80:
		return g.node()
	case n < 94:
		return g.iface()
	}
	return g.pick("port", "boolean", "node", "interface") + " -D"
}

func (g *generator) level() string {
	switch g.rand.IntN(12) {
	case 0, 1:
		return " -r s0:c1,c5.c7"
	case 2, 3:
		return " -r s0-s0:c0.c1023"
	case 4: // refused without MLS, where s0 is the only sensitivity
		return " -r s3:c1-s5:c0.c3,c9"
	case 5:
		return " -r s0:c5-s0" // always refused
	}
	return ""
}

func (g *generator) port() string {
	port := g.mostly("5601 5602-5609 8081 444 447 9000-9010 9011 1000-1010 65535 6100-6120 11", "80", "5605", "1-511", "5604-5600", "70000", "x")
	proto := g.mostly("tcp tcp tcp udp sctp dccp", "ip")
	typ := g.mostly("http_port_t http_cache_port_t ssh_port_t ntp_port_t unreserved_port_t", "httpd_t", "nosuch_t")
	switch g.rand.IntN(5) {
	case 0:
		return fmt.Sprintf("port -d -p %s %s", proto, port)
	case 1:
		return fmt.Sprintf("port -m -t %s -p %s %s%s", typ, proto, port, g.level())
	}
	return fmt.Sprintf("port -a -t %s -p %s %s%s", typ, proto, port, g.level())
}

func (g *generator) boolean() string {
	name := g.mostly("httpd_can_network_connect httpd_enable_cgi ftp_home_dir allow_execheap ssh_sysadm_login", "no_such_boolean")
	return fmt.Sprintf("boolean -m --%s %s", g.pick("on", "off"), name)
}

func (g *generator) node() string {
	addr, mask, proto := "10.0.0.0", "255.0.0.0", "ipv4"
	switch g.rand.IntN(14) {
	case 0, 8:
		mask = "255.255.255.255"
	case 1, 9:
		addr, mask = "192.168.7.0", "255.255.255.0"
	case 2, 10:
		addr, mask, proto = "2001:db8::", "ffff:ffff::", "ipv6"
	case 3:
		addr, mask, proto = "::ffff:1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ipv6"
	case 4:
		addr, mask, proto = "::1.2.3.4", "::", "ipv6"
	case 5:
		mask = "/8"
	case 6:
		addr, mask = "10.1.0.0", "/8" // host bits: refused
	case 7:
		addr, proto = "2001:db8::1", "ipv4" // refused
	}
	typ := g.mostly("node_t", "http_port_t")
	switch g.rand.IntN(4) {
	case 0:
		return fmt.Sprintf("node -d -M %s -p %s %s", mask, proto, addr)
	case 1:
		return fmt.Sprintf("node -m -M %s -p %s -t %s %s%s", mask, proto, typ, addr, g.level())
	}
	return fmt.Sprintf("node -a -M %s -p %s -t %s %s%s", mask, proto, typ, addr, g.level())
}

func (g *generator) iface() string {
	name := g.pick("lo", "eth0", "eth1", "wlan0")
	typ := g.mostly("netif_t node_t", "nosuch_t")
	switch g.rand.IntN(4) {
	case 0:
		return "interface -d " + name
	case 1:
		return fmt.Sprintf("interface -m -t %s %s%s", typ, name, g.level())
	}
	return fmt.Sprintf("interface -a -t %s %s%s", typ, name, g.level())
}
