package policydiff_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
)

// An edit changes one thing in a policy and says what the report is to have beside ports
// and rules. It returns false where it can change nothing.
type edit struct {
	name string
	make func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool
}

func one(title string, added, removed, modified int) []policydiff.Section {
	count := policydiff.RuleCount{Added: added, Removed: removed, Modified: modified}
	return []policydiff.Section{{Title: title, Count: count}}
}

func pick[T any](rng *rand.Rand, list []T) *T { return &list[rng.IntN(len(list))] }

// edits are one of each part of a policy; those of rules come from other tests too.
func edits() []edit {
	return []edit{
		{"member of an attribute", func(rng *rand.Rand, db *policydb.Policy, _ *policydiff.Report) bool {
			p := policy.New(db)
			id, attributes := randomType(rng, p), slices.Collect(p.AllAttributes())
			a := uint32(*pick(rng, attributes)) - 1
			db.TypeAttrMap = slices.Clone(db.TypeAttrMap)
			if set := &db.TypeAttrMap[id-1]; set.Has(a) {
				*set = set.Without(a)
			} else {
				*set = set.With(a)
			}
			return true
		}},
		{"boolean", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			b := pick(rng, db.Bools.Items)
			words := []string{"off", "on"}
			want.Booleans = []policydiff.BoolChange{{Name: b.Name, Before: words[b.State], After: words[1-b.State]}}
			return db.SetBool(b.Name, b.State == 0) == nil
		}},
		{"order of ports", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			before := policy.New(db.Clone())
			list := slices.Clone(db.OContexts.Ports)
			i, j := rng.IntN(len(list)), rng.IntN(len(list))
			list[i], list[j] = list[j], list[i]
			db.OContexts.Ports = list
			want.Labels = portByPort(before, policy.New(db))
			return true
		}},
		{"constraint", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			c := pick(rng, db.Classes.Items)
			node := policydb.ConstraintNode{Kind: policydb.ConstraintAttr, Attr: policydb.AttrRole, Op: policydb.OpNeq}
			c.Constraints = append(slices.Clone(c.Constraints),
				policydb.Constraint{Perms: 1, Expr: []policydb.ConstraintNode{node}})
			want.Other = one("Constraints", 1, 0, 0)
			return c.PermNPrim > 0
		}},
		{"no constraint", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			c := pick(rng, db.Classes.Items)
			if len(c.Constraints) != 1 || len(c.Constraints[0].Expr) == 0 {
				return false
			}
			want.Other = one("Constraints", 0, 1, 0)
			for _, n := range c.Constraints[0].Expr {
				if n.Attr >= policydb.AttrL1L2 {
					want.Other = one("MLS Constraints", 0, 1, 0)
				}
			}
			c.Constraints = nil
			return true
		}},
		{"policy capability", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			c := uint32(rng.IntN(6))
			name := []string{policy.PolicyCap(c).String()}
			if db.PolicyCaps.Has(c) {
				db.PolicyCaps, want.Capabilities.Removed = db.PolicyCaps.Without(c), name
			} else {
				db.PolicyCaps, want.Capabilities.Added = db.PolicyCaps.With(c), name
			}
			return true
		}},
		{"unknown permissions", func(_ *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			want.Unknown[0] = db.HandleUnknown()
			db.Config ^= uint32(policydb.UnknownAllow)
			want.Unknown[1] = db.HandleUnknown()
			return true
		}},
		{"type transition", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			p := policy.New(db)
			source, target, to := randomType(rng, p), randomType(rng, p), randomType(rng, p)
			class := p.ProcessClass()
			for r := range p.Rules(policy.RuleFilter{Kinds: policy.TypeTransition}) {
				if r.Class == class && p.Members(r.Source).Has(source) && p.Members(r.Target).Has(target) {
					return false
				}
			}
			addRule(db, policydb.AVRule{Source: uint16(source), Target: uint16(target), Class: uint16(class),
				Kind: policydb.AVTransition, Data: uint32(to)})
			want.Transitions = []policydiff.Transition{{Source: p.TypeName(source), Program: p.TypeName(target),
				After: p.TypeName(to)}}
			return true
		}},
		{"name transition", func(rng *rand.Rand, db *policydb.Policy, _ *policydiff.Report) bool {
			p := policy.New(db)
			source, target, to := randomType(rng, p), randomType(rng, p), randomType(rng, p)
			db.FilenameTrans = policydb.NewFilenameTrans(db.Version, append(slices.Collect(db.FilenameTrans.All()),
				policydb.FilenameTrans{Target: uint32(target), Class: 1, Result: uint32(to), Name: "edited",
					Sources: policydb.Bitmap{}.With(uint32(source) - 1)}))
			return true
		}},
		{"role allow", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			if len(db.RoleAllows) == 0 {
				return false
			}
			db.RoleAllows = slices.Delete(slices.Clone(db.RoleAllows), 0, 1)
			want.Other = one("Role allow Rules", 0, 1, 0)
			return true
		}},
		{"range transition", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			p := policy.New(db)
			r := policydb.RangeTransition{Source: uint32(randomType(rng, p)), Target: uint32(randomType(rng, p)),
				Class: uint32(p.ProcessClass()), Range: db.OContexts.Ports[0].Context.Range}
			db.RangeTrans = append(slices.Clone(db.RangeTrans), r)
			want.Other = one("Range_transition Rules", 1, 0, 0)
			return true
		}},
		{"genfscon", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			label := pick(rng, db.OContexts.Ports).Context
			db.GenFS = append(slices.Clone(db.GenFS), policydb.GenFS{FSType: "editedfs",
				Entries: []policydb.GenFSEntry{{Path: "/", Context: label}}})
			want.Other = one("Genfscons", 1, 0, 0)
			return true
		}},
		{"initial SID", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			db.OContexts.InitialSIDs = slices.Clone(db.OContexts.InitialSIDs)
			label := pick(rng, db.OContexts.Ports).Context
			for i := range db.OContexts.InitialSIDs {
				if s := &db.OContexts.InitialSIDs[i]; s.SID == 27 { // devnull: no port has it
					if s.Context == label {
						return false
					}
					s.Context = label
					want.Other = one("Initial SIDs", 0, 0, 1)
				}
			}
			return want.Other != nil
		}},
		{"types of a role", func(rng *rand.Rand, db *policydb.Policy, want *policydiff.Report) bool {
			r := pick(rng, db.Roles.Items)
			if r.Name == "object_r" {
				return false
			}
			id := uint32(randomType(rng, policy.New(db))) - 1
			if r.Types.Has(id) {
				r.Types = r.Types.Without(id)
			} else {
				r.Types = r.Types.With(id)
			}
			want.Other = one("Roles", 0, 0, 1)
			return true
		}},
	}
}

