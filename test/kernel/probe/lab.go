// Package probe holds questions about network operations, each under a small
// policy of its own, with what becomes of them: the situations in which a naive
// model of the kernel is wrong. The tests of package network hold the model
// against them, and those of package kernel real kernels.
package probe

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/policies"
)

// labText is the part of the policy that all have.
//
//go:embed lab.cil
var labText string

// A Lab is a policy made for one test: lab.cil with settings.
type Lab struct {
	Caps    []string // policy capabilities; nil for network_peer_controls and extended_socket_class
	Unknown string   // handle_unknown; "" is deny
	Drop    []string // classes ("sctp_socket") and permissions ("tcp_socket name_connect") left out
	Netif   string   // the interface with a netifcon, lo_netif_t; "" is lo0
	XPerm   bool     // the policy capability netlink_xperm, which compilers may not know
	Helped  bool     // d_t may use the sockets of h_t
	Rules   string   // CIL
}

// Classes are the classes of the lab with the permissions that Linux 6.12
// has beyond those of all sockets (security/selinux/include/classmap.h).
var Classes = []string{
	"socket", "tcp_socket node_bind name_connect", "udp_socket node_bind", "rawip_socket node_bind",
	"icmp_socket node_bind",
	"sctp_socket node_bind name_connect association", "dccp_socket node_bind name_connect", "packet_socket",
	"vsock_socket", "netlink_netfilter_socket",
	"unix_stream_socket connectto", "unix_dgram_socket", "smc_socket", "netlink_socket",
	"netlink_route_socket nlmsg_read nlmsg_write nlmsg",
	"netlink_tcpdiag_socket nlmsg_read nlmsg_write nlmsg", "netlink_xfrm_socket nlmsg_read nlmsg_write nlmsg",
	"netlink_audit_socket nlmsg_read nlmsg_write nlmsg_relay nlmsg_readpriv nlmsg_tty_audit nlmsg",
}

// objects are the other classes.
const objects = `(class node (recvfrom sendto)) (class netif (ingress egress)) (class peer (recv))
(class packet (send recv relabelto forward_in forward_out)) (class association (sendto recvfrom setcontext polmatch))
(class capability (net_bind_service net_raw net_admin audit_control audit_write))
(class cap_userns (net_bind_service net_raw net_admin))
(class system (module_request)) (class process (fork transition dyntransition)) (class fd (use))
(class security (setenforce)) (class file (read write))
`

func (l Lab) source() []byte {
	settings := "(handleunknown " + l.Unknown + ")\n"
	if l.Unknown == "" {
		settings = "(handleunknown deny)\n"
	}
	caps := l.Caps
	if caps == nil {
		caps = []string{"network_peer_controls", "extended_socket_class"}
	}
	for _, c := range caps {
		settings += "(policycap " + c + ")\n"
	}
	var classes, order, grants strings.Builder
	classes.WriteString(objects)
	classes.WriteString(
		"(common sock (ioctl read write create getattr setattr lock relabelfrom relabelto append map bind connect " +
			"listen accept getopt setopt shutdown recvfrom sendto name_bind))\n")
	order.WriteString(
		"(classorder (node netif peer packet association capability cap_userns system process fd security file")
	for _, c := range Classes {
		words := strings.Fields(c)
		name := words[0]
		if slices.Contains(l.Drop, name) {
			continue
		}
		perms := slices.DeleteFunc(words[1:], func(perm string) bool { return slices.Contains(l.Drop, name+" "+perm) })
		classes.WriteString("(class " + name + " (" + strings.Join(perms, " ") + ")) (classcommon " + name + " sock)\n")
		order.WriteString(" " + name)
		if l.Helped {
			grants.WriteString("(allow d_t h_t (" + name + " (connect write)))\n")
		}
	}
	classes.WriteString(order.String() + "))\n")
	return []byte(strings.NewReplacer("@SETTINGS", settings, "@CLASSES", classes.String(), "@NETIF",
		cmp.Or(l.Netif, "lo0")).Replace(labText) + grants.String() + l.Rules)
}

// Policy compiles the policy, or skips the test where the compiler is missing.
func (l Lab) Policy(t testing.TB) *policy.Policy {
	t.Helper()
	testenv.Need(t, "secilc")
	path, err := policies.CompileCIL(l.source(), policies.Options{Version: 33})
	if err != nil {
		t.Fatal(err)
	}
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if l.XPerm {
		db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapNetlinkXPerm))
	}
	return policy.New(db)
}

// Context parses a context of the lab; a bare type stands for a process of it.
func Context(t testing.TB, p *policy.Policy, text string) policy.Context {
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

// Object parses the context of an object of a type.
func Object(t testing.TB, p *policy.Policy, typ string) *policy.Context {
	t.Helper()
	c := Context(t, p, "u:object_r:"+typ+":s0")
	return &c
}

// Outcome writes an answer as one would a system call and its AVC: "ok", or "EACCES d_t
// port_t:tcp_socket name_bind", with "silent" behind it where no AVC is logged. "ok, logged
// ..." is the result for a permissive domain.
func Outcome(p *policy.Policy, a network.Answer) string {
	write := func(l *network.LayerAnswer) string {
		return p.TypeName(policy.TypeID(l.SourceContext.Type)) + " " +
			p.TypeName(policy.TypeID(l.TargetContext.Type)) + ":" + l.Class + " " + l.Perm
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
