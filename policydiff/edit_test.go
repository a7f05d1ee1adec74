package policydiff_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
)

func example(t testing.TB) *policydb.Policy {
	t.Helper()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	return db
}

const allRules = policy.AccessRules | policy.TypeRules | policy.XPermRules

// TestEdits makes random single edits and holds the difference against one that is
// worked out cell by cell: the edit, and nothing else.
func TestEdits(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 16))
	db := example(t)
	before := policy.New(db)
	for range testenv.Rounds(300, 1000) {
		edited := db.Clone()
		var report policydiff.Report
		switch rng.IntN(4) {
		case 0, 1:
			source, target := randomType(rng, before), randomType(rng, before)
			class := slices.Collect(before.Classes())[rng.IntN(len(slices.Collect(before.Classes())))]
			perms := uint32(before.AllPerms(class)) & rng.Uint32()
			if perms == 0 {
				continue
			}
			var err error
			where := rng.IntN(len(db.Conditionals) + 1)
			if where == 0 {
				err = edited.AddAllow(uint32(source), uint32(target), uint32(class), perms)
			} else {
				branch := rng.IntN(2) == 0
				err = edited.AddCondAllow(where-1, branch, uint32(source), uint32(target), uint32(class), perms)
			}
			if err != nil {
				t.Fatal(err)
			}
			after := policy.New(edited)
			ours := slices.Collect(policydiff.New(before, after).Rules(allRules))
			want := naive(before, after, source, target, class)
			if !sameChanges(ours, want) {
				t.Fatalf("allow %s %s:%s: got %v, want %v", before.TypeName(source), before.TypeName(target),
					before.ClassName(class), ours, want)
			}
			continue
		case 2:
			label := db.OContexts.Ports[rng.IntN(len(db.OContexts.Ports))].Context
			port := uint32(rng.IntN(65536))
			if err := edited.AddPort(policydb.PortCon{Protocol: 6, Low: port, High: port, Context: label}); err != nil {
				t.Fatal(err)
			}
			was, is := before.FormatContext(before.PortLabel(6, uint16(port)).Context), before.FormatContext(label)
			if was != is {
				report.Labels = []policydiff.LabelChange{{Protocol: 6, Before: was, After: is}}
				report.Labels[0].Ports.Low, report.Labels[0].Ports.High = uint16(port), uint16(port)
			}
		case 3:
			id := randomType(rng, before)
			on := !before.IsPermissive(id)
			if err := edited.SetPermissive(uint32(id), on); err != nil {
				t.Fatal(err)
			}
			report.Permissive.Removed = []string{before.TypeName(id)}
			if on {
				report.Permissive.Removed, report.Permissive.Added = nil, report.Permissive.Removed
			}
		}
		got, err := policydiff.Compare(t.Context(), before, policy.New(edited), host.Standard())
		if err != nil {
			t.Fatal(err)
		}
		// Who gains and loses ports is held against every port by the tests of reach.
		report.Ports, report.Unknown, report.Identical = got.Ports, got.Unknown, got.Identical
		if !reflect.DeepEqual(got, &report) {
			t.Fatalf("got %+v, want %+v", got, &report)
		}
	}
}

func randomType(rng *rand.Rand, p *policy.Policy) policy.TypeID {
	list := slices.Collect(p.Types())
	return list[rng.IntN(len(list))]
}

// sameChanges compares differences as sets: two conditionals of one cell have no order
// here.
func sameChanges(a, b []policydiff.RuleChange) bool {
	texts := func(list []policydiff.RuleChange) []string {
		out := make([]string, len(list))
		for i := range list {
			out[i] = fmt.Sprint(line(&list[i]), list[i].Cond, list[i].Branch)
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(texts(a), texts(b))
}

// naive compares the allow rules of one cell, rule by rule.
func naive(before, after *policy.Policy, source, target policy.TypeID, class policy.ClassID) []policydiff.RuleChange {
	type cond struct {
		id     policy.CondID
		branch bool
	}
	grants := func(p *policy.Policy) map[cond]policy.AccessVector {
		out := make(map[cond]policy.AccessVector)
		for r := range p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
			if r.Class == class && p.Members(r.Source).Has(source) && p.Members(r.Target).Has(target) {
				out[cond{r.Cond, r.Cond != 0 && r.Branch}] |= r.Perms
			}
		}
		for c := range out {
			if c.id != 0 {
				out[c] &^= out[cond{}]
			}
		}
		return out
	}
	names := func(av policy.AccessVector) (list []string) {
		for i, name := range before.Perms(class) {
			if av&(1<<i) != 0 {
				list = append(list, name)
			}
		}
		slices.Sort(list)
		return list
	}
	had, has := grants(before), grants(after)
	keys := make(map[cond]bool)
	for _, m := range []map[cond]policy.AccessVector{had, has} {
		for c := range m {
			keys[c] = true
		}
	}
	var out []policydiff.RuleChange
	for c := range keys {
		if had[c] == has[c] {
			continue
		}
		r := policydiff.RuleChange{
			Kind: policy.Allow, Source: before.TypeName(source), Target: before.TypeName(target),
			Class: before.ClassName(class), Branch: c.branch, Before: names(had[c]), After: names(has[c]),
		}
		if c.id != 0 {
			r.Cond = before.CondText(c.id)
		}
		out = append(out, r)
	}
	return out
}

// TestMirror: the difference from B to A is the one from A to B, reversed.
func TestMirror(t *testing.T) {
	a, b := open(t, testenv.Policy(t, "default")), open(t, testenv.Policy(t, "mls"))
	forth := slices.Collect(policydiff.New(a, b).Rules(allRules))
	back := slices.Collect(policydiff.New(b, a).Rules(allRules))
	if len(forth) < 1000 {
		t.Fatalf("%d differences", len(forth))
	}
	for i := range back {
		r := &back[i]
		r.Before, r.After = r.After, r.Before
		r.DefaultBefore, r.DefaultAfter = r.DefaultAfter, r.DefaultBefore
		r.CommandsBefore, r.CommandsAfter = r.CommandsAfter, r.CommandsBefore
	}
	if !reflect.DeepEqual(forth, back) {
		t.Errorf("%d differences forth, %d back, or they differ", len(forth), len(back))
	}
}

// TestOnePort: the port that kibana listens on becomes a web server's. The sets
// are reach's, whose tests hold them against libsepol; the numbers are written down.
func TestOnePort(t *testing.T) {
	before := open(t, testenv.Policy(t, "default"))
	edited := before.DB().Clone()
	id, _ := before.Type("http_port_t")
	var context policydb.Context
	for _, c := range edited.OContexts.Ports {
		if c.Context.Type == uint32(id) {
			context = c.Context
		}
	}
	if err := edited.AddPort(policydb.PortCon{Protocol: 6, Low: 5601, High: 5601, Context: context}); err != nil {
		t.Fatal(err)
	}
	r, err := policydiff.Compare(t.Context(), before, policy.New(edited), host.Standard())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][2]int)
	for _, e := range r.Ports {
		got[string(e.Operation)+" "+string(e.Protocol)] = [2]int{len(e.Gain), len(e.Lose)}
	}
	want := map[string][2]int{"connect tcp": {29, 9}, "bind tcp": {8, 4}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("gain and lose: %v, want %v", got, want)
	}
	if r.Rules.Total() != 0 || len(r.Labels) != 1 {
		t.Errorf("%+v", r)
	}
}
