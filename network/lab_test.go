package network_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/policies"
)

// A lab is a policy made for one test: testdata/lab.cil with settings.
type lab struct {
	caps    []string // policy capabilities; nil for network_peer_controls and extended_socket_class
	unknown string   // handle_unknown; "" is deny
	drop    []string // classes ("sctp_socket") and permissions ("tcp_socket name_connect") left out
	rules   string   // CIL
}

// labClasses are the classes of the lab with the permissions that Linux 6.12
// has beyond those of all sockets (security/selinux/include/classmap.h).
var labClasses = []string{
	"socket", "tcp_socket node_bind name_connect", "udp_socket node_bind", "rawip_socket node_bind", "icmp_socket node_bind",
	"sctp_socket node_bind name_connect association", "dccp_socket node_bind name_connect", "packet_socket", "vsock_socket",
	"unix_stream_socket connectto", "unix_dgram_socket", "netlink_socket", "netlink_route_socket nlmsg_read nlmsg_write nlmsg",
	"netlink_tcpdiag_socket nlmsg_read nlmsg_write nlmsg", "netlink_xfrm_socket nlmsg_read nlmsg_write nlmsg",
	"netlink_audit_socket nlmsg_read nlmsg_write nlmsg_relay nlmsg_readpriv nlmsg_tty_audit nlmsg",
}

// labObjects are the other classes.
const labObjects = `(class node (recvfrom sendto)) (class netif (ingress egress)) (class peer (recv))
(class packet (send recv relabelto forward_in forward_out)) (class association (sendto recvfrom setcontext polmatch))
(class capability (net_bind_service net_raw net_admin)) (class process (fork transition)) (class fd (use))
`

func (l lab) source(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/lab.cil")
	if err != nil {
		t.Fatal(err)
	}
	settings := "(handleunknown " + l.unknown + ")\n"
	if l.unknown == "" {
		settings = "(handleunknown deny)\n"
	}
	caps := l.caps
	if caps == nil {
		caps = []string{"network_peer_controls", "extended_socket_class"}
	}
	for _, c := range caps {
		settings += "(policycap " + c + ")\n"
	}
	var classes, order strings.Builder
	classes.WriteString(labObjects)
	classes.WriteString("(common sock (ioctl read write create getattr setattr lock relabelfrom relabelto append map bind connect listen accept getopt setopt shutdown recvfrom sendto name_bind))\n")
	order.WriteString("(classorder (node netif peer packet association capability process fd")
	for _, c := range labClasses {
		words := strings.Fields(c)
		name := words[0]
		if slices.Contains(l.drop, name) {
			continue
		}
		perms := slices.DeleteFunc(words[1:], func(perm string) bool { return slices.Contains(l.drop, name+" "+perm) })
		classes.WriteString("(class " + name + " (" + strings.Join(perms, " ") + ")) (classcommon " + name + " sock)\n")
		order.WriteString(" " + name)
	}
	classes.WriteString(order.String() + "))\n")
	return []byte(strings.NewReplacer("@SETTINGS", settings, "@CLASSES", classes.String()).Replace(string(text)) + l.rules)
}

func (l lab) policy(t testing.TB) *policy.Policy {
	t.Helper()
	testenv.Need(t, "secilc")
	path, err := policies.CompileCIL(l.source(t), policies.Options{Version: 33})
	if err != nil {
		t.Fatal(err)
	}
	return load(t, path)
}

// context parses a context of the lab; a bare type stands for a process of it.
func context(t testing.TB, p *policy.Policy, text string) policy.Context {
	t.Helper()
	if !strings.Contains(text, ":") {
		text = "u:r:" + text + ":s0"
	}
	c, err := p.ParseContext(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// object parses the context of an object of a type.
func object(t testing.TB, p *policy.Policy, typ string) *policy.Context {
	t.Helper()
	c := context(t, p, "u:object_r:"+typ+":s0")
	return &c
}

// ask returns what becomes of a question of d_t on a standard host.
func ask(t testing.TB, p *policy.Policy, q network.Question) string {
	t.Helper()
	if q.Subject == (policy.Context{}) {
		q.Subject = context(t, p, "d_t")
	}
	if q.Host.Source == "" {
		q.Host = host.Standard()
	}
	a, err := network.Ask(access.NewDecider(p), q)
	if err != nil {
		t.Fatal(err)
	}
	return outcome(p, a)
}

// outcome writes an answer as one would a system call and its AVC: "ok", or
// "EACCES d_t port_t:tcp_socket name_bind", with "silent" behind it where no AVC
// is logged. "ok, logged ..." is what a permissive domain gets.
func outcome(p *policy.Policy, a network.Answer) string {
	write := func(l *network.LayerAnswer) string {
		return p.TypeName(policy.TypeID(l.SourceContext.Type)) + " " + p.TypeName(policy.TypeID(l.TargetContext.Type)) + ":" + l.Class + " " + l.Perm
	}
	if first := a.FirstDenied(); first != nil {
		text := string(a.Errno) + " " + write(first)
		if a.Verdict != network.Denied {
			text = string(a.Verdict) + ": " + text
		}
		if !a.Logged {
			text += " silent"
		}
		return text
	}
	text := "ok"
	if a.Verdict != network.Allowed {
		text = string(a.Verdict)
	}
	for i := range a.Layers {
		if l := &a.Layers[i]; l.Consulted && !l.Check.Allowed && l.Logged {
			text += ", logged " + write(l)
		}
	}
	return text
}
