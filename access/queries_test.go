package access_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

func open(t testing.TB, path string) *policy.Policy {
	t.Helper()
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// named returns the path of a policy by the name benchmarks and tests print.
func named(t testing.TB, name string) string {
	t.Helper()
	if name != "fedora" {
		return testenv.Policy(t, name)
	}
	testenv.Need(t, "checkpolicy")
	path, err := policies.FedoraSize()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A query is one question for a decision.
type query struct {
	source, target policy.Context
	class          policy.ClassID
}

func (q query) text(p *policy.Policy) string {
	return p.FormatContext(q.source) + " " + p.FormatContext(q.target) + " " + p.ClassName(q.class)
}

// queries makes random questions about a policy: half of the source, target and
// class taken from a rule with its attributes expanded, half from anywhere;
// contexts valid, with users, roles and levels from anywhere too.
type queries struct {
	p       *policy.Policy
	rng     *rand.Rand
	rules   []policy.Rule
	types   []policy.TypeID
	classes []policy.ClassID
	members map[policy.TypeID][]policy.TypeID
	holders map[policy.TypeID][][2]uint32 // user and role pairs that may have a type
	ranges  []policy.Range

	typeRules []policy.Rule // for typeRule
}

func newQueries(p *policy.Policy, rng *rand.Rand) *queries {
	g := &queries{p: p, rng: rng, members: make(map[policy.TypeID][]policy.TypeID),
		holders: make(map[policy.TypeID][][2]uint32)}
	g.rules = slices.Collect(p.Rules(policy.RuleFilter{Kinds: policy.AccessRules}))
	g.types = slices.Collect(p.Types())
	g.classes = slices.Collect(p.Classes())
	for u := range p.Users() {
		for r := range p.UserRoles(u).All() {
			for ty := range p.RoleTypes(r).All() {
				if r != 1 {
					g.holders[ty] = append(g.holders[ty], [2]uint32{uint32(u), uint32(r)})
				}
			}
		}
		for _, ty := range g.types {
			g.holders[ty] = append(g.holders[ty], [2]uint32{uint32(u), 1})
		}
	}
	if p.MLS() {
		g.makeRanges()
	}
	return g
}

// makeRanges makes ranges of many shapes; which contexts may have them is found
// out later.
func (g *queries) makeRanges() {
	sens := slices.Collect(g.p.Sensitivities())
	level := func() policy.Level {
		l := policy.Level{Sens: uint32(sens[g.rng.IntN(len(sens))])}
		all := slices.Collect(g.p.SensitivityInfo(policy.SensID(l.Sens)).Level.Cats.All())
		if len(all) == 0 {
			return l
		}
		switch g.rng.IntN(4) {
		case 0:
		case 1:
			l.Cats = policydb.BitmapOf(all...)
		case 2:
			l.Cats = policydb.BitmapOf(all[g.rng.IntN(min(8, len(all)))])
		case 3:
			first := g.rng.IntN(len(all))
			l.Cats = policydb.BitmapOf(all[first:min(len(all), first+1+g.rng.IntN(300))]...)
		}
		return l
	}
	for len(g.ranges) < 400 {
		r := policy.Range{Low: level(), High: level()}
		if g.rng.IntN(2) == 0 {
			r.High = r.Low
		}
		if policy.Dominates(r.High, r.Low) {
			r.Single = r.High == r.Low
			g.ranges = append(g.ranges, r)
		}
	}
}

// context returns a valid context with a type; ok is false if there is none.
func (g *queries) context(t policy.TypeID) (c policy.Context, ok bool) {
	holders := g.holders[t]
	if len(holders) == 0 {
		return c, false
	}
	h := holders[g.rng.IntN(len(holders))]
	c = policy.Context{User: h[0], Role: h[1], Type: uint32(t)}
	if !g.p.MLS() {
		return c, true
	}
	info := g.p.UserInfo(policy.UserID(c.User))
	switch g.rng.IntN(6) {
	case 0:
		c.Range = info.Range
	case 1:
		c.Range = policydb.SingleLevel(info.Range.High)
	case 2, 3:
		c.Range = policydb.SingleLevel(info.Range.Low)
	default:
		for range 10 {
			c.Range = g.ranges[g.rng.IntN(len(g.ranges))]
			if g.p.ValidateContext(c) == nil {
				return c, true
			}
		}
		c.Range = info.Range
	}
	return c, g.p.ValidateContext(c) == nil
}

func (g *queries) expand(id policy.TypeID) []policy.TypeID {
	m, ok := g.members[id]
	if !ok {
		m = slices.Collect(g.p.Members(id).All())
		g.members[id] = m
	}
	return m
}

// next returns the next question.
func (g *queries) next() query {
	for {
		source, target := g.types[g.rng.IntN(len(g.types))], g.types[g.rng.IntN(len(g.types))]
		class := g.classes[g.rng.IntN(len(g.classes))]
		if g.rng.IntN(2) == 0 && len(g.rules) > 0 {
			r := g.rules[g.rng.IntN(len(g.rules))]
			sources, targets := g.expand(r.Source), g.expand(r.Target)
			if len(sources) == 0 || len(targets) == 0 {
				continue
			}
			source, target, class = sources[g.rng.IntN(len(sources))], targets[g.rng.IntN(len(targets))], r.Class
		}
		s, ok1 := g.context(source)
		t, ok2 := g.context(target)
		if ok1 && ok2 {
			return query{s, t, class}
		}
	}
}

// BenchmarkDecideMillion is a million distinct questions, each asked once of a
// fresh Decider: constraints and conditionals on, the time that the index takes
// included.
func BenchmarkDecideMillion(b *testing.B) {
	const n = 1_000_000
	for _, name := range []string{"default", "mls", "fedora"} {
		b.Run(name, func(b *testing.B) {
			p := open(b, named(b, name))
			g := newQueries(p, rand.New(rand.NewPCG(7, 7)))
			seen := make(map[string]bool, n)
			list := make([]query, 0, n)
			var key []byte
			for len(list) < n {
				q := g.next()
				key = fmt.Appendf(key[:0], "%v", q)
				if !seen[string(key)] {
					seen[string(key)] = true
					list = append(list, q)
				}
			}
			clear(seen)
			granted := 0
			b.ReportAllocs()
			for b.Loop() {
				granted = 0
				d := access.NewDecider(p)
				for i := range list {
					q := &list[i]
					if d.Decide(q.source, q.target, q.class).Allowed != 0 {
						granted++
					}
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
			b.ReportMetric(100*float64(granted)/n, "%granted")
		})
	}
}
