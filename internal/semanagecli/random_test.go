package semanagecli

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// A generator makes commands that often concern the same few keys, so that later commands meet earlier records. It
// leaves out lines after which a signal ends semanage: a change without a type.
type generator struct{ rng *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.rng.IntN(len(list))] }

func (g generator) words(list string) string { return g.pick(strings.Fields(list)...) }

func (g generator) level() string {
	switch g.rng.IntN(9) {
	case 0:
		return " -r s0:c1,c5.c7"
	case 1:
		return " --range=s0-s0:c0.c1023"
	case 2:
		return " -r s0:c5-s0" // refused at the commit
	}
	return ""
}

func (g generator) typ(good string) string {
	if g.rng.IntN(10) == 0 {
		return g.pick("httpd_t", "nosuch_t", "port_type")
	}
	return g.words(good)
}

func (g generator) port() string {
	port := g.words("5601 5602-5609 8081 444 447 9000-9010 9011 1000-1010 65535 6100-6120 11 5601 5602-5609 80 " +
		"5605 1-511 65536 x 5- 0 0x1 8_0")
	proto := g.words("tcp tcp tcp udp sctp dccp tcp udp tcp udp ip")
	typ := g.typ("http_port_t http_cache_port_t ssh_port_t ntp_port_t unreserved_port_t")
	switch g.rng.IntN(6) {
	case 0, 1:
		return fmt.Sprintf("port -d -p %s %s", proto, port)
	case 2:
		return fmt.Sprintf("port -m --type %s -p %s %s%s", typ, proto, port, g.level())
	}
	return fmt.Sprintf("port --add -t %s --proto %s %s%s", typ, proto, port, g.level())
}

func (g generator) node() string {
	where := g.pick("-M 255.0.0.0 -p ipv4 10.0.0.0", "-M /8 -p x 10.0.0.0", "-M 255.255.255.255 -p ipv4 10.0.0.0",
		"-M ffff:ffff:: -p ipv6 2001:db8::",
		"-M /8 -p ipv4 10.1.0.0", "-M 255.0.0.0 -p ipx 10.0.0.0", "-M /0.0.0.255 -p ipv4 10.0.7.0", "-M ffff:: -p "+
			"ipv6 ::ffff:1.2.3.4", "-M /96 -p ipv6 ::1.2.0.0")
	typ := g.typ("node_t")
	switch g.rng.IntN(4) {
	case 0:
		return "node -d " + where
	case 1:
		return "node -m -t " + typ + g.level() + " " + where
	}
	return "node -a -t " + typ + g.level() + " " + where
}

func (g generator) iface() string {
	name := g.words("lo eth0 eth1 wlan0")
	switch g.rng.IntN(4) {
	case 0:
		return "interface -d " + name
	case 1:
		return "interface -m -t " + g.words("netif_t node_t") + " " + name + g.level()
	}
	return "interface -a -t " + g.words("netif_t node_t") + " " + name + g.level()
}

func (g generator) change() string {
	switch n := g.rng.IntN(20); {
	case n < 9:
		return g.port()
	case n < 12:
		return "boolean -m --" + g.words("on off") + " " +
			g.words("httpd_can_network_connect httpd_enable_cgi ftp_home_dir no_such_boolean")
	case n < 15:
		return g.node()
	case n < 18:
		return g.iface()
	}
	return g.words("port boolean node interface ibpkey ibendport") + " -D"
}

// line makes a command line and its standard input.
func (g generator) line() (line, stdin string) {
	switch n := g.rng.IntN(20); {
	case n < 14:
		return g.change() + " -N", ""
	case n < 16:
		var b strings.Builder
		for range 1 + g.rng.IntN(5) {
			b.WriteString(g.change() + "\n")
		}
		return "import -N", b.String()
	case n < 17:
		return "export", ""
	}
	return g.words("port boolean node interface ibpkey ibendport") + " " + g.pick("-l", "-l -C", "-l -n", "-E"), ""
}

// TestRandomAgainstSemanage runs random command lines on two copies of a store. Where libsepol and libsemanage
// explain in many lines why a commit failed, the texts may differ.
func TestRandomAgainstSemanage(t *testing.T) {
	t.Parallel()
	steps := 10
	if testenv.Long() {
		steps = 400
	}
	theirs := stores.Usual(t, "default")
	p := startPeer(t, theirs, "default")
	own := stores.Usual(t, "default")
	commits, refused := 0, 0
	for _, s := range []uint64{1, seed(t)} {
		g := generator{rand.New(rand.NewPCG(s, 3))}
		for range steps {
			line, stdin := g.line()
			args, _ := cutInput(line)
			want, got := p.run(stdin, args...), ours(own, stdin, args...)
			if strings.HasPrefix(want.err, "libsepol.") || strings.HasPrefix(want.err, "libsemanage.") {
				if want.code != 1 || strings.Count(got.err, "\n") != 1 {
					t.Fatalf("semanage %s <<< %s\n%s", line, stdin, difference(got, want))
				}
				commits++
				want.err = got.err
			}
			if want.code != 0 {
				refused++
			}
			if d := difference(got, want); d != "" {
				t.Fatalf("semanage %s <<< %s\n%s", line, stdin, d)
			}
		}
		sameLocals(t, theirs, own, "default")
	}
	t.Logf("%d lines, %d refused, %d of these by the commit", 2*steps, refused, commits)
}
