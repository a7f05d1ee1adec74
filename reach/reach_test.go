package reach_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/policies"
)

// TestWho checks that Who is the matrix seen from a port: it has the same domains, each with the ports of the
// question.
func TestWho(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	r := reach.New(access.NewDecider(p))
	for _, proto := range []network.Protocol{network.TCP, network.UDP, network.SCTP} {
		for _, op := range network.Operations() {
			q := reach.Query{Protocol: proto, Operation: op, Machine: network.Machine{Host: host.Standard()}}
			rows, err := r.Matrix(q)
			if err != nil {
				t.Fatal(err)
			}
			for _, asked := range []portset.Set{{{Low: 80, High: 80}}, {{Low: 0, High: 65535}},
				{{Low: 5000, High: 6000}, {Low: 32768, High: 32768}}, nil} {
				got, err := r.Who(asked, q)
				if err != nil {
					t.Fatal(err)
				}
				var want []reach.Row
				for _, row := range rows {
					row.Access.Allowed = row.Access.Allowed.Intersect(asked)
					if row.Access.Allowed.Len() > 0 {
						want = append(want, row)
					}
				}
				if !slices.EqualFunc(got, want, func(a, b reach.Row) bool {
					return a.Domain == b.Domain && slices.Equal(a.Access.Allowed, b.Access.Allowed)
				}) {
					t.Errorf("%s %s %v: %d domains, want %d", op, proto, asked, len(got), len(want))
				}
				for _, row := range got {
					whole, err := r.Ports(row.Access.Subject, q)
					if err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(whole.Allowed.Intersect(asked), row.Access.Allowed) {
						t.Errorf("%s %s by %s: Ports and Who differ", op, proto, p.TypeName(row.Domain))
					}
				}
			}
		}
	}
}

// TestHostsApart checks that one Reacher does not mix up hosts with different port limits.
func TestHostsApart(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	s, err := subject.Resolve(p, "haproxy_t")
	if err != nil {
		t.Fatal(err)
	}
	moved := host.Standard()
	moved.LocalPorts, moved.UnprivilegedPortStart = host.PortRange{Low: 5000, High: 6000}, 0
	shared := reach.New(access.NewDecider(p))
	for range 2 {
		for _, h := range []host.Facts{host.Standard(), moved} {
			q := reach.Query{Protocol: network.TCP, Operation: network.Bind, Machine: network.Machine{Host: h}}
			got, err := shared.Ports(s.Context, q)
			if err != nil {
				t.Fatal(err)
			}
			want, err := reach.New(access.NewDecider(p)).Ports(s.Context, q)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Allowed, want.Allowed) {
				t.Errorf("range %v: %v, alone %v", h.LocalPorts, got.Allowed, want.Allowed)
			}
			inside := portset.Set{{Low: h.LocalPorts.Low, High: h.LocalPorts.High}}
			if got.Allowed.Intersect(inside).Len() != inside.Len() {
				t.Errorf("range %v is not open: %v", h.LocalPorts, got.Allowed)
			}
		}
	}
}

// TestNoPorts checks that sockets without ports are refused.
func TestNoPorts(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	r := reach.New(access.NewDecider(p))
	for _, proto := range []network.Protocol{network.UnixStream, network.VSock, network.Packet, network.NetRoute, "",
		"tpc"} {
		if _, err := r.Ports(policy.Context{}, reach.Query{Protocol: proto, Operation: network.Bind,
			Machine: network.Machine{Host: host.Standard()}}); err == nil {
			t.Errorf("%q has ports", proto)
		}
	}
	if _, err := r.Ports(policy.Context{}, reach.Query{Protocol: network.TCP, Operation: "bnid",
		Machine: network.Machine{Host: host.Standard()}}); err == nil {
		t.Error("an unknown operation has ports")
	}
}

// TestDomains checks both definitions of a domain.
func TestDomains(t *testing.T) {
	t.Run("debian", func(t *testing.T) {
		p := testpolicy.Open(t, testenv.Policy(t, "default"))
		a, _ := p.Attribute("domain")
		members := p.Members(a)
		got := reach.Domains(p)
		if len(got) != members.Len() || !slices.IsSorted(got) {
			t.Errorf("%d domains, the attribute has %d members", len(got), members.Len())
		}
		for _, id := range got {
			if !members.Has(id) {
				t.Errorf("%s is not in the attribute", p.TypeName(id))
			}
		}
	})
	// Without members of an attribute domain: a role other than object_r and an allow rule on the own process
	// class, also through an attribute.
	const cil = `(mls false) (handleunknown deny) (class process (fork)) (class file (read)) (classorder (process file)) (sid kernel) (sidorder (kernel))
(user u) (role r) (role object_r) (userrole u r) (userrole u object_r)
(type self_t) (type attr_t) (type bare_t) (type norole_t) (type onlyother_t) (type off_t) (type file_t)
(typeattribute some) (typeattributeset some (attr_t norole_t))
(roletype r self_t) (roletype r attr_t) (roletype r bare_t) (roletype r onlyother_t) (roletype r off_t)
(roletype object_r norole_t) (roletype object_r file_t)
(allow self_t self (process (fork))) (allow some some (process (fork))) (allow onlyother_t self_t (process (fork)))
(allow bare_t self (file (read))) (boolean b false) (booleanif b (true (allow off_t self (process (fork)))))
(sensitivity s0) (sensitivityorder (s0)) (userlevel u (s0)) (userrange u ((s0) (s0)))
(sidcontext kernel (u r self_t ((s0) (s0))))
`
	for name, text := range map[string]string{"no attribute": cil, "empty attribute": cil + "(typeattribute domain)"} {
		t.Run(name, func(t *testing.T) {
			testenv.Need(t, "secilc")
			path, err := policies.CompileCIL([]byte(text), policies.Options{Version: 33})
			if err != nil {
				t.Fatal(err)
			}
			p := testpolicy.Open(t, path)
			var got []string
			for _, id := range reach.Domains(p) {
				got = append(got, p.TypeName(id))
			}
			if slices.Sort(got); !slices.Equal(got, []string{"attr_t", "off_t", "self_t"}) {
				t.Errorf("domains %v", got)
			}
		})
	}
}

// BenchmarkMatrix computes the complete matrix of Debian's policy, beginning with a new Decider: tcp, udp and sctp,
// bind and connect.
func BenchmarkMatrix(b *testing.B) {
	p := testpolicy.Open(b, testenv.Policy(b, "default"))
	b.ReportAllocs()
	for b.Loop() {
		r := reach.New(access.NewDecider(p))
		for _, proto := range []network.Protocol{network.TCP, network.UDP, network.SCTP} {
			for _, op := range []network.Operation{network.Bind, network.Connect} {
				if _, err := r.Matrix(reach.Query{Protocol: proto, Operation: op,
					Machine: network.Machine{Host: host.Standard()}}); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
