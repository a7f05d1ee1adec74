package interfaces

import (
	"math/bits"
	"slices"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// A caller is a domain that calls interfaces with some arguments. It keeps what the rules of the interfaces add,
// as interfaces share most of them.
type caller struct {
	*domain
	args  []string
	rules map[refpolicy.Rule]*effective
	defs  map[int][]*effective      // the rules of a definition, each once
	joins map[policy.TypeID][]grant // what the policy grants the members of an attribute
}

// caller returns the domain that args begin with.
func (f *Finder) caller(args []string) (*caller, error) {
	if f.last != nil && slices.Equal(f.last.args, args) {
		return f.last, nil
	}
	source, ok := f.p.Type(args[0])
	if !ok {
		return nil, &NameError{Kind: "type", Name: args[0]}
	}
	f.last = &caller{domain: f.domain(source), args: slices.Clone(args), rules: map[refpolicy.Rule]*effective{},
		defs: map[int][]*effective{}, joins: map[policy.TypeID][]grant{}}
	return f.last, nil
}

// An effective is a rule with the arguments of a call under the policy.
type effective struct {
	missing []string // the names that the policy lacks
	off     string   // the condition of the rule, if it is false
	grants  []grant  // for each class, if it adds access
	// joins are the attributes that the domain becomes a member of.
	joins []policy.TypeID
	def   int // the last definition that has it + 1
}

// A grant is the access that a rule adds to one class.
type grant struct {
	// gain has the words only if they were asked for; target is the target of the policy's rule for a grant through an
	// attribute, and rule is the rule for another one.
	gain   Gain
	target policy.TypeID
	rule   refpolicy.Rule
	class  policy.ClassID
	// perms are the permissions that are new for one type at least.
	perms   policy.AccessVector
	targets typeSet
	// few are the new permissions of each type of targets.few.
	few []policy.AccessVector
	// count is the number of new permissions on the types of targets.many.
	count int
	// others counts the access of other sources than the domain; -1 for a rule of the domain.
	others int
}

// prepare resolves the rules of definitions, as far as they are not resolved yet.
func (f *Finder) prepare(c *caller, defs []int) {
	var o others
	var joined []policy.TypeID
	for _, def := range defs {
		if _, ok := c.defs[def]; ok {
			continue
		}
		rules := f.x.Rules(def)
		list := make([]*effective, 0, rules.Len())
		for r := range rules.All() {
			if r.Kind != refpolicy.Allow && r.Kind != refpolicy.Member {
				continue
			}
			e := c.rules[r]
			if e == nil {
				e = &effective{}
				c.rules[r] = e
				if r.Kind == refpolicy.Member {
					f.member(c, e, r)
					joined = append(joined, e.joins...)
				} else {
					f.allow(c, e, r, &o)
				}
			}
			if e.def != def+1 {
				e.def = def + 1
				list = append(list, e)
			}
		}
		c.defs[def] = list
	}
	f.readMembers(joined)
	f.resolveOthers(&o)
}

// allow resolves an allow rule.
func (f *Finder) allow(c *caller, e *effective, r refpolicy.Rule, o *others) {
	sources, targets := f.expand(r.Sources, 0, c.args), f.expand(r.Targets, c.source, c.args)
	classes := f.classes(r.Classes, c.args)
	e.missing = slices.Concat(classes.missing, sources.missing, targets.missing)
	if len(e.missing) > 0 && r.Optional {
		e.missing = nil
		return // the block is skipped
	}
	if r.Cond != 0 {
		if cond := refpolicy.Substitute(f.x.Cond(r.Cond), c.args); !f.isTrue(cond) {
			e.off = cond
			return
		}
	}
	var list []grant
	for _, class := range classes.list {
		g := grant{class: class, others: -1, perms: f.perms(r.Perms, class, c.args), targets: targets.types,
			rule: r}
		if sources.types.has(c.source) {
			if f.compare(c, &g); g.perms == 0 {
				continue
			}
		} else {
			g.others = 0
		}
		list = append(list, g)
	}
	if len(list) == 0 {
		return
	}
	e.grants = list
	if list[0].others >= 0 {
		o.add(f, e, sources.types)
		return
	}
	for i := range list {
		list[i].gain.Danger = f.danger(c, &list[i])
	}
}

// member resolves a rule that makes types members of attributes: the domain gets what the policy grants those.
func (f *Finder) member(c *caller, e *effective, r refpolicy.Rule) {
	sources := f.expand(r.Sources, 0, c.args)
	for _, name := range f.x.Set(r.Targets).Names {
		name = refpolicy.Substitute(name, c.args)
		id, ok := f.p.TypeOrAttribute(name)
		if !ok || !f.p.IsAttribute(id) {
			if !r.Optional && !f.x.Attribute(name) {
				e.missing = append(e.missing, name)
			}
			continue // no rule of the policy uses it; binary policies lack such an attribute
		}
		if sources.types.has(c.source) && !c.attributes.Has(id) {
			e.joins = append(e.joins, id)
		}
	}
}

// joining returns what the members of an attribute have that the domain lacks.
func (f *Finder) joining(c *caller, id policy.TypeID) []grant {
	if list, ok := c.joins[id]; ok {
		return list
	}
	var list []grant
	for _, r := range f.members[id] {
		g := grant{class: r.Class, others: -1, perms: r.Perms, target: r.Target, targets: f.target(r.Target)}
		if f.compare(c, &g); g.perms == 0 {
			continue
		}
		g.gain.Through, g.gain.Danger = f.p.TypeName(id), f.danger(c, &g)
		list = append(list, g)
	}
	c.joins[id] = list
	return list
}

// compare takes the access away from a grant that the domain has already.
func (f *Finder) compare(c *caller, g *grant) {
	held, perms := f.holds(c.domain, g.class), g.perms
	g.perms = 0
	if g.targets.many == nil {
		g.few = make([]policy.AccessVector, len(g.targets.few))
		for i, id := range g.targets.few {
			if g.few[i] = perms &^ held.on(id); g.few[i] != 0 {
				g.perms |= g.few[i]
				g.gain.Types++
			}
		}
		return
	}
	concerned := f.newSet()
	for perm := range each(perms) {
		if n := concerned.addWithout(g.targets.many, held[bits.TrailingZeros32(uint32(perm))]); n > 0 {
			g.perms |= perm
			g.count += n
		}
	}
	g.gain.Types = concerned.len()
	f.free = append(f.free, concerned)
}

// permNames returns the names of permissions, in the order of their bits.
func (f *Finder) permNames(class policy.ClassID, perms policy.AccessVector) []string {
	key := classPerms{class, perms}
	list, ok := f.names[key]
	if ok {
		return list
	}
	names := f.p.Perms(class)
	list = make([]string, 0, bits.OnesCount32(uint32(perms)))
	for perm := range each(perms) {
		list = append(list, names[bits.TrailingZeros32(uint32(perm))])
	}
	f.names[key] = list[:len(list):len(list)]
	return list
}

// fresh returns the new permissions of a type of a grant's targets.
func (f *Finder) fresh(c *caller, g *grant, id policy.TypeID) policy.AccessVector {
	return g.perms &^ f.holds(c.domain, g.class).on(id)
}

// danger returns why a grant is dangerous. Only targets on the list count, the domain itself, and any other domain.
func (f *Finder) danger(c *caller, g *grant) string {
	class := f.p.ClassName(g.class)
	if !allow.DangerousClass(class) {
		return ""
	}
	perms := func() []string { return f.permNames(g.class, g.perms) }
	for _, id := range f.telling(c, g) {
		if why := allow.Danger(c.args[0], f.p.TypeName(id), class, perms); why != "" {
			return why
		}
	}
	return ""
}

// telling returns the targets with new access that tell whether it is dangerous, ascending: the domain itself, those on
// the list, and one other.
func (f *Finder) telling(c *caller, g *grant) (list []policy.TypeID) {
	add := func(id policy.TypeID) bool {
		if !g.targets.has(id) || slices.Contains(list, id) || f.fresh(c, g, id) == 0 {
			return false
		}
		list = append(list, id)
		return true
	}
	add(c.source)
	for _, id := range f.grave {
		add(id)
	}
	for id := range g.targets.all() {
		if id != c.source && !slices.Contains(f.grave, id) && add(id) {
			break
		}
	}
	slices.Sort(list)
	return list
}

// each yields the bits of a vector.
func each(v policy.AccessVector) func(func(policy.AccessVector) bool) {
	return func(yield func(policy.AccessVector) bool) {
		for v != 0 {
			bit := v & -v
			if v &^= bit; !yield(bit) {
				return
			}
		}
	}
}
