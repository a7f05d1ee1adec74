package reach_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/portbits"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/operations"
	"github.com/senet-selinux/senet/test/policies"
)

// A hook repeats the checks of the kernel's hooks for bind() and connect(). It uses package access alone; neither
// network nor reach takes part.
type hook struct {
	d       *access.Decider
	p       *policy.Policy
	process policy.Context
	class   string // of the socket
	socket  policy.Context
}

func (h *hook) may(source, target policy.Context, class, perm string) bool {
	if h.p.IsPermissive(policy.TypeID(source.Type)) {
		return true
	}
	id, ok := h.p.Class(class)
	bit, defined := h.p.Perm(id, perm)
	if !ok || !defined {
		return h.p.DB().HandleUnknown() == policydb.UnknownAllow
	}
	return h.d.Decide(source, target, id).Allowed&bit != 0
}

// bind mirrors selinux_socket_create, __selinux_socket_bind and __inet_bind for
// 0.0.0.0 on a standard host.
func (h *hook) bind(port int, label policy.Context) bool {
	if !h.may(h.process, h.socket, h.class, "create") || !h.may(h.process, h.socket, h.class, "bind") {
		return false
	}
	if port != 0 && (port < 32768 || port > 60999) && !h.may(h.socket, label, h.class, "name_bind") {
		return false
	}
	node, _ := h.p.InitialSID(policy.SIDNode)
	for _, n := range h.p.Nodes() {
		if n.Addr == [4]byte{} { // only a nodecon of 0.0.0.0 can hold 0.0.0.0
			node = n.Context
			break
		}
	}
	if !h.may(h.socket, node, h.class, "node_bind") {
		return false
	}
	return port == 0 || port >= 1024 || h.may(h.process, h.process, "capability", "net_bind_service")
}

// connect mirrors selinux_socket_create and selinux_socket_connect_helper.
func (h *hook) connect(_ int, label policy.Context) bool {
	if !h.may(h.process, h.socket, h.class, "create") || !h.may(h.process, h.socket, h.class, "connect") {
		return false
	}
	return h.class == "udp_socket" || h.class == "rawip_socket" || h.may(h.socket, label, h.class, "name_connect")
}

// TestBruteForce compares the sets with one verdict for each port: all domains, 65,536 ports, tcp, udp and sctp,
// bind and connect on Debian's policy. It computes a verdict for each label and each side of the three limits, and
// looks up every port by the first-match rule.
func TestBruteForce(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	d, reacher := access.NewDecider(p), reach.New(access.NewDecider(p))
	protocols := []struct {
		name   network.Protocol
		number uint8
		class  string
	}{{network.TCP, 6, "tcp_socket"}, {network.UDP, 17, "udp_socket"}, {network.SCTP, 132, "sctp_socket"}}
	if !p.HasPolicyCap(policy.CapExtendedSocketClass) {
		protocols[2].class = "rawip_socket"
	}
	for _, proto := range protocols {
		// The label of each port, by number, and whether verdicts may differ.
		var labels []policy.Context
		labelOf := make([]int, 65536)
		for port := range 65536 {
			c, _ := p.InitialSID(policy.SIDPort)
			for _, con := range p.DB().OContexts.Ports {
				if con.Protocol == uint32(proto.number) && int(con.Low) <= port && port <= int(con.High) {
					c = con.Context
					break
				}
			}
			at := slices.Index(labels, c)
			if at < 0 {
				at = len(labels)
				labels = append(labels, c)
			}
			labelOf[port] = at
		}
		side := func(port int) int { // the side of the limits: 0, 1024 and the local port range
			switch {
			case port == 0:
				return 0
			case port < 1024:
				return 1
			case port >= 32768 && port <= 60999:
				return 2
			}
			return 3
		}
		for _, op := range []network.Operation{network.Bind, network.Connect} {
			rows, err := reacher.Matrix(reach.Query{Protocol: proto.name, Operation: op,
				Machine: network.Machine{Host: host.Standard()}})
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) < 500 {
				t.Fatalf("%d domains", len(rows))
			}
			total := 0
			for _, row := range rows {
				h := &hook{d: d, p: p, process: row.Access.Subject, class: proto.class,
					socket: d.SocketContext(row.Access.Subject, proto.class)}
				ask := h.connect
				if op == network.Bind {
					ask = h.bind
				}
				verdicts := make([]int8, len(labels)*4) // 0 not asked, 1 no, 2 yes
				got := portbits.Of(row.Access.Allowed)
				for port := range 65536 {
					v := &verdicts[labelOf[port]*4+side(port)]
					if *v == 0 {
						*v = 1
						if ask(port, labels[labelOf[port]]) {
							*v = 2
						}
					}
					if got[port] != (*v == 2) {
						t.Fatalf("%s %s %d by %s: reach %v", op, proto.name, port, p.TypeName(row.Domain), got[port])
					}
					if got[port] {
						total++
					}
				}
				checkAccess(t, row.Access)
			}
			t.Logf("%s %s: %d domains, %d ports allowed", op, proto.name, len(rows), total)
		}
	}
}

