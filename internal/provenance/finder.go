// Package provenance finds the statements of modules that a rule of a policy comes from. It
// compiles the modules, which takes as long as a build of the policy. The statements that it names
// are those whose deletion, all together, removes the rule from the policy.
package provenance

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A Statement is one statement of a module.
type Statement struct {
	// Module is the name of the module, Priority its priority in the store, 0 for a module that is
	// in no store.
	Module   string
	Priority int
	compile.Origin
}

// A Query names rules by their parts.
type Query struct {
	Kind                  policy.RuleKind
	Source, Target, Class string
	// Types asks for all rules that apply to the types Source and Target, including those about
	// their attributes. Without it, Source and Target are those of the rule.
	Types bool
	// Perms are permissions: a statement must have one of them; nil accepts all statements of the
	// rule.
	Perms []string
	// Cond is the condition of the rule, as policy.CondText writes it, "" for unconditional rules;
	// Branch is the value of the condition under which the rule is active.
	Cond   string
	Branch bool
	// FileName is the name of the new object, for a type transition with a file name.
	FileName string
	// XPerms is the record of a rule with extended permissions; nil accepts all records of the key.
	XPerms *policydb.XPerms
}

// A Finder finds statements. It may be used by several goroutines.
type Finder struct {
	policy  *policy.Policy
	origins *compile.Origins
	module  func(file string) (name string, priority int)
	entries []entry
	first   map[place]int32 // index into entries, plus 1
	conds   []string        // by CondID
	types   map[string]policy.TypeID
}

// A place identifies rules by source, target and class.
type place struct {
	source, target policy.TypeID
	class          policy.ClassID
}

// An entry is a rule: its number in its table, and the next entry of its place.
type entry struct {
	policy.Rule
	number int
	next   int32
}

// newFinder indexes a compiled policy.
func newFinder(db *policydb.Policy, o *compile.Origins, module func(file string) (string, int)) *Finder {
	f := &Finder{
		policy: policy.New(db), origins: o, module: module, first: make(map[place]int32, db.AVTab.Len()),
		conds: make([]string, len(db.Conditionals)+1), types: make(map[string]policy.TypeID, len(db.Types.Items)),
	}
	for i := range db.Types.Items {
		f.types[db.Types.Items[i].Name] = policy.TypeID(db.Types.Items[i].Value)
	}
	for i := 1; i < len(f.conds); i++ {
		f.conds[i] = f.policy.CondText(policy.CondID(i))
	}
	f.entries = make([]entry, 1, f.policy.NumRules()+1)
	number := 0
	for r := range f.policy.Rules(policy.RuleFilter{Kinds: ^policy.RuleKind(0)}) {
		if last := &f.entries[len(f.entries)-1]; last.Cond != r.Cond || last.Branch != r.Branch {
			number = 0
		}
		at := place{r.Source, r.Target, r.Class}
		f.entries = append(f.entries, entry{r, number, f.first[at]})
		f.first[at] = int32(len(f.entries) - 1)
		number++
	}
	return f
}

// Find returns the statements that rules come from, by module and place. It returns none if the
// modules have no such rule.
func (f *Finder) Find(q Query) []Statement {
	source, target := f.types[q.Source], f.types[q.Target]
	class, ok := f.policy.Class(q.Class)
	if source == 0 || target == 0 || !ok {
		return nil
	}
	if q.FileName != "" {
		return f.statements(f.origins.NamedTransition(uint32(source), uint32(target), uint32(class), q.FileName))
	}
	perms := policy.AccessVector(0)
	for _, name := range q.Perms {
		bit, _ := f.policy.Perm(class, name)
		perms |= bit
	}
	if q.Perms == nil {
		perms = f.policy.AllPerms(class)
	}
	var list []compile.Origin
	for _, s := range f.written(source, q.Types) {
		for _, t := range f.written(target, q.Types) {
			for i := f.first[place{s, t, class}]; i != 0; i = f.entries[i].next {
				if e := &f.entries[i]; f.meets(e, &q, perms) {
					list = append(list, f.of(e, perms)...)
				}
			}
		}
	}
	return f.statements(list)
}

// written returns the type and attributes that a rule for a type may name.
func (f *Finder) written(id policy.TypeID, attributes bool) []policy.TypeID {
	if !attributes {
		return []policy.TypeID{id}
	}
	return slices.Collect(f.policy.Attributes(id).All())
}

func (f *Finder) meets(e *entry, q *Query, perms policy.AccessVector) bool {
	if e.Kind != q.Kind || f.conds[e.Cond] != q.Cond || e.Cond != 0 && e.Branch != q.Branch {
		return false
	}
	switch {
	case e.Kind&policy.AccessRules != 0:
		return e.Perms&perms != 0
	case e.Kind&policy.XPermRules != 0 && q.XPerms != nil:
		return f.policy.XPerms(e.Rule) == *q.XPerms
	}
	return true
}

// of returns the statements of a rule that concern some of the permissions.
func (f *Finder) of(e *entry, perms policy.AccessVector) []compile.Origin {
	switch {
	case e.Cond != 0:
		return f.origins.CondRule(int(e.Cond)-1, e.Branch, e.number)
	case e.Kind&policy.AccessRules != 0:
		return f.origins.RuleOf(e.number, uint32(perms))
	}
	return f.origins.Rule(e.number)
}

func (f *Finder) statements(origins []compile.Origin) []Statement {
	list := make([]Statement, len(origins))
	for i, o := range origins {
		list[i].Origin = o
		list[i].Module, list[i].Priority = f.module(o.File)
	}
	slices.SortStableFunc(list, func(a, b Statement) int {
		return cmp.Or(cmp.Compare(a.Module, b.Module), a.Pos.Line-b.Pos.Line, a.Pos.Column-b.Pos.Column,
			slices.Compare(a.Path, b.Path))
	})
	return slices.CompactFunc(list, func(a, b Statement) bool {
		return a.Module == b.Module && a.Pos == b.Pos && slices.Equal(a.Path, b.Path)
	})
}

// Of returns the query for a rule of a policy, and for some of its permissions.
func Of(p *policy.Policy, r policy.Rule, asked policy.AccessVector) Query {
	q := Query{
		Kind: r.Kind, Source: p.TypeName(r.Source), Target: p.TypeName(r.Target), Class: p.ClassName(r.Class),
		Branch: r.Branch,
	}
	if r.Cond != 0 {
		q.Cond = p.CondText(r.Cond)
	}
	switch {
	case r.Kind&policy.XPermRules != 0:
		x := p.XPerms(r)
		q.XPerms = &x
	case r.Kind&policy.AccessRules != 0:
		q.Perms = []string{}
		for i, name := range p.Perms(r.Class) {
			if bit := policy.AccessVector(1) << i; r.Perms&asked&bit != 0 {
				q.Perms = append(q.Perms, name)
			}
		}
	}
	return q
}
