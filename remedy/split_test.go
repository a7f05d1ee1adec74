package remedy_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/test/operations"
	"github.com/senet-selinux/senet/test/oracle"
)

// A store is a policy with local records in front, as libsemanage keeps it:
// records of one protocol may not overlap.
type localStore struct {
	db    *policydb.Policy
	local []policydb.PortCon
}

// apply makes changes of records as semanage port would, each refused where
// semanage refuses it, and checks at the end what libsemanage checks at a commit.
func (s *localStore) apply(t *testing.T, changes []remedy.RecordChange) {
	t.Helper()
	p := policy.New(s.db)
	for _, ch := range changes {
		key := func(c policydb.PortCon) bool {
			return c.Protocol == uint32(ch.Protocol) && c.Low == uint32(ch.Low) && c.High == uint32(ch.High)
		}
		i := slices.IndexFunc(s.local, key)
		inPolicy := slices.ContainsFunc(s.db.OContexts.Ports, key)
		label := policydb.PortCon{Protocol: uint32(ch.Protocol), Low: uint32(ch.Low), High: uint32(ch.High)}
		if ch.Action != remedy.DeleteRecord {
			var err error
			if label.Context, err = p.ParseContext(ch.Context.String()); err != nil {
				t.Fatalf("%+v: %v", ch, err)
			}
		}
		switch {
		case ch.Action == remedy.AddRecord && (i >= 0 || inPolicy):
			t.Fatalf("%+v: already defined", ch)
		case ch.Action == remedy.AddRecord:
			s.local = append(s.local, label)
		case ch.Action == remedy.ModifyRecord && i >= 0:
			s.local[i] = label
		case ch.Action == remedy.ModifyRecord && inPolicy:
			s.local = append(s.local, label)
		case ch.Action == remedy.DeleteRecord && i >= 0:
			s.local = slices.Delete(slices.Clone(s.local), i, i+1)
		default:
			t.Fatalf("%+v: not defined", ch)
		}
	}
	for i, a := range s.local {
		for _, b := range s.local[:i] {
			if a.Protocol == b.Protocol && a.Low <= b.High && b.Low <= a.High {
				t.Fatalf("%d-%d overlaps with %d-%d", a.Low, a.High, b.Low, b.High)
			}
		}
	}
}

