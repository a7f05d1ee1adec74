package senet_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/test/stores"
)

var haproxy = senet.Query{Subject: "haproxy_t", Operation: senet.Connect, Target: senet.TCP(5601)}

// scratch is a store with its fixes for haproxy.
func scratch(t *testing.T) (*senet.Store, *senet.Fixes) {
	t.Helper()
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	s, err := senet.OpenStore(context.Background(), senet.Options{Root: root}, change.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fixes, err := s.Fixes(context.Background(), haproxy)
	if err != nil {
		t.Fatal(err)
	}
	return s, fixes
}

// TestApply: a change that was made returns its effects, the new answer of the store's policy, and
// the state of the store; taken back, the question is asked again too.
func TestApply(t *testing.T) {
	ctx := context.Background()
	s, fixes := scratch(t)
	for n := range fixes.List {
		f := &fixes.List[n]
		if !f.Works || f.Kind != remedy.Label && f.Kind != remedy.Boolean {
			continue
		}
		plan, err := s.Plan(ctx, fixes, n)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Force = true; f.Applicability != remedy.Never {
			plan.Force = false
		}
		before, err := s.Changes().Base()
		if err != nil {
			t.Fatal(err)
		}
		plan.Base = before
		done, err := s.Apply(ctx, plan)
		if err != nil {
			t.Fatal(err)
		}
		if done.Answer.Verdict != network.Allowed || done.Base.Commit != done.Entry.ID ||
			done.Base.Policy == before.Policy {
			t.Errorf("%s: %s, %+v", f.Kind, done.Answer.Verdict, done.Base)
		}
		// The effects told before are those that the policies show afterwards.
		if !reflect.DeepEqual(domains(plan.About), effects(done)) {
			t.Errorf("%s: foretold %v, came %v", f.Kind, domains(plan.About), effects(done))
		}
		undone, err := s.Undo(ctx, done.Entry.ID)
		if err != nil || undone.Answer == nil || undone.Answer.Verdict != network.Denied {
			t.Errorf("%s taken back: %+v, %v", f.Kind, undone, err)
		}
	}
}

func domains(a change.About) map[string]string {
	out := map[string]string{}
	for _, e := range a.Effects {
		for _, d := range e.Gain {
			out[string(e.Operation)+" + "+d.Domain] = fmt.Sprint(d.Ports)
		}
		for _, d := range e.Lose {
			out[string(e.Operation)+" - "+d.Domain] = fmt.Sprint(d.Ports)
		}
	}
	return out
}

func effects(d *senet.Done) map[string]string {
	of := change.About{}
	for _, e := range d.Effects {
		if e.Protocol == network.TCP {
			of.Effects = append(of.Effects, e)
		}
	}
	return domains(of)
}

// TestPlanCheck: what nobody should make by accident is refused before the store is
// looked at.
func TestPlanCheck(t *testing.T) {
	ctx := context.Background()
	s, fixes := scratch(t)
	works, applicability := true, remedy.Safe
	for _, c := range []struct {
		edit func(p *senet.Plan)
		want error
	}{
		{func(p *senet.Plan) { works = false }, senet.ErrNoHelp},
		{func(p *senet.Plan) { works, p.Force = false, true }, senet.ErrNoHelp},
		{func(p *senet.Plan) { applicability = remedy.Never }, senet.ErrOpensMuch},
	} {
		plan, err := s.Plan(ctx, fixes, 0)
		if err != nil {
			t.Fatal(err)
		}
		works, applicability = true, remedy.Safe
		c.edit(plan)
		f := *plan.Fix
		f.Works, f.Applicability = works, applicability
		plan.Fix = &f
		if done, err := s.Apply(ctx, plan); !errors.Is(err, c.want) || done != nil {
			t.Errorf("%v, want %v", err, c.want)
		}
	}
	if _, err := s.Plan(ctx, fixes, len(fixes.List)); !errors.Is(err, senet.ErrNoSuchFix) {
		t.Errorf("a fix behind the last: %v", err)
	}
}

// TestPlanOf: a change that was kept is made where a fix makes exactly that, in the
// state that it was kept for.
func TestPlanOf(t *testing.T) {
	ctx := context.Background()
	s, fixes := scratch(t)
	base, err := s.Changes().Base()
	if err != nil {
		t.Fatal(err)
	}
	for n := range fixes.List {
		plan, err := s.Plan(ctx, fixes, n)
		if errors.Is(err, senet.ErrNoChange) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		again, at, err := s.PlanOf(ctx, fixes, base, plan.Change)
		if err != nil || at != n || !reflect.DeepEqual(again.Change, plan.Change) {
			t.Errorf("%s: found %d, want %d: %v", plan.Fix.Kind, at, n, err)
		}
		other := plan.Change
		other.Module = &change.Module{Name: "other", After: "(type other_t)"}
		if _, _, err := s.PlanOf(ctx, fixes, base, other); !errors.Is(err, senet.ErrNoSuchFix) {
			t.Errorf("%s with another module: %v", plan.Fix.Kind, err)
		}
		moved := base
		moved.Policy = "00"
		if _, _, err := s.PlanOf(ctx, fixes, moved, plan.Change); !errors.Is(err, change.ErrMoved) {
			t.Errorf("another policy: %v", err)
		}
	}
}

// TestUnder: another policy, whose types have other numbers, is asked about the same
// process, maker and packets.
func TestUnder(t *testing.T) {
	ctx := context.Background()
	s := open(t, senet.Options{Policy: senet.Example})
	p := renumbered(t)
	id, _ := p.Bool("haproxy_connect_any")
	p = p.WithBools(policy.BoolSetting{Bool: id, On: true})
	q := haproxy
	q.Packets = senet.Packets{Peer: "httpd_t", Packet: "unlabeled_t"}
	a, err := s.Can(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := a.Under(p)
	if err != nil {
		t.Fatal(err)
	}
	if a.Verdict != network.Denied || b.Verdict != network.Allowed {
		t.Errorf("%s, then %s", a.Verdict, b.Verdict)
	}
	if a.Subject.Context.Type == b.Subject.Context.Type {
		t.Fatal("the types have the same numbers")
	}
	if got := p.FormatContext(b.Subject.Context); got != s.Policy().FormatContext(a.Subject.Context) {
		t.Errorf("asked about %s", got)
	}
	if got, want := p.FormatContext(*b.Question().PacketLabel),
		s.Policy().FormatContext(*a.Question().PacketLabel); got != want {
		t.Errorf("packets %s, want %s", got, want)
	}
	if got, want := p.FormatContext(*b.Question().Peer), s.Policy().FormatContext(*a.Question().Peer); got != want {
		t.Errorf("peer %s, want %s", got, want)
	}
}

// renumbered returns the example policy with another type before all others, so that each
// has another id.
func renumbered(t *testing.T) *policy.Policy {
	t.Helper()
	text, err := os.ReadFile("examples/example.cil")
	if err != nil {
		t.Fatal(err)
	}
	first := "(type before_all_t)\n(roletype object_r before_all_t)\n"
	order := ""
	for i := range 1024 {
		first += fmt.Sprintf("(category c%d)\n", i)
		order += fmt.Sprintf(" c%d", i)
	}
	file, err := cil.ParseFile("example.cil", first+"(categoryorder ("+order+"))\n"+string(text))
	if err != nil {
		t.Fatal(err)
	}
	result, err := compile.Compile([]*cil.File{file}, compile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(result.Policy)
}

// TestAskAgain: a question that cannot be asked any more has no answer, and is no error.
func TestAskAgain(t *testing.T) {
	ctx := context.Background()
	p := open(t, senet.Options{Policy: senet.Example}).Policy()
	facts := host.Standard()
	for _, c := range []struct {
		question []string
		want     network.Verdict
	}{
		{[]string{"haproxy_t", "connect", "tcp/5601"}, network.Denied},
		{[]string{"haproxy_t", "connect", "tcp/80"}, network.Allowed},
		{[]string{"gone_t", "connect", "tcp/80"}, ""},
		{[]string{"haproxy_t", "fly", "tcp/80"}, ""},
		{[]string{"haproxy_t", "connect", "tcp/no-such-service"}, ""},
		{[]string{"haproxy_t"}, ""},
		{nil, ""},
	} {
		e := change.Entry{About: change.About{Question: c.question}}
		a, err := senet.AskAgain(ctx, &e, p, senet.Options{Host: &facts})
		got := network.Verdict("")
		if a != nil {
			got = a.Verdict
		}
		if err != nil || got != c.want {
			t.Errorf("%v: %q, %v; want %q", c.question, got, err, c.want)
		}
	}
}

// TestStoreFacts: the policy of the store that a machine uses answers as its selinuxfs will;
// another store does not.
func TestStoreFacts(t *testing.T) {
	facts := host.Standard()
	facts.Enforcing = false
	facts.SELinux = &host.SELinux{Enabled: true, Config: &host.Config{Type: "targeted"}}
	db := &policydb.Policy{}
	for store, mls := range map[string]bool{"": true, "targeted": true, "mls": false} {
		got, err := senet.StoreFacts(senet.Options{Host: &facts}, store)(db)
		if err != nil || !got.Enforcing || got.SELinux.DenyUnknown != mls {
			t.Errorf("%q: %+v, %v", store, got.SELinux, err)
		}
	}
}
