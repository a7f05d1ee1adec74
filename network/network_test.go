package network_test

import (
	"net/netip"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/subject"
)

func setBool(t *testing.T, p *policy.Policy, name string) *policy.Policy {
	t.Helper()
	id, ok := p.Bool(name)
	if !ok {
		t.Fatalf("no boolean %s", name)
	}
	return p.WithBools(policy.BoolSetting{Bool: id, On: true})
}

// TestKernelAnswers compares the model with the answers of Linux 6.1 and 6.12 for httpd_t with Debian's default
// policy. The kernels ran under qemu in enforcing mode.
func TestKernelAnswers(t *testing.T) {
	base := testpolicy.Open(t, testenv.Policy(t, "default"))
	httpPort, _ := base.Type("http_port_t")
	labelled := base.PortLabel(policy.ProtoTCP, 80).Context
	if policy.TypeID(labelled.Type) != httpPort {
		t.Fatal("tcp/80 is not http_port_t")
	}
	own := func(p *policy.Policy) *policy.Policy {
		return p.WithPorts(policydb.PortCon{Protocol: policy.ProtoTCP, Low: 5601, High: 5601, Context: labelled})
	}
	relay := setBool(t, base, "httpd_can_network_relay")
	ypbind := setBool(t, base, "allow_ypbind")
	narrow := host.Standard()
	narrow.LocalPorts = host.PortRange{Low: 5000, High: 6000}
	wide := host.Standard()
	wide.LocalPorts = host.PortRange{Low: 1024, High: 65535}
	std := host.Standard()

	tests := []struct {
		name  string
		p     *policy.Policy
		host  host.Facts
		op    network.Operation
		proto network.Protocol
		port  uint16
		// the result in the kernel: "" for success, else the permission in the AVC
		denied string
		silent bool // denied, but no AVC was printed
	}{
		{"connect 8080", base, std, network.Connect, network.TCP, 8080, "name_connect", false},
		{"connect 8080 relay", relay, std, network.Connect, network.TCP, 8080, "", false},
		{"connect 5601", base, std, network.Connect, network.TCP, 5601, "name_connect", false},
		{"connect 5601 mptcp", base, std, network.Connect, network.MPTCP, 5601, "name_connect", false},
		{"connect 45000: no ephemeral exemption", base, std, network.Connect, network.TCP, 45000, "name_connect",
			false},
		{"bind 80", base, std, network.Bind, network.TCP, 80, "", false},
		{"bind 5600", base, std, network.Bind, network.TCP, 5600, "name_bind", false},
		{"bind 40000", base, std, network.Bind, network.TCP, 40000, "", false},
		{"bind 32768: low end included", base, std, network.Bind, network.TCP, 32768, "", false},
		{"bind 60999: high end included", base, std, network.Bind, network.TCP, 60999, "", false},
		{"bind 0", base, std, network.Bind, network.TCP, 0, "", false},
		{"bind 32767", base, std, network.Bind, network.TCP, 32767, "name_bind", false},
		{"bind 61000", base, std, network.Bind, network.TCP, 61000, "name_bind", false},
		{"bind 40000, range 5000-6000", base, narrow, network.Bind, network.TCP, 40000, "name_bind", false},
		{"bind 5600, range 5000-6000", base, narrow, network.Bind, network.TCP, 5600, "", false},
		{"bind 5600, range 1024-65535", base, wide, network.Bind, network.TCP, 5600, "", false},
		{"bind 9200, range 1024-65535", base, wide, network.Bind, network.TCP, 9200, "", false},
		{"UDP connect", base, std, network.Connect, network.UDP, 5601, "", false},
		{"UDP sendto", base, std, network.Send, network.UDP, 5601, "", false},
		{"UDP bind 5600", base, std, network.Bind, network.UDP, 5600, "name_bind", false},
		{"UDP bind 40000", base, std, network.Bind, network.UDP, 40000, "node_bind", false},
		{"bind 5601 as http_port_t", own(base), std, network.Bind, network.TCP, 5601, "", false},
		{"connect 5601 as http_port_t", own(base), std, network.Connect, network.TCP, 5601, "name_connect", false},
		{"connect 5601 as http_port_t, relay", own(relay), std, network.Connect, network.TCP, 5601, "", false},
		{"UDP bind 5601, only tcp labelled", own(base), std, network.Bind, network.UDP, 5601, "name_bind", false},
		{"bind 81 with allow_ypbind: dontaudit", ypbind, std, network.Bind, network.TCP, 81, "name_bind", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := subject.Resolve(tt.p, "httpd_t")
			if err != nil {
				t.Fatal(err)
			}
			a, err := network.Ask(access.NewDecider(tt.p), network.Question{
				Subject: s.Context, Operation: tt.op, Protocol: tt.proto, Port: tt.port,
				Machine: network.Machine{Host: tt.host}})
			if err != nil {
				t.Fatal(err)
			}
			denied, logged := "", false
			if first := a.FirstDenied(); first != nil {
				denied, logged = first.Perm, a.Logged
			}
			if denied != tt.denied || (denied != "" && logged == tt.silent) ||
				(a.Verdict == network.Denied) != (tt.denied != "") {
				t.Errorf("got %s, first denied %q, logged %v; the kernel: %q, silent %v", a.Verdict, denied, logged,
					tt.denied, tt.silent)
			}
		})
	}
}