// checkAccess checks that the pieces are all ports and add up to the sets.
func checkAccess(t *testing.T, a reach.Access) {
	t.Helper()
	portbits.CheckForm(t, "allowed", a.Allowed)
	portbits.CheckForm(t, "depends", a.Depends)
	next := 0
	var allowed, depends portset.Set
	for _, piece := range a.Pieces {
		if int(piece.Low) != next {
			t.Fatalf("piece %v behind %d", piece.Range, next-1)
		}
		next = int(piece.High) + 1
		switch piece.Verdict {
		case network.Allowed:
			allowed = allowed.Union(portset.Set{piece.Range})
		case network.Depends:
			depends = depends.Union(portset.Set{piece.Range})
		}
	}
	if next != 65536 || !slices.Equal(allowed, a.Allowed) || !slices.Equal(depends, a.Depends) {
		t.Fatalf("pieces end at %d and add up to %v, not %v", next-1, allowed, a.Allowed)
	}
}

// TestPortsAgainstAsk compares the sets with network.Ask at the ends of every piece. With SENET_TEST_LONG=1 it
// compares every port for httpd_t. It uses some domains of Debian's policy on a standard host, and random policies
// on random hosts with random booleans.
func TestPortsAgainstAsk(t *testing.T) {
	t.Run("debian", func(t *testing.T) {
		p := testpolicy.Open(t, testenv.Policy(t, "default"))
		names := []string{"httpd_t", "sshd_t", "named_t", "init_t", "unconfined_t", "kernel_t", "postgresql_t",
			"cupsd_t"}
		for _, name := range names {
			s, err := subject.Resolve(p, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, op := range []network.Operation{network.Bind, network.Connect} {
				againstAsk(t, p, s.Context, reach.Query{Protocol: network.TCP, Operation: op,
					Machine: network.Machine{Host: host.Standard()}}, testenv.Long() && name == "httpd_t")
			}
		}
	})
	t.Run("random", func(t *testing.T) {
		testenv.Need(t, "checkpolicy")
		seeds := 12
		if testenv.Long() {
			seeds = 300
		}
		sets := 0
		for seed := range seeds {
			rng := rand.New(rand.NewPCG(uint64(seed), 3))
			random := policies.NewRandom(rng)
			path, err := random.Write(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			p := testpolicy.Open(t, path)
			var settings []policy.BoolSetting
			for id := range p.Bools() {
				settings = append(settings, policy.BoolSetting{Bool: id, On: rng.IntN(2) == 0})
			}
			p = p.WithBools(settings...)
			h := host.Standard()
			low := rng.IntN(65536)
			h.LocalPorts = host.PortRange{Low: uint16(low), High: uint16(low + rng.IntN(65536-low))}
			h.UnprivilegedPortStart = uint16(rng.IntN(65536))
			for _, text := range random.Contexts {
				c, err := p.ParseContext(text)
				if err != nil {
					t.Fatal(err)
				}
				for _, proto := range []network.Protocol{network.TCP, network.UDP, network.SMC, network.SCTP} {
					for _, op := range network.Operations() {
						if n := againstAsk(t, p, c, reach.Query{Protocol: proto, Operation: op,
							Machine: network.Machine{Host: h}}, false); n > 0 && n < 65536 {
							sets++
						}
					}
				}
			}
		}
		if sets == 0 {
			t.Error("all sets are empty or full")
		}
		t.Logf("%d sets that are neither empty nor full", sets)
	})
}

// againstAsk returns the number of ports that are allowed.
func againstAsk(t *testing.T, p *policy.Policy, c policy.Context, q reach.Query, every bool) int {
	t.Helper()
	d := access.NewDecider(p)
	a, err := reach.New(d).Ports(c, q)
	if err != nil {
		t.Fatal(err)
	}
	checkAccess(t, a)
	for _, piece := range a.Pieces {
		step := 1
		if !every {
			step = max(1, int(piece.High)-int(piece.Low))
		}
		for port := int(piece.Low); port <= int(piece.High); port += step {
			answer, err := network.Ask(d, network.Question{Subject: c, Operation: q.Operation, Protocol: q.Protocol,
				Port: uint16(port), Addr: q.Addr, Machine: q.Machine})
			if err != nil {
				t.Fatal(err)
			}
			asked := slices.ContainsFunc(answer.Layers,
				func(l network.LayerAnswer) bool { return l.Consulted && l.Target == network.PartyPort })
			if answer.Verdict != piece.Verdict || answer.Port != piece.Label || asked == piece.Unchecked {
				t.Fatalf("%s %s port %d by %s: piece %+v, Ask %s, label asked for %v", q.Operation, q.Protocol, port,
					p.FormatContext(c), piece, answer.Verdict, asked)
			}
		}
	}
	return a.Allowed.Len()
}

// TestKnownOperations: for operations that are easy to get wrong, the set of ports agrees with Ask about the single
// port.
func TestKnownOperations(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	d := access.NewDecider(p)
	for _, name := range []string{"httpd_t", "mysqld_t", "sshd_t", "named_t", "unconfined_t"} {
		who, err := subject.Resolve(p, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range operations.Known() {
			q := o.Question()
			q.Subject, q.Host = who.Context, host.Standard()
			a, err := network.Ask(d, q)
			if err != nil {
				t.Fatalf("%+v: %v", o, err)
			}
			got, err := reach.New(d).Ports(who.Context, reach.Query{
				Protocol: o.Protocol, Operation: o.Operation, Addr: o.Addr, Machine: q.Machine,
			})
			if err != nil {
				t.Fatalf("%+v: %v", o, err)
			}
			if got.Allowed.Contains(o.Port) != (a.Verdict == network.Allowed) {
				t.Errorf("%s: %+v: Ask says %s, the set is %v", name, o, a.Verdict, got.Allowed)
			}
		}
	}
}
