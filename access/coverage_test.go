package access_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

var update = flag.Bool("update", false, "write the golden files of testdata")

// TestEveryConstraint finds, for each constraint of Debian's policies, a denial
// that it explains. A constraint for which there is none stands, with the
// reason, in testdata/constraints-NAME.txt: it cannot fail under this policy,
// which the test proves by looking at every pair of types that has the access.
func TestEveryConstraint(t *testing.T) {
	for _, tt := range []struct {
		name string
		want int
	}{{"default", 243}, {"mls", 291}} {
		t.Run(tt.name, func(t *testing.T) {
			name, want := tt.name, tt.want
			p := open(t, named(t, name))
			s := &constraintSearch{p: p, g: newQueries(p, rand.New(rand.NewPCG(17, 4))), d: access.NewDecider(p)}
			var list strings.Builder
			total, explained := 0, 0
			for class := range p.Classes() {
				constraints := p.ClassInfo(class).Constraints
				for i := range constraints {
					total++
					why := s.impossible(class, &constraints[i])
					if why != "" {
						fmt.Fprintf(&list, "%s %d: %s\n", p.ClassName(class), i+1, why)
						continue
					}
					if q, sentence, ok := s.denial(t, class, &constraints[i]); ok {
						explained++
						if testing.Verbose() && total%20 == 0 {
							t.Logf("%s: %s", q.text(p), sentence)
						}
						continue
					}
					t.Errorf("%s, constraint %d, on %v: no denial found, and no reason why there is none: %s",
						p.ClassName(class), i+1, s.perms(class, constraints[i].Perms), s.text(&constraints[i]))
				}
			}
			t.Logf("%d constraints: %d explain a denial, %d cannot fail", total, explained,
				strings.Count(list.String(), "\n"))
			if total != want {
				t.Logf("not the policy of Debian 12, which has %d: the list is not compared", want)
				return
			}
			golden(t, filepath.Join("testdata", "constraints-"+name+".txt"), list.String())
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs (go test -update writes it):\n%s", path, got)
	}
}

type constraintSearch struct {
	p *policy.Policy
	g *queries
	d *access.Decider
}

func (s *constraintSearch) perms(class policy.ClassID, vector uint32) []string {
	var list []string
	for i, name := range s.p.Perms(class) {
		if vector>>i&1 != 0 {
			list = append(list, name)
		}
	}
	return list
}

func (s *constraintSearch) text(c *policydb.Constraint) string {
	r := s.d.ExplainConstraint(c, policy.Context{User: 1, Role: 1, Type: 1, Range: s.p.UserInfo(1).Range},
		policy.Context{User: 1, Role: 1, Type: 1, Range: s.p.UserInfo(1).Range})
	return r.Expression()
}

// granting returns the allow rules on any of the permissions, whatever the
// booleans.
func (s *constraintSearch) granting(class policy.ClassID, perms uint32) []policy.Rule {
	var rules []policy.Rule
	classes := policy.NewSet(s.p.MaxClass())
	classes.Add(class)
	for r := range s.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: &classes}) {
		if uint32(r.Perms)&perms != 0 {
			rules = append(rules, r)
		}
	}
	return rules
}

// impossible returns why a constraint cannot fail, "" if it may.
func (s *constraintSearch) impossible(class policy.ClassID, c *policydb.Constraint) string {
	rules := s.granting(class, c.Perms)
	if len(rules) == 0 {
		return fmt.Sprintf("no allow rule grants %s", strings.Join(s.perms(class, c.Perms), " "))
	}
	members := false
	for _, r := range rules {
		if s.failing(c, r, func(_, _ policy.TypeID) bool { return true }) {
			return ""
		}
		members = members || len(s.g.expand(r.Source)) > 0 && len(s.g.expand(r.Target)) > 0
	}
	if !members {
		return fmt.Sprintf("the rules that grant %s are on attributes without types",
			strings.Join(s.perms(class, c.Perms), " "))
	}
	return "every pair of types that has the access is exempt: " + s.text(c)
}

// failing calls found for pairs of types that a rule applies to and for which
// the expression may be false whatever users, roles and levels are, one for
// each combination of what the expression says of types, until it returns true.
func (s *constraintSearch) failing(c *policydb.Constraint, r policy.Rule,
	found func(source, target policy.TypeID) bool) bool {
	sources, targets := s.kinds(c, r.Source, 0), s.kinds(c, r.Target, policydb.AttrTarget)
	for _, source := range sources {
		for _, target := range targets {
			if _, no := s.values(c, source, target); no && found(source, target) {
				return true
			}
		}
	}
	return false
}

