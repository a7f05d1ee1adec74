package policytest

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A Violation is a rule of the policy that violates a neverallow rule.
type Violation struct {
	Assertion Assertion
	Rule      policy.Rule
	// Source and Target are the first pair of types that is in both rules.
	Source, Target policy.TypeID
	// Perms are the forbidden permissions that the rule grants.
	Perms policy.AccessVector
	// Plain says, for a neverallowxperm, that no rule limits the commands.
	Plain bool
}

// neverallow finds rules that a test forbids, as libsepol's check of the source does: including
// conditional rules, whatever their booleans.
func (r *runner) neverallow(t *Test) (list []Failure, err error) {
	for some := range slices.Chunk(t.Rules, atOnce) {
		violations, err := r.violations(some)
		if err != nil {
			return nil, err
		}
		for _, v := range violations {
			list = append(list, Failure{Domain: r.p.TypeName(v.Source), Surplus: true, Violation: &v})
		}
	}
	return list, nil
}

// atOnce is the number of assertions for which the rules of the policy are read once: each keeps sets of types until
// the end.
const atOnce = 32

// violations returns the violations of each assertion, in the order of the assertions, then of the policy's rules.
func (r *runner) violations(assertions []Assertion) (list []Violation, err error) {
	checkers := make([]*checker, len(assertions))
	byClass := make([][]*checker, r.p.MaxClass()+1)
	for i, a := range assertions {
		c, err := newChecker(r.p, a)
		if err != nil {
			return nil, err
		}
		checkers[i] = c
		for class := range c.classes.All() {
			byClass[class] = append(byClass[class], c)
		}
	}
	for rule := range r.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		for _, c := range byClass[rule.Class] {
			c.check(rule)
		}
	}
	for _, c := range checkers {
		list = append(list, c.found...)
	}
	return list, nil
}

// A checker checks one assertion against a policy.
type checker struct {
	p              *policy.Policy
	a              Assertion
	source, target policy.Set[policy.TypeID]
	perms          []policy.AccessVector // by class
	classes        policy.Set[policy.ClassID]
	// The types that the assertion's sets share with a type or attribute of a rule, by that type or
	// attribute.
	sources, targets map[policy.TypeID]policy.Set[policy.TypeID]
	found            []Violation // in the order of the policy's rules
}

func newChecker(p *policy.Policy, a Assertion) (*checker, error) {
	c := &checker{
		p: p, a: a, perms: make([]policy.AccessVector, p.MaxClass()+1), classes: policy.NewSet(p.MaxClass()),
		sources: make(map[policy.TypeID]policy.Set[policy.TypeID]),
		targets: make(map[policy.TypeID]policy.Set[policy.TypeID]),
	}
	sets := &setReader{p: p, sets: a.sets, known: make(map[string]policy.Set[policy.TypeID])}
	var err error
	if c.source, err = sets.types(a.Source); err != nil {
		return nil, err
	}
	if c.target, err = sets.types(a.Target); err != nil {
		return nil, err
	}
	return c, c.classPerms()
}

// classPerms resolves the classes and permissions. A class may lack some of several permissions.
func (c *checker) classPerms() error {
	for _, name := range c.a.Classes {
		if name == "*" {
			for id := range c.p.Classes() {
				c.classes.Add(id)
			}
			continue
		}
		id, ok := c.p.Class(name)
		if !ok {
			return fmt.Errorf("no such class in the policy: %s", name)
		}
		c.classes.Add(id)
	}
	found := make(map[string]bool)
	for id := range c.classes.All() {
		var av policy.AccessVector
		for _, w := range c.a.Perms.Words {
			if w == "*" {
				av, found[w] = c.p.AllPerms(id), true
			} else if bit, ok := c.p.Perm(id, w); ok {
				av, found[w] = av|bit, true
			}
		}
		if c.a.Perms.Not {
			av = c.p.AllPerms(id) &^ av
		}
		c.perms[id] = av
	}
	for _, w := range c.a.Perms.Words {
		if !found[w] {
			return fmt.Errorf("no such permission in the classes: %s", w)
		}
	}
	return nil
}

