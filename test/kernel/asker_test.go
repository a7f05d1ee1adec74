package kernel

import (
	"math/rand/v2"
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// An asker makes questions; many of them are granted something: half of them by the rules, half
// from anywhere.
type asker struct {
	p       *policy.Policy
	rng     *rand.Rand
	rules   []policy.Rule
	types   []policy.TypeID
	classes []policy.ClassID
	users   []policy.UserID
	roles   map[policy.UserID][]policy.RoleID
	members map[policy.TypeID][]policy.TypeID

	// reuse makes context return one that it returned before, three times of four:
	// a kernel keeps every context that it is asked about, and converts them all
	// when the next policy is loaded.
	reuse bool
	known map[policy.TypeID][]policy.Context
}

func newAsker(p *policy.Policy, rng *rand.Rand) *asker {
	return &asker{p: p, rng: rng, rules: slices.Collect(p.Rules(policy.RuleFilter{Kinds: policy.AccessRules})),
		types: slices.Collect(p.Types()), classes: slices.Collect(p.Classes()), users: slices.Collect(p.Users()),
		roles: make(map[policy.UserID][]policy.RoleID), members: make(map[policy.TypeID][]policy.TypeID),
		known: make(map[policy.TypeID][]policy.Context)}
}

func (a *asker) take(n int) []Query {
	list := make([]Query, 0, n)
	for len(list) < n {
		source, target, class := pick(a.rng, a.types), pick(a.rng, a.types), pick(a.rng, a.classes)
		if a.rng.IntN(2) == 0 {
			r := pick(a.rng, a.rules)
			sources, targets := a.membersOf(r.Source), a.membersOf(r.Target)
			if len(sources) == 0 || len(targets) == 0 {
				continue
			}
			source, target, class = pick(a.rng, sources), pick(a.rng, targets), r.Class
		}
		s, ok1 := a.context(source)
		o, ok2 := a.context(target)
		if ok1 && ok2 {
			list = append(list, Query{s, o, class})
		}
	}
	return list
}

// membersOf returns the types of an attribute, or a type itself.
func (a *asker) membersOf(t policy.TypeID) []policy.TypeID {
	list, known := a.members[t]
	if !known {
		list = slices.Collect(a.p.Members(t).All())
		a.members[t] = list
	}
	return list
}

// context returns a valid context with a type; ok is false if none was found.
func (a *asker) context(t policy.TypeID) (policy.Context, bool) {
	if list := a.known[t]; a.reuse && len(list) > 0 && a.rng.IntN(4) > 0 {
		return pick(a.rng, list), true
	}
	for range 40 {
		c := a.anyContext(t)
		if a.p.ValidateContext(c) == nil {
			if a.reuse {
				a.known[t] = append(a.known[t], c)
			}
			return c, true
		}
	}
	return policy.Context{}, false
}

// anyContext returns a context with a type that may be valid.
func (a *asker) anyContext(t policy.TypeID) policy.Context {
	user := pick(a.rng, a.users)
	roles, known := a.roles[user]
	if !known {
		roles = slices.Collect(a.p.UserRoles(user).All())
		a.roles[user] = roles
	}
	role := policy.RoleID(1) // object_r
	if len(roles) > 0 && a.rng.IntN(2) == 0 {
		role = pick(a.rng, roles)
	}
	c := policy.Context{User: uint32(user), Role: uint32(role), Type: uint32(t)}
	if a.p.MLS() {
		c.Range = a.levels(a.p.UserInfo(user).Range)
	}
	return c
}

// levels returns a range that may be within that of a user.
func (a *asker) levels(of policy.Range) policy.Range {
	level := func() policy.Level {
		l := policy.Level{Sens: of.Low.Sens + a.rng.Uint32N(of.High.Sens-of.Low.Sens+1)}
		for range a.rng.IntN(4) {
			l.Cats = l.Cats.With(a.rng.Uint32N(12))
		}
		return l
	}
	switch a.rng.IntN(4) {
	case 0:
		return of
	case 1:
		return policydb.SingleLevel(of.Low)
	case 2:
		return policydb.SingleLevel(level())
	}
	r := policy.Range{Low: level(), High: level()}
	if a.rng.IntN(2) == 0 {
		r.High = of.High
	}
	return r
}
