package senet_test

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/test/stores"
)

func open(t *testing.T, o senet.Options) *senet.Session {
	t.Helper()
	s, err := senet.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFailsClosed: a question with a missing part is an error, never an answer.
func TestFailsClosed(t *testing.T) {
	s := open(t, senet.Options{Policy: senet.Example})
	ctx := context.Background()
	good := senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)}
	for _, c := range []struct {
		name string
		edit func(q *senet.Query)
		want func(error) bool
	}{
		{"nothing", func(q *senet.Query) { *q = senet.Query{} }, is(senet.ErrNoSubject)},
		{"no subject", func(q *senet.Query) { q.Subject = "" }, is(senet.ErrNoSubject)},
		{"no operation", func(q *senet.Query) { q.Operation = "" }, as[*senet.OperationError]},
		{"no target", func(q *senet.Query) { q.Target = senet.Target{} }, is(senet.ErrNoTarget)},
		{"a range upside down", func(q *senet.Query) { q.Target.Ports = portset.Range{Low: 2, High: 1} },
			is(senet.ErrNoTarget)},
		{"a protocol without ports", func(q *senet.Query) { q.Target.Protocol = network.UnixStream },
			as[*senet.ProtocolError]},
		{"an unknown type of packets", func(q *senet.Query) { q.Packets.Packet = "http_port" }, func(err error) bool {
			var u *senet.UnknownError
			return errors.As(err, &u) && len(u.Near) > 0
		}},
		{"an unknown peer", func(q *senet.Query) { q.Packets.Peer = "haproxi_t" }, as[*senet.UnknownError]},
		{"an address of one link", func(q *senet.Query) { q.Packets.From = netip.MustParseAddr("fe80::1%eth0") },
			is(senet.ErrZone)},
		{"a target on one link", func(q *senet.Query) { q.Target.Addr = netip.MustParseAddr("fe80::1%eth0") },
			is(senet.ErrZone)},
		{"an unknown type", func(q *senet.Query) { q.Subject = "haproxi_t" }, func(err error) bool {
			var u *senet.UnknownError
			return errors.As(err, &u) && u.Kind == senet.KindType && len(u.Near) > 0 && u.Near[0] == "haproxy_t"
		}},
	} {
		q := good
		c.edit(&q)
		if a, err := s.Can(ctx, q); a != nil || !c.want(err) {
			t.Errorf("%s: %v, %v", c.name, a, err)
		}
	}
	if _, err := s.Who(ctx, senet.WhoQuery{Target: senet.TCP(1)}); !as[*senet.OperationError](err) {
		t.Errorf("who without an operation: %v", err)
	}
	if _, err := s.Ports(ctx, senet.PortsQuery{Operations: network.Operations(),
		Protocol: network.TCP}); !errors.Is(err, senet.ErrNoSubject) {
		t.Errorf("ports of nobody: %v", err)
	}
	wide := good
	wide.Target.Ports.High = 5700
	if _, err := s.Fixes(ctx, wide); !errors.Is(err, senet.ErrRange) {
		t.Errorf("fixes of a range: %v", err)
	}
	// Facts that nobody filled in are no machine.
	none := open(t, senet.Options{Policy: senet.Example, Host: &host.Facts{}})
	if a, err := none.Can(ctx, good); err == nil {
		t.Errorf("no facts: %s", a.Verdict)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Can(canceled, good); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

func as[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// TestOptions: what each option changes.
func TestOptions(t *testing.T) {
	ctx := context.Background()
	q := senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)}
	permissive := host.Standard()
	permissive.Enforcing = false
	for _, c := range []struct {
		name string
		o    senet.Options
		want network.Verdict
	}{
		{"a policy alone is asked for a standard host", senet.Options{Policy: senet.Example}, network.Denied},
		{"a boolean", senet.Options{Policy: senet.Example, Booleans: map[string]bool{"haproxy_connect_any": true}},
			network.Allowed},
		{"a permissive machine is asked as if enforcing", senet.Options{Policy: senet.Example, Host: &permissive},
			network.Denied},
		{"and as it is", senet.Options{Policy: senet.Example, Host: &permissive, AsIs: true}, network.Allowed},
	} {
		a, err := open(t, c.o).Can(ctx, q)
		if err != nil || a.Verdict != c.want {
			t.Errorf("%s: %+v, %v", c.name, a, err)
		}
	}
	_, err := senet.Open(ctx, senet.Options{Policy: senet.Example, Booleans: map[string]bool{"no_such": true}})
	var u *senet.UnknownError
	if !errors.As(err, &u) || u.Kind != senet.KindBoolean {
		t.Errorf("an unknown boolean: %v", err)
	}
	if _, err := senet.Open(ctx, senet.Options{Root: t.TempDir()}); !errors.Is(err, senet.ErrNoPolicy) {
		t.Errorf("a system without a policy: %v", err)
	}
	// Fixes of a permissive machine are those for when it enforces.
	fixes, err := open(t, senet.Options{Policy: senet.Example, Host: &permissive}).Fixes(ctx, q)
	if err != nil || fixes.Answer.Verdict != network.Denied || len(fixes.List) == 0 {
		t.Errorf("fixes of a permissive machine: %+v, %v", fixes, err)
	}
}