// addRule puts a rule into the table where libsepol would.
func addRule(db *policydb.Policy, add policydb.AVRule) {
	var b policydb.AVTabBuilder
	done := false
	k := policydb.NewAVKey(add.Source, add.Target, add.Class, add.Kind)
	for i := uint32(0); i < db.AVTab.Size(); i = db.AVTab.Next(i) {
		r, at := db.AVTab.At(i), db.AVTab.Key(i)
		if !done && (at.CompiledBucket() > k.CompiledBucket() ||
			at.CompiledBucket() == k.CompiledBucket() && at.Order() > k.Order()) {
			b.Add(add)
			done = true
		}
		if r.Kind&policydb.AVXPerms != 0 {
			continue
		}
		b.Add(r)
	}
	if !done {
		b.Add(add)
	}
	db.AVTab = b.Table()
}

// portByPort compares the labels of all ports, one by one.
func portByPort(before, after *policy.Policy) (list []policydiff.LabelChange) {
	for _, protocol := range []uint8{policy.ProtoTCP, policy.ProtoUDP, policy.ProtoDCCP, policy.ProtoSCTP} {
		for port := range 65536 {
			was := before.FormatContext(before.PortLabel(protocol, uint16(port)).Context)
			is := after.FormatContext(after.PortLabel(protocol, uint16(port)).Context)
			if was == is {
				continue
			}
			if n := len(list); n > 0 && list[n-1].Protocol == protocol && int(list[n-1].Ports.High)+1 == port &&
				list[n-1].Before == was && list[n-1].After == is {
				list[n-1].Ports.High++
				continue
			}
			c := policydiff.LabelChange{Protocol: protocol, Before: was, After: is}
			c.Ports.Low, c.Ports.High = uint16(port), uint16(port)
			list = append(list, c)
		}
	}
	return list
}

