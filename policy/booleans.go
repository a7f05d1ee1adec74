package policy

import (
	"iter"

	"github.com/senet-selinux/senet/policydb"
)

// Bool returns the boolean of that name.
func (t *tables) Bool(name string) (BoolID, bool) {
	for i := range t.db.Bools.Items {
		if t.db.Bools.Items[i].Name == name {
			return BoolID(t.db.Bools.Items[i].Value), true
		}
	}
	return 0, false
}

// Bools yields the booleans by ascending value.
func (t *tables) Bools() iter.Seq[BoolID] { return allIDs[BoolID](t.boolIdx) }

// BoolName returns the name of a boolean.
func (t *tables) BoolName(id BoolID) string {
	if b := item(t.db.Bools.Items, t.boolIdx, id); b != nil {
		return b.Name
	}
	return ""
}

// DefaultBool returns the value of a boolean in the policy file.
func (t *tables) DefaultBool(id BoolID) bool {
	b := item(t.db.Bools.Items, t.boolIdx, id)
	return b != nil && b.State != 0
}

// BoolState returns the value of a boolean in this Policy.
func (p *Policy) BoolState(id BoolID) bool { return p.bools.Has(id) }

// A BoolSetting is a boolean with a value.
type BoolSetting struct {
	Bool BoolID
	On   bool
}

// WithBools returns the policy with the given values of booleans.
func (p *Policy) WithBools(settings ...BoolSetting) *Policy {
	next := *p
	next.bools = p.bools.Clone()
	for _, s := range settings {
		if s.On {
			next.bools.Add(s.Bool)
		} else {
			next.bools.Remove(s.Bool)
		}
	}
	next.evaluateConds()
	return &next
}

// WithBoolsOf returns the policy with the values of booleans of another policy, whose booleans have
// the same ids: of one that it is an edited copy of.
func (p *Policy) WithBoolsOf(other *Policy) *Policy {
	var settings []BoolSetting
	for id := range p.Bools() {
		if on := other.BoolState(id); on != p.BoolState(id) {
			settings = append(settings, BoolSetting{id, on})
		}
	}
	return p.WithBools(settings...)
}

// condState is the value of a conditional's expression.
type condState uint8

const (
	condUndefined condState = iota // the expression is malformed: neither branch is active
	condFalse
	condTrue
)

func (p *Policy) evaluateConds() {
	conds := make([]condState, len(p.db.Conditionals)+1)
	for i := range p.db.Conditionals {
		conds[i+1] = p.evaluate(p.db.Conditionals[i].Expr)
	}
	p.conds = conds
}

// condMaxDepth is COND_EXPR_MAXDEPTH of the kernel.
const condMaxDepth = 10

// evaluate mirrors cond_evaluate_expr in security/selinux/ss/conditional.c: an
// expression that is malformed or too deep has no value.
func (p *Policy) evaluate(expr []policydb.CondNode) condState {
	var stack [condMaxDepth]bool
	sp := -1
	for _, node := range expr {
		if node.Op == policydb.CondBool {
			if sp == condMaxDepth-1 {
				return condUndefined
			}
			sp++
			stack[sp] = p.bools.Has(BoolID(node.Bool))
			continue
		}
		if node.Op == policydb.CondNot {
			if sp < 0 {
				return condUndefined
			}
			stack[sp] = !stack[sp]
			continue
		}
		if sp < 1 {
			return condUndefined
		}
		sp--
		a, b := stack[sp], stack[sp+1]
		switch node.Op {
		case policydb.CondOr:
			stack[sp] = a || b
		case policydb.CondAnd:
			stack[sp] = a && b
		case policydb.CondXor, policydb.CondNeq:
			stack[sp] = a != b
		case policydb.CondEq:
			stack[sp] = a == b
		}
	}
	switch {
	case sp < 0:
		return condUndefined
	case stack[0]:
		return condTrue
	default:
		return condFalse
	}
}

// Conds yields the conditionals in the file's order.
func (t *tables) Conds() iter.Seq[CondID] {
	return func(yield func(CondID) bool) {
		for i := range t.db.Conditionals {
			if !yield(CondID(i + 1)) {
				return
			}
		}
	}
}

// CondExpr returns the expression of a conditional in postfix order.
func (t *tables) CondExpr(id CondID) []policydb.CondNode {
	if id == 0 || int(id) > len(t.db.Conditionals) {
		return nil
	}
	return t.db.Conditionals[id-1].Expr
}

// CondBools returns the booleans in a conditional's expression.
func (t *tables) CondBools(id CondID) Set[BoolID] {
	s := NewSet(BoolID(t.db.Bools.NPrim))
	for _, node := range t.CondExpr(id) {
		if node.Op == policydb.CondBool {
			s.Add(BoolID(node.Bool))
		}
	}
	return s
}

// BranchEnabled reports whether the rules in one branch of a conditional are active: those of the
// true branch if the expression is true, those of the false branch if it is false. Unconditional
// rules (id 0) are always active.
func (p *Policy) BranchEnabled(id CondID, branch bool) bool {
	if id == 0 {
		return true
	}
	if int(id) >= len(p.conds) {
		return false
	}
	return p.conds[id] == condTrue && branch || p.conds[id] == condFalse && !branch
}