// check notes a rule that grants an access forbidden by the assertion.
func (c *checker) check(rule policy.Rule) {
	perms := rule.Perms & c.perms[rule.Class]
	if perms == 0 {
		return
	}
	if v, ok := c.pair(rule); ok {
		v.Assertion, v.Rule, v.Perms = c.a, rule, perms
		c.found = append(c.found, v)
	}
}

// pair finds a source and a target that are in both the assertion and a rule.
func (c *checker) pair(rule policy.Rule) (Violation, bool) {
	sources := c.common(c.sources, c.source, rule.Source)
	if sources.IsEmpty() {
		return Violation{}, false
	}
	targets := c.common(c.targets, c.target, rule.Target)
	for s := range sources.All() {
		if c.a.Target.Self && c.ruleHas(rule.Target, s) && c.forbidden(rule, s, s) {
			return Violation{Source: s, Target: s, Plain: c.a.XPerms != nil}, true
		}
		for t := range targets.All() {
			if c.a.Target.Other && t == s {
				continue
			}
			if c.forbidden(rule, s, t) {
				return Violation{Source: s, Target: t, Plain: c.a.XPerms != nil}, true
			}
			if c.a.XPerms == nil {
				break
			}
		}
	}
	return Violation{}, false
}

// forbidden reports whether a rule grants a forbidden access to a pair of types: any command, or
// the commands that no extended permission rule excludes.
func (c *checker) forbidden(rule policy.Rule, s, t policy.TypeID) bool {
	if c.a.XPerms == nil {
		return true
	}
	limited := false
	for x := range c.p.RulesFor(s, rule.Class, c.p.Attributes(t)) {
		// Libsepol takes the limits of a conditional rule from conditional rules only, and those of
		// the others from the others. This is stricter than the kernel, which combines both.
		if x.Kind != policy.AllowXPerm || (x.Cond != 0) != (rule.Cond != 0) {
			continue
		}
		data := c.p.XPerms(x)
		if (data.Specified == policydb.XPermsNlmsg) != (c.a.Perms.Words[0] == "nlmsg") {
			continue
		}
		limited = true
		if c.overlaps(&data) {
			return true
		}
	}
	return !limited
}

// overlaps reports whether a rule grants a command of the assertion.
func (c *checker) overlaps(x *policydb.XPerms) bool {
	for high := range 256 {
		if x.Specified != policydb.XPermsIoctlDriver && high != int(x.Driver) {
			continue
		}
		if x.Specified == policydb.XPermsIoctlDriver && !x.Has(uint8(high)) {
			continue
		}
		for low := range 256 {
			granted := x.Specified == policydb.XPermsIoctlDriver || x.Has(uint8(low))
			if granted && c.a.XPerms.Has(uint16(high<<8|low)) {
				return true
			}
		}
	}
	return false
}

// common returns the types of a set that a type or attribute of a rule also has.
func (c *checker) common(
	known map[policy.TypeID]policy.Set[policy.TypeID], set policy.Set[policy.TypeID], id policy.TypeID,
) policy.Set[policy.TypeID] {
	out, ok := known[id]
	if ok {
		return out
	}
	if !c.p.IsAttribute(id) {
		if set.Has(id) {
			out = policy.NewSet(c.p.MaxType())
			out.Add(id)
		}
	} else if members := c.p.Members(id); members.Intersects(set) {
		out = policy.NewSet(c.p.MaxType())
		for m := range members.All() {
			if set.Has(m) {
				out.Add(m)
			}
		}
	}
	known[id] = out
	return out
}

func (c *checker) ruleHas(of, id policy.TypeID) bool {
	return of == id || c.p.IsAttribute(of) && c.p.Members(of).Has(id)
}