// merged is the kernel policy of the store.
func (s *localStore) merged(t *testing.T) *policydb.Policy {
	t.Helper()
	db := s.db.Clone()
	for _, c := range s.local {
		if err := db.AddPort(c); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// TestSplitProven: where the port lies in a local record of a range, the records
// of every fix that has any, made in a store with its rules, give the policy
// whose gains and losses libsepol confirms; nothing else changes its label; and
// taken back they leave what was there. 2 operations a policy, 15 with
// SENET_TEST_LONG=1.
func TestSplitProven(t *testing.T) {
	oracle.Need(t)
	n := 2
	if testenv.Long() {
		n = 15
	}
	for _, path := range files(t)[:3] {
		t.Run(filepath.Base(path), func(t *testing.T) {
			kinds := map[remedy.Kind]int{}
			for i := range n {
				splitProven(t, path, rand.New(rand.NewPCG(77, uint64(i))), kinds)
			}
			t.Logf("%d operations, %v", n, kinds)
			if kinds[remedy.Label] == 0 || kinds[remedy.OwnType] == 0 || kinds[remedy.Split] == 0 && testenv.Long() {
				t.Errorf("too few kinds: %v", kinds)
			}
		})
	}
}

func splitProven(t *testing.T, path string, rng *rand.Rand, kinds map[remedy.Kind]int) {
	t.Helper()
	base := testpolicy.Open(t, path)
	portType, ok := base.Attribute("port_type")
	if !ok {
		t.Fatal("no port_type")
	}
	types := slices.Collect(base.Members(portType).All())
	for {
		// A port that the domain may use, until a local record takes it away.
		pr := newProver(t, path)
		c := pr.domains[rng.IntN(len(pr.domains))]
		op := []network.Operation{network.Connect, network.Bind, network.Listen, network.Send}[rng.IntN(4)]
		q := problem(t, base, base.TypeName(policy.TypeID(c.Type)), op, network.TCP, max(1, operations.Port(rng)))
		record := base.PortLabel(policy.ProtoTCP, q.Port)
		con := policydb.PortCon{Protocol: policy.ProtoTCP, Low: uint32(q.Port) - min(uint32(q.Port)-1, rng.Uint32N(4)),
			High: min(65535, uint32(q.Port)+rng.Uint32N(4)), Context: record.Context}
		con.Context.Type = uint32(types[rng.IntN(len(types))])
		con.Context.User, con.Context.Role = mustContext(t, base)
		store := &localStore{db: base.DB(), local: []policydb.PortCon{con}}
		other := con // a neighbour, and one of another protocol, which are not in the way
		other.Protocol = policy.ProtoUDP
		store.local = append(store.local, other)
		merged := write(t, store.merged(t))
		now := newProver(t, merged)
		a, err := network.Ask(now.d, q.Question)
		if err != nil {
			t.Fatal(err)
		}
		was, err := network.Ask(pr.d, q.Question)
		if err != nil {
			t.Fatal(err)
		}
		if first := a.FirstDenied(); first == nil || first.Layer != network.LayerPort ||
			was.Verdict != network.Allowed && rng.IntN(3) > 0 {
			continue
		}
		q.LocalPorts = store.local
		what := fmt.Sprintf("%s in %d-%d", describe(base, &q), con.Low, con.High)
		r, err := remedy.Find(now.d, q)
		if err != nil {
			t.Fatal(err)
		}
		before := newWorld(t, merged, q.Protocol)
		tried := map[remedy.Kind]int{}
		for i := range r.Fixes {
			f := &r.Fixes[i]
			if len(f.Records) == 0 {
				if f.Kind == remedy.Label || f.Kind == remedy.OwnType || f.Kind == remedy.Split {
					t.Errorf("%s: %s without records", what, f.Kind)
				}
				continue
			}
			if tried[f.Kind]++; tried[f.Kind] > 2 || tried[f.Kind] > 1 && !testenv.Long() {
				continue
			}
			kinds[f.Kind]++
			changed := &localStore{db: base.DB().Clone(), local: slices.Clone(store.local)}
			if f.Kind == remedy.OwnType {
				install(t, changed.db, f.Module)
			}
			changed.apply(t, f.Records)
			after := newWorld(t, write(t, changed.merged(t)), q.Protocol)
			for port := range before.labels {
				if was, is := before.contexts[before.labels[port]], after.contexts[after.labels[port]]; was != is &&
					port != int(q.Port) {
					t.Fatalf("%s: %s %s: port %d was %s and is %s", what, f.Kind, f.Type, port, was, is)
				}
			}
			now.same(t, what+": "+string(f.Kind)+" "+f.Type, before, after, &q, f,
				func(before, after string) bool { return before != after || testenv.Long() })
			changed.apply(t, f.Undo)
			if !sameCons(changed.local, store.local) {
				t.Errorf("%s: %s taken back leaves %v", what, f.Kind, changed.local)
			}
		}
		// Where the policy's own label helps, taking the record off is a fix.
		if split := tried[remedy.Split] > 0; split != (was.Verdict == network.Allowed) {
			t.Errorf("%s: split %v, without the record %s", what, split, was.Verdict)
		}
		return
	}
}

// mustContext returns the user and role of semanage's records.
func mustContext(t *testing.T, p *policy.Policy) (user, role uint32) {
	t.Helper()
	u, ok1 := p.User("system_u")
	r, ok2 := p.Role("object_r")
	if !ok1 || !ok2 {
		t.Fatal("no system_u:object_r")
	}
	return uint32(u), uint32(r)
}

// sameCons compares records without regard to their order.
func sameCons(a, b []policydb.PortCon) bool {
	text := func(list []policydb.PortCon) (out []string) {
		for _, c := range list {
			out = append(out, fmt.Sprint(c.Protocol, c.Low, c.High, c.Context.User, c.Context.Role, c.Context.Type))
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(text(a), text(b))
}

// TestRecords: which records a label takes, by what is local.
func TestRecords(t *testing.T) {
	p := testpolicy.Open(t, "../examples/example.policy")
	con := func(low, high uint32) policydb.PortCon {
		label := p.PortLabel(policy.ProtoTCP, 5601).Context
		id, _ := p.Type("ssh_port_t")
		label.Type = uint32(id)
		return policydb.PortCon{Protocol: policy.ProtoTCP, Low: low, High: high, Context: label}
	}
	for _, tt := range []struct {
		name       string
		port       uint16
		local      []policydb.PortCon
		want, undo string
	}{
		{"nothing is known", 5601, nil, "add 5601", "delete 5601"},
		{"nothing is local", 5601, []policydb.PortCon{}, "add 5601", "delete 5601"},
		// The policy has a record of 5432 alone: it is overridden, and comes back.
		{"the policy's own record", 5432, []policydb.PortCon{}, "modify 5432", "delete 5432"},
		// Whether it is a local one is not known: the label that it has comes back.
		{"a record of either", 5432, nil, "modify 5432", "modify 5432"},
		{"a local record", 5601, []policydb.PortCon{con(5601, 5601)}, "modify 5601", "modify 5601"},
		{"the middle of a local range", 5601, []policydb.PortCon{con(5600, 5610)},
			"delete 5600-5610, add 5600, add 5602-5610, add 5601",
			"delete 5601, delete 5600, delete 5602-5610, add 5600-5610"},
		{"its low end", 5600, []policydb.PortCon{con(5600, 5610)}, "delete 5600-5610, add 5601-5610, add 5600",
			"delete 5600, delete 5601-5610, add 5600-5610"},
		{"its high end", 5610, []policydb.PortCon{con(5600, 5610)}, "delete 5600-5610, add 5600-5609, add 5610",
			"delete 5610, delete 5600-5609, add 5600-5610"},
		{"all ports", 1, []policydb.PortCon{con(1, 65535)}, "delete 1-65535, add 2-65535, add 1",
			"delete 1, delete 2-65535, add 1-65535"},
		{"another one", 5601, []policydb.PortCon{con(5602, 5610)}, "add 5601", "delete 5601"},
		// A local range that overrides the policy's own of the same ports, and one
		// whose piece is a record of the policy's.
		{"a range of the policy's", 5601, []policydb.PortCon{con(1024, 65535)},
			"delete 1024-65535, add 1024-5600, add 5602-65535, add 5601",
			"delete 5601, delete 1024-5600, delete 5602-65535, modify 1024-65535"},
		{"a piece that the policy has", 5433, []policydb.PortCon{con(5432, 5433)},
			"delete 5432-5433, modify 5432, add 5433", "delete 5433, delete 5432, add 5432-5433"},
	} {
		q := p.WithPorts(tt.local...)
		pr := problem(t, q, "haproxy_t", network.Connect, network.TCP, tt.port)
		if tt.port == 5432 {
			pr = problem(t, q, "sshd_t", network.Bind, network.TCP, tt.port)
		}
		pr.LocalPorts = tt.local
		fixes, _ := find(t, q, pr, remedy.Label)
		if len(fixes) == 0 {
			t.Errorf("%s: no label", tt.name)
			continue
		}
		f := fixes[0]
		if got := recordsText(f.Records); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if got := recordsText(f.Undo); got != tt.undo {
			t.Errorf("%s: back by %s, want %s", tt.name, got, tt.undo)
		}
	}
}

func recordsText(list []remedy.RecordChange) (text string) {
	for i, r := range list {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %d", r.Action, r.Low)
		if r.High != r.Low {
			text += fmt.Sprintf("-%d", r.High)
		}
	}
	return text
}