// kinds returns one random type of each kind among the members of a rule's
// source or target: types that no set of names in the expression tells apart.
func (s *constraintSearch) kinds(c *policydb.Constraint, written policy.TypeID, side uint32) []policy.TypeID {
	var types []policy.TypeID
	seen := map[string]bool{}
	members := slices.Clone(s.g.expand(written))
	s.g.rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	for _, m := range members {
		key := make([]byte, 0, len(c.Expr))
		for i := range c.Expr {
			if n := &c.Expr[i]; n.Kind == policydb.ConstraintNames && n.Attr == policydb.AttrType|side {
				key = fmt.Append(key, n.Names.Has(uint32(m)-1))
			}
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			types = append(types, m)
		}
	}
	return types
}

// values returns whether the expression can be true and whether it can be false
// for two types, if every comparison of something else can come out either way.
func (s *constraintSearch) values(c *policydb.Constraint, source, target policy.TypeID) (yes, no bool) {
	type pair struct{ yes, no bool }
	var stack []pair
	for i := range c.Expr {
		node := &c.Expr[i]
		n := len(stack)
		switch node.Kind {
		case policydb.ConstraintNot:
			stack[n-1] = pair{stack[n-1].no, stack[n-1].yes}
		case policydb.ConstraintAnd:
			a, b := stack[n-2], stack[n-1]
			stack = append(stack[:n-2], pair{a.yes && b.yes, a.no || b.no})
		case policydb.ConstraintOr:
			a, b := stack[n-2], stack[n-1]
			stack = append(stack[:n-2], pair{a.yes || b.yes, a.no && b.no})
		default:
			v := pair{true, true}
			if node.Kind == policydb.ConstraintNames && node.Attr&policydb.AttrType != 0 {
				id := source
				if node.Attr&policydb.AttrTarget != 0 {
					id = target
				}
				in := node.Names.Has(uint32(id)-1) == (node.Op == policydb.OpEq)
				v = pair{in, !in}
			}
			stack = append(stack, v)
		}
	}
	return stack[0].yes, stack[0].no
}

// denial finds contexts for which the constraint takes a permission away, and
// returns the sentence that explains it.
func (s *constraintSearch) denial(t *testing.T, class policy.ClassID, c *policydb.Constraint) (query, string, bool) {
	rules := s.granting(class, c.Perms)
	s.g.rng.Shuffle(len(rules), func(i, j int) { rules[i], rules[j] = rules[j], rules[i] })
	var q query
	sentence := ""
	for round := range 30 {
		for _, r := range rules {
			ok := s.failing(c, r, func(source, target policy.TypeID) bool {
				for range 5 + round*5 {
					a, ok1 := s.g.context(source)
					b, ok2 := s.g.context(target)
					if q = (query{a, b, class}); ok1 && ok2 && s.explains(t, q, c, r, &sentence) {
						return true
					}
				}
				return false
			})
			if ok {
				return q, sentence, true
			}
		}
	}
	return q, "", false
}

// explains reports whether the constraint is among the reasons of a denial, with
// the booleans set so that the rule holds.
func (s *constraintSearch) explains(t *testing.T, q query, c *policydb.Constraint, rule policy.Rule,
	sentence *string) bool {
	if s.d.ExplainConstraint(c, q.source, q.target).Holds {
		return false
	}
	d := s.d
	if !s.p.Enabled(rule) {
		if d = s.enabling(rule); d == nil {
			return false
		}
	}
	for bit := range s.p.Perms(q.class) {
		perm := policy.AccessVector(1) << bit
		if uint32(perm)&c.Perms == 0 || rule.Perms&perm == 0 ||
			d.Decide(q.source, q.target, q.class).Allowed&perm != 0 {
			continue
		}
		r := d.Explain(q.source, q.target, q.class, perm)
		if slices.Contains(r.Constraints, c) {
			checkConstraintReason(t, d, q, c)
			reason := d.ExplainConstraint(c, q.source, q.target)
			*sentence = reason.Sentence(s.p.Perms(q.class)[bit])
			return true
		}
	}
	return false
}

// enabling returns a Decider under booleans that put a rule in force.
func (s *constraintSearch) enabling(rule policy.Rule) *access.Decider {
	bools := slices.Collect(s.p.CondBools(rule.Cond).All())
	for mask := range 1 << len(bools) {
		var settings []policy.BoolSetting
		for i, b := range bools {
			settings = append(settings, policy.BoolSetting{Bool: b, On: mask>>i&1 != 0})
		}
		if p := s.p.WithBools(settings...); p.Enabled(rule) {
			return access.NewDecider(p)
		}
	}
	return nil
}
