package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
	"github.com/senet-selinux/senet/test/policies"
)

// condPolicy is a policy without anything but three booleans, the first two on,
// and one conditional.
func condPolicy(expr ...policydb.CondNode) *policy.Policy {
	db := &policydb.Policy{Version: 33}
	db.Bools.NPrim = 3
	db.Bools.Items = []policydb.Bool{{Name: "a", Value: 1, State: 1}, {Name: "b", Value: 2, State: 1},
		{Name: "c", Value: 3}}
	db.Conditionals = []policydb.Cond{{Expr: expr}}
	return policy.New(db)
}

// TestCondOperators: each operator, the depth of the stack (10), and expressions
// that are not well formed, which have no value: neither branch holds. The
// kernel's cond_evaluate_expr decides so.
func TestCondOperators(t *testing.T) {
	a, b, c := policydb.CondNode{Op: policydb.CondBool, Bool: 1}, policydb.CondNode{Op: policydb.CondBool,
		Bool: 2}, policydb.CondNode{Op: policydb.CondBool, Bool: 3}
	op := func(op policydb.CondOp) policydb.CondNode { return policydb.CondNode{Op: op} }
	not, or, and, xor, eq, neq := op(policydb.CondNot), op(policydb.CondOr), op(policydb.CondAnd),
		op(policydb.CondXor), op(policydb.CondEq), op(policydb.CondNeq)
	type nodes = []policydb.CondNode
	const yes, no, undefined = "true", "false", "undefined"
	tests := []struct {
		name string
		expr nodes
		want string
	}{
		{"a", nodes{a}, yes}, {"c", nodes{c}, no}, {"!a", nodes{a, not}, no}, {"!c", nodes{c, not}, yes},
		{"!!a", nodes{a, not, not}, yes},
		{"a || c", nodes{a, c, or}, yes}, {"c || a", nodes{c, a, or}, yes}, {"c || c", nodes{c, c, or}, no},
		{"a && b", nodes{a, b, and}, yes}, {"a && c", nodes{a, c, and}, no}, {"c && a", nodes{c, a, and}, no},
		{"a ^ b", nodes{a, b, xor}, no}, {"a ^ c", nodes{a, c, xor}, yes}, {"c ^ c", nodes{c, c, xor}, no},
		{"a == b", nodes{a, b, eq}, yes}, {"a == c", nodes{a, c, eq}, no}, {"c == c", nodes{c, c, eq}, yes},
		{"a != b", nodes{a, b, neq}, no}, {"a != c", nodes{a, c, neq}, yes},
		{"(a && c) || b", nodes{a, c, and, b, or}, yes}, {"a && (c || b)", nodes{a, c, b, or, and}, yes},
		{"ten deep", append(slices.Repeat(nodes{a}, 10), slices.Repeat(nodes{and}, 9)...), yes},
		{"eleven deep", append(slices.Repeat(nodes{a}, 11), slices.Repeat(nodes{and}, 10)...), undefined},
		{"empty", nil, undefined}, {"not of nothing", nodes{not}, undefined},
		{"and of one", nodes{a, and}, undefined}, {"or of nothing", nodes{or}, undefined},
		// The kernel takes the bottom of the stack, whatever lies above it.
		{"two values left", nodes{a, c}, yes}, {"two values left, the first off", nodes{c, a}, no},
		{"a boolean that does not exist is off", nodes{{Op: policydb.CondBool, Bool: 99}}, no},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pol := condPolicy(tt.expr...)
			on, off := pol.BranchEnabled(1, true), pol.BranchEnabled(1, false)
			if on != (tt.want == yes) || off != (tt.want == no) {
				t.Errorf("true branch %t, false branch %t; want %s", on, off, tt.want)
			}
		})
	}
	pol := condPolicy(a)
	if !pol.BranchEnabled(0, true) || !pol.BranchEnabled(0, false) || pol.BranchEnabled(2, true) ||
		pol.BranchEnabled(2, false) {
		t.Error("rules outside of conditionals, or of one that does not exist")
	}
}