// TestKernelAnswersByCall has the answers of the same kernels to questions with particular system calls, addresses
// or protocols.
func TestKernelAnswersByCall(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	s, err := subject.Resolve(p, "httpd_t")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		q    network.Question
		want string
	}{
		{"connect IPv6", network.Question{Operation: network.Connect, Protocol: network.TCP, Port: 5601,
			Addr: netip.MustParseAddr("::1")},
			"EACCES httpd_t unreserved_port_t:tcp_socket name_connect"},
		{"Fast Open", network.Question{Calls: []network.Call{network.CallSocket, network.CallFastOpen},
			Protocol: network.TCP, Port: 5601},
			"EACCES httpd_t unreserved_port_t:tcp_socket name_connect"},
		{"listen without bind", network.Question{Calls: []network.Call{network.CallSocket, network.CallListen},
			Protocol: network.TCP}, "ok"},
		{"udplite", network.Question{Operation: network.Bind, Protocol: network.UDPLite, Port: 53},
			"EACCES httpd_t httpd_t:rawip_socket create"},
		{"dccp had no portcon", network.Question{Calls: []network.Call{network.CallConnect}, Protocol: network.DCCP,
			Port: 80},
			"EACCES httpd_t httpd_t:dccp_socket connect"},
		// Permissive mode shows all checks of bind(), in order. 5600 is not http_port_t.
		{"bind, all of it", network.Question{Operation: network.Bind, Protocol: network.UDP, Port: 5600,
			Machine: network.Machine{Host: host.Facts{
				Source: "permissive", LocalPorts: host.Standard().LocalPorts, UnprivilegedPortStart: 6000}}},
			"ok, logged httpd_t unreserved_port_t:udp_socket name_bind, logged httpd_t node_t:udp_socket node_bind"},
	}
	for _, tt := range tests {
		tt.q.Subject = s.Context
		if got := ask(t, p, tt.q); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	if label := p.PortLabel(policy.ProtoDCCP, 80); label.Record >= 0 ||
		p.TypeName(policy.TypeID(label.Context.Type)) != "port_t" {
		t.Errorf("dccp/80: %+v", label)
	}
}

// TestMappedAddress checks that ::ffff:a.b.c.d is looked up among the IPv6 nodecons, and that 0.0.0.0 is an address
// of its own.
func TestMappedAddress(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	lo := p.TypeName(policy.TypeID(p.NodeLabel(netip.MustParseAddr("127.0.0.1")).Context.Type))
	mapped := p.NodeLabel(netip.MustParseAddr("::ffff:127.0.0.1"))
	if lo != "lo_node_t" || p.TypeName(policy.TypeID(mapped.Context.Type)) != lo {
		t.Errorf("127.0.0.1 is %s, mapped %s", lo, p.TypeName(policy.TypeID(mapped.Context.Type)))
	}
	without := p.WithNodes(policydb.NodeCon{Mask: [4]byte{255, 255, 255, 255}, Context: mapped.Context})
	if got := without.NodeLabel(netip.IPv4Unspecified()); got.Record != 0 {
		t.Errorf("0.0.0.0 under nodecon 0.0.0.0/32: record %d", got.Record)
	}
}