// expanded is all rules of a policy, type by type: what each cell has.
func expanded(p *policy.Policy) map[string]string {
	always, cells := make(map[string]policy.AccessVector), make(map[string]policy.AccessVector)
	out := make(map[string]string)
	class := make(map[string]policy.ClassID)
	for r := range p.Rules(policy.RuleFilter{Kinds: policy.AccessRules | policy.TypeRules}) {
		cond := ""
		if r.Cond != 0 {
			cond = fmt.Sprintf(" [%s]:%v", p.CondText(r.Cond), r.Branch)
		}
		for s := range p.Members(r.Source).All() {
			for t := range p.Members(r.Target).All() {
				key := fmt.Sprintf("%s %s %s:%s", kindName(r.Kind), p.TypeName(s), p.TypeName(t), p.ClassName(r.Class))
				if r.Kind&policy.TypeRules != 0 {
					out[key+cond] = p.TypeName(r.Default)
					continue
				}
				class[key+cond] = r.Class
				cells[key+cond] |= r.Perms
				if r.Cond == 0 {
					always[key] |= r.Perms
				}
			}
		}
	}
	for key, av := range cells {
		if bare, _, ok := strings.Cut(key, " ["); ok {
			av &^= always[bare]
		}
		var perms []string
		for i, name := range p.Perms(class[key]) {
			if av&(1<<i) != 0 && name != "" {
				perms = append(perms, name)
			}
		}
		if len(perms) > 0 {
			slices.Sort(perms)
			out[key] = strings.Join(perms, " ")
		}
	}
	for f := range p.FilenameTransitions() {
		for s := range f.AllSources() {
			for source := range p.Members(policy.TypeID(s)).All() {
				for target := range p.Members(policy.TypeID(f.Target)).All() {
					out[fmt.Sprintf("type_transition %s %s:%s %q", p.TypeName(source), p.TypeName(target),
						p.ClassName(policy.ClassID(f.Class)), f.Name)] = p.TypeName(policy.TypeID(f.Result))
				}
			}
		}
	}
	return out
}

// cellsOf returns the rules of a comparison in the form of expanded: before and after.
func cellsOf(before, after *policy.Policy) map[string][2]string {
	out := make(map[string][2]string)
	for r := range policydiff.New(before, after).Rules(policy.AccessRules | policy.TypeRules) {
		key := fmt.Sprintf("%s %s %s:%s", kindName(r.Kind), r.Source, r.Target, r.Class)
		if r.FileName != "" {
			key += fmt.Sprintf(" %q", r.FileName)
		}
		if r.Cond != "" {
			key += fmt.Sprintf(" [%s]:%v", r.Cond, r.Branch)
		}
		out[key] = [2]string{strings.Join(r.Before, " ") + r.DefaultBefore, strings.Join(r.After, " ") + r.DefaultAfter}
	}
	return out
}

// TestEditsOfParts makes random single edits of all parts of a policy: each is found, and
// nothing else is said. Rules are held against all that either policy has, expanded.
func TestEditsOfParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 17))
	db := example(t)
	db.AVTab = withoutXPerms(db)
	before := policy.New(db)
	had := expanded(before)
	found := make(map[string]int)
	for range testenv.Rounds(80, 1000) {
		edited := db.Clone()
		want := policydiff.Report{Unknown: [2]policydb.HandleUnknown{db.HandleUnknown(), db.HandleUnknown()}}
		e := pick(rng, edits())
		edited.Classes.Items, edited.Roles.Items = slices.Clone(db.Classes.Items), slices.Clone(db.Roles.Items)
		if !e.make(rng, edited, &want) {
			continue
		}
		after := policy.New(edited)
		got := report(t, before, after)
		cells := cellsOf(before, after)
		differ := changed(had, expanded(after))
		if !maps.Equal(cells, differ) {
			t.Fatalf("%s: rules %v, want %v", e.name, cells, differ)
		}
		want.Rules = got.Rules
		if got.Rules.Total() != len(differ) {
			t.Fatalf("%s: %d rules, want %d", e.name, got.Rules.Total(), len(differ))
		}
		// Others have tests of their own, and ports are recounted by libsepol.
		want.Ports, want.Identical, want.Dangerous, want.Entered = got.Ports, got.Identical, got.Dangerous, got.Entered
		if e.name == "member of an attribute" { // constraints and transitions follow from it
			want.Other, want.Transitions = constrainedBy(before, after), got.Transitions
		}
		if !reflect.DeepEqual(got, &want) {
			t.Fatalf("%s: got %+v, want %+v", e.name, got, &want)
		}
		if !got.Empty() {
			found[e.name]++
		}
	}
	t.Log(found)
}

// constrainedBy counts the constraints whose expanded sets differ.
func constrainedBy(before, after *policy.Policy) []policydiff.Section {
	var list []policydiff.Section
	for _, part := range []policydiff.Part{policydiff.Constraints, policydiff.MLSConstraints} {
		if n := len(policydiff.Changes(before, after, part)); n > 0 {
			list = append(list, one(part.String(), 0, 0, n)...)
		}
	}
	return list
}

func changed(had, has map[string]string) map[string][2]string {
	out := make(map[string][2]string)
	for key, was := range had {
		if is := has[key]; is != was {
			out[key] = [2]string{was, is}
		}
	}
	for key, is := range has {
		if _, both := had[key]; !both {
			out[key] = [2]string{"", is}
		}
	}
	return out
}

// withoutXPerms is the table of rules without those of extended permissions.
func withoutXPerms(db *policydb.Policy) policydb.AVTab {
	var b policydb.AVTabBuilder
	for _, r := range db.AVTab.All() {
		if r.Kind&policydb.AVXPerms == 0 {
			b.Add(r)
		}
	}
	return b.Table()
}
