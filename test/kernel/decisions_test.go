package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// testDecisions asks the security server and package access the same questions:
// under Debian's policies, with booleans, permissive types and bounds at random.
func testDecisions(t *testing.T, vm *VM, c *counts) {
	total, chunk := 20_000, 2500
	if long() {
		total, chunk = 100_000, 5000
	}
	for _, kind := range []string{"default", "mls"} {
		t.Run(kind, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(11, 6))
			base := open(t, kind)
			bad, granted := 0, 0
			for done := 0; done < total/2; done += chunk {
				p := policy.New(edited(t, base, rng))
				p = flipped(p, rng)
				if err := vm.Load(p); err != nil {
					t.Fatal(err)
				}
				c.policies.Add(1)
				queries := newAsker(p, rng).take(chunk)
				want, err := vm.Decisions(p, queries)
				if err != nil {
					t.Fatal(err)
				}
				d := access.NewDecider(p)
				for i, q := range queries {
					if want[i].Errno != 0 {
						t.Fatalf("%s: errno %d", q.Text(p), want[i].Errno)
					}
					got, w := d.Decide(q.Source, q.Target, q.Class), decision(want[i].Allowed, want[i].AuditAllow, want[i].AuditDeny, want[i].Flags)
					if c.decisions.Add(1); got.Allowed != 0 {
						granted++
					}
					if got != w {
						if bad++; bad < 5 {
							t.Errorf("%s: got %x, the kernel says %x", q.Text(p), got, w)
						}
					}
				}
			}
			if bad > 0 || granted == 0 {
				t.Errorf("%d decisions differ, %d of all grant something", bad, granted)
			}
		})
	}
}

func decision(allowed, auditAllow, auditDeny, flags uint32) access.Decision {
	return access.Decision{Allowed: policy.AccessVector(allowed), AuditAllow: policy.AccessVector(auditAllow),
		AuditDeny: policy.AccessVector(auditDeny), Flags: access.Flags(flags)}
}

// edited returns the policy with permissive types and bounds at random; the
// chains of bounds stay as short as the kernel wants them.
func edited(t *testing.T, base *policydb.Policy, rng *rand.Rand) *policydb.Policy {
	t.Helper()
	db := base.Clone()
	db.Types.Items = slices.Clone(db.Types.Items)
	var types []*policydb.Type
	for i := range db.Types.Items {
		if ty := &db.Types.Items[i]; !ty.IsAttribute() && !ty.IsAlias() {
			types = append(types, ty)
		}
	}
	for range len(types) / 20 {
		if err := db.SetPermissive(types[rng.IntN(len(types))].Value, true); err != nil {
			t.Fatal(err)
		}
	}
	// Chains go from a higher to a lower value, so that there is no circle.
	depth := make(map[uint32]int)
	slices.SortFunc(types, func(a, b *policydb.Type) int { return int(a.Value) - int(b.Value) })
	for i, ty := range types[1:] {
		parent := types[rng.IntN(i+1)]
		if rng.IntN(3) == 0 && ty.Bounds == 0 && depth[parent.Value] < 3 && parent.Value < ty.Value {
			ty.Bounds = parent.Value
			depth[ty.Value] = depth[parent.Value] + 1
		}
	}
	return db
}

// flipped returns the policy with booleans set at random.
func flipped(p *policy.Policy, rng *rand.Rand) *policy.Policy {
	var settings []policy.BoolSetting
	for id := range p.Bools() {
		if rng.IntN(3) == 0 {
			settings = append(settings, policy.BoolSetting{Bool: id, On: rng.IntN(2) == 0})
		}
	}
	return p.WithBools(settings...)
}

// An asker makes questions of which many are granted something: half of them by
// the rules, half from anywhere.
type asker struct {
	p       *policy.Policy
	rng     *rand.Rand
	rules   []policy.Rule
	types   []policy.TypeID
	classes []policy.ClassID
	users   []policy.UserID
}

func newAsker(p *policy.Policy, rng *rand.Rand) *asker {
	return &asker{p: p, rng: rng, rules: slices.Collect(p.Rules(policy.RuleFilter{Kinds: policy.AccessRules})),
		types: slices.Collect(p.Types()), classes: slices.Collect(p.Classes()), users: slices.Collect(p.Users())}
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

func (a *asker) take(n int) []Query {
	list := make([]Query, 0, n)
	for len(list) < n {
		source, target, class := pick(a.rng, a.types), pick(a.rng, a.types), pick(a.rng, a.classes)
		if a.rng.IntN(2) == 0 {
			r := pick(a.rng, a.rules)
			sources, targets := slices.Collect(a.p.Members(r.Source).All()), slices.Collect(a.p.Members(r.Target).All())
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

// context returns a valid context with a type; ok is false if none was found.
func (a *asker) context(t policy.TypeID) (policy.Context, bool) {
	for range 40 {
		user := pick(a.rng, a.users)
		role := policy.RoleID(1) // object_r
		if roles := slices.Collect(a.p.UserRoles(user).All()); len(roles) > 0 && a.rng.IntN(2) == 0 {
			role = pick(a.rng, roles)
		}
		c := policy.Context{User: uint32(user), Role: uint32(role), Type: uint32(t)}
		if a.p.MLS() {
			c.Range = a.levels(a.p.UserInfo(user).Range)
		}
		if a.p.ValidateContext(c) == nil {
			return c, true
		}
	}
	return policy.Context{}, false
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