// TestWithBools: a what-if changes neither the policy it comes from nor the
// defaults, and bits that name no boolean change nothing.
func TestWithBools(t *testing.T) {
	pol := small(t, 33, "selinux", true).policy(t)
	web, _ := pol.Bool("web_can_network")
	audit, _ := pol.Bool("audit_everything")
	other := pol.WithBools(policy.BoolSetting{Bool: web, On: false}, policy.BoolSetting{Bool: audit, On: true},
		policy.BoolSetting{Bool: 99999, On: true})
	if !pol.BoolState(web) || pol.BoolState(audit) || other.BoolState(web) || !other.BoolState(audit) ||
		!other.DefaultBool(web) || other.BoolState(99999) {
		t.Error("states")
	}
	back := other.WithBools(policy.BoolSetting{Bool: web, On: true}, policy.BoolSetting{Bool: audit, On: false})
	differ := false
	for id := range pol.Conds() {
		for _, branch := range []bool{true, false} {
			if back.BranchEnabled(id, branch) != pol.BranchEnabled(id, branch) {
				t.Errorf("conditional %d there and back", id)
			}
			differ = differ || other.BranchEnabled(id, branch) != pol.BranchEnabled(id, branch)
		}
		if s := pol.CondBools(id); s.IsEmpty() {
			t.Errorf("conditional %d names no boolean", id)
		}
	}
	if !differ {
		t.Error("no conditional differs")
	}
}

// TestCondsAgainstLibsepol: on random policies, with every operator and random
// booleans, the allow rules in force are those libsepol grants by.
func TestCondsAgainstLibsepol(t *testing.T) {
	oracle.Need(t)
	rng := rand.New(rand.NewPCG(1, 33))
	rounds := 12
	checked, conditional := 0, 0
	for range rounds {
		random := policies.NewRandom(rng)
		path, err := random.Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		pol := load(t, "random", path).policy(t)
		var settings []policy.BoolSetting
		var args []string
		for id := range pol.Bools() {
			on := rng.IntN(2) == 1
			settings = append(settings, policy.BoolSetting{Bool: id, On: on})
			args = append(args, fmt.Sprintf("%s=%d", pol.BoolName(id), map[bool]int{true: 1}[on]))
		}
		pol = pol.WithBools(settings...)
		var queries []string
		var want []policy.AccessVector
		for range 300 {
			source, target := random.Contexts[rng.IntN(len(random.Contexts))],
				random.Contexts[rng.IntN(len(random.Contexts))]
			class := random.Classes[rng.IntN(len(random.Classes))]
			sc, err1 := pol.ParseContext(source)
			tc, err2 := pol.ParseContext(target)
			id, ok := pol.Class(class)
			if err1 != nil || err2 != nil || !ok {
				t.Fatal(err1, err2, class)
			}
			queries = append(queries, strings.Join([]string{source, target, class}, " "))
			audited := ^policy.AccessVector(0)
			for a := range pol.Attributes(policy.TypeID(sc.Type)).All() {
				for r := range pol.RulesFrom(a, id, pol.Attributes(policy.TypeID(tc.Type))) {
					if r.Cond != 0 {
						conditional++
					}
					if r.Kind == policy.DontAudit && pol.Enabled(r) {
						audited &^= r.Perms
					}
				}
			}
			want = append(want, audited)
		}
		got, err := oracle.Access(path, queries, args...)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range got {
			if d.Err != "" {
				t.Fatalf("%s: %s", queries[i], d.Err)
			}
			id, _ := pol.Class(strings.Fields(queries[i])[2])
			// auditdeny is where no constraint interferes.
			if mask := pol.AllPerms(id); policy.AccessVector(d.AuditDeny)&mask != want[i]&mask {
				t.Errorf("%s with %v: audited %#x, want %#x", queries[i], args, want[i]&mask,
					policy.AccessVector(d.AuditDeny)&mask)
			}
			checked++
		}
	}
	if checked == 0 || conditional == 0 {
		t.Errorf("%d queries, %d conditional rules", checked, conditional)
	}
}