// A setReader resolves sets of types.
type setReader struct {
	p     *policy.Policy
	sets  map[string][]cil.Node
	known map[string]policy.Set[policy.TypeID] // the results, by attribute
	depth int
}

func (r *setReader) types(t Types) (policy.Set[policy.TypeID], error) {
	set := policy.NewSet(r.p.MaxType())
	for _, w := range t.Words {
		if err := r.add(set, w); err != nil {
			return set, err
		}
	}
	if t.Other && len(t.Words) == 0 {
		r.addAll(set)
	}
	without := policy.NewSet(r.p.MaxType())
	for _, w := range t.Without {
		if err := r.add(without, w); err != nil {
			return set, err
		}
	}
	for id := range without.All() {
		set.Remove(id)
	}
	if t.Not {
		set = r.not(set)
	}
	return set, nil
}

func (r *setReader) addAll(set policy.Set[policy.TypeID]) {
	for id := range r.p.Types() {
		set.Add(id)
	}
}

func (r *setReader) not(set policy.Set[policy.TypeID]) policy.Set[policy.TypeID] {
	out := policy.NewSet(r.p.MaxType())
	for id := range r.p.Types() {
		if !set.Has(id) {
			out.Add(id)
		}
	}
	return out
}

// add adds the types of a word. Names of the policy have priority over those defined next to the
// rule.
func (r *setReader) add(set policy.Set[policy.TypeID], word string) error {
	if word == "*" || word == "all" && r.sets != nil {
		r.addAll(set)
		return nil
	}
	id, ok := r.p.TypeOrAttribute(word)
	if ok && !r.p.IsAttribute(id) {
		set.Add(id)
		return nil
	}
	if ok {
		set.AddAll(r.p.Members(id))
		return nil
	}
	exprs, ok := r.sets[word]
	if !ok {
		return fmt.Errorf("no such type or attribute in the policy: %s", word)
	}
	members, ok := r.known[word]
	if !ok {
		members = policy.NewSet(r.p.MaxType())
		for _, e := range exprs {
			s, err := r.expr(e)
			if err != nil {
				return err
			}
			members.AddAll(s)
		}
		r.known[word] = members
	}
	set.AddAll(members)
	return nil
}

// maxDepth bounds how deep attributes may be defined by other attributes.
const maxDepth = 64

// expr evaluates an expression of CIL: a name, a list of names, and, or, not, xor, all.
func (r *setReader) expr(e cil.Node) (policy.Set[policy.TypeID], error) {
	set := policy.NewSet(r.p.MaxType())
	if r.depth++; r.depth > maxDepth {
		return set, fmt.Errorf("%s: the definitions of attributes are nested more than %d deep", e, maxDepth)
	}
	defer func() { r.depth-- }()
	if !e.IsList() {
		return set, r.add(set, e.Atom)
	}
	if len(e.List) == 0 {
		return set, nil
	}
	args := e.List[1:]
	op := e.List[0].Atom
	switch op {
	case "and", "or", "xor", "not", "all":
	default:
		op, args = "or", e.List
	}
	if op == "all" {
		r.addAll(set)
		return set, nil
	}
	for i, arg := range args {
		s, err := r.expr(arg)
		if err != nil {
			return set, err
		}
		switch {
		case op == "not":
			return r.not(s), nil
		case i == 0 || op == "or":
			set.AddAll(s)
		default:
			set = r.combine(set, s, op)
		}
	}
	return set, nil
}

func (r *setReader) combine(a, b policy.Set[policy.TypeID], op string) policy.Set[policy.TypeID] {
	out := policy.NewSet(r.p.MaxType())
	for id := range r.p.Types() {
		if op == "and" && a.Has(id) && b.Has(id) || op == "xor" && a.Has(id) != b.Has(id) {
			out.Add(id)
		}
	}
	return out
}