// TestRange: of a range the port that decides is the first that is refused.
func TestRange(t *testing.T) {
	s := open(t, senet.Options{Policy: senet.Example})
	q := senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(80)}
	q.Target.Ports.High = 90
	a, err := s.Can(context.Background(), q)
	if err != nil || a.Verdict != network.Denied || a.Port == 80 || len(a.Pieces) < 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	if first := a.Pieces[0]; first.Low != 80 || first.Verdict != network.Allowed ||
		a.Pieces[len(a.Pieces)-1].High != 90 {
		t.Errorf("pieces %+v", a.Pieces)
	}
}

// TestConcurrent: a Session gives several goroutines at once the answers that it
// gives one after the other.
func TestConcurrent(t *testing.T) {
	verdict := func(s *senet.Session, port uint16) network.Verdict {
		a, err := s.Can(context.Background(), senet.Query{Subject: "haproxy_t", Operation: senet.Bind,
			Target: senet.TCP(port)})
		if err != nil {
			t.Error(err)
			return ""
		}
		return a.Verdict
	}
	const ports = 200
	var want [ports]network.Verdict
	alone := open(t, senet.Options{Policy: senet.Example})
	for port := range want {
		want[port] = verdict(alone, uint16(port))
	}
	shared := open(t, senet.Options{Policy: senet.Example})
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for port := range want {
				if got := verdict(shared, uint16(port)); got != want[port] {
					t.Errorf("port %d: %s, want %s", port, got, want[port])
				}
			}
		}()
	}
	all.Wait()
}

// TestStale: a plan is for one state of the store.
func TestStale(t *testing.T) {
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	s, err := senet.OpenStore(ctx, senet.Options{Root: root}, change.Options{})
	if err != nil {
		t.Fatal(err)
	}
	q := senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)}
	fixes, err := s.Fixes(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	var plans []*senet.Plan
	places := map[*senet.Plan]int{}
	for i := range fixes.List {
		f := &fixes.List[i]
		plan, err := s.Plan(ctx, fixes, i)
		switch {
		case f.Kind == remedy.OtherPort:
			if !errors.Is(err, senet.ErrNoChange) {
				t.Errorf("another port as a change: %v", err)
			}
		case err != nil:
			t.Errorf("%s: %v", f.Kind, err)
		case f.Kind == remedy.Boolean || f.Kind == remedy.Label:
			plan.Force = true
			plans = append(plans, plan)
			places[plan] = i
		}
	}
	if len(plans) < 2 {
		t.Fatalf("%d plans", len(plans))
	}
	done, err := s.Apply(ctx, plans[0])
	if err != nil || done.Answer.Verdict != network.Allowed {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, err := s.Apply(ctx, plans[1]); !errors.Is(err, change.ErrMoved) {
		t.Errorf("a plan for the state before: %v", err)
	}
	// The fixes were found in the policy as it was: a plan made now is no newer.
	late, err := s.Plan(ctx, fixes, places[plans[1]])
	if err != nil {
		t.Fatal(err)
	}
	late.Force = true
	if _, err := s.Apply(ctx, late); !errors.Is(err, change.ErrMoved) {
		t.Errorf("a plan made after the change, of fixes found before it: %v", err)
	}
	if _, err := s.Undo(ctx, done.Entry.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Undo(ctx, done.Entry.ID); !errors.Is(err, change.ErrUndone) {
		t.Errorf("undone twice: %v", err)
	}
}
