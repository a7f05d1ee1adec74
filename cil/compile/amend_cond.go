package compile

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
)

// booleanIf adds the rules of a conditional to the one that has its condition, or
// to a new one.
func (a *amender) booleanIf(s cil.Node) error {
	if len(s.List) < 3 {
		return errShape
	}
	c := &condition{}
	if err := a.condExpr(c, s.List[1]); err != nil {
		return err
	}
	if depthOf(c.expr) > condMaxDepth {
		return fmt.Errorf("the condition is deeper than %d", condMaxDepth)
	}
	swapped := c.normalize()
	at := slices.IndexFunc(a.p.Conditionals, func(have policydb.Cond) bool {
		o := &condition{expr: slices.Clone(have.Expr)}
		if depthOf(o.expr) > condMaxDepth || len(o.expr) == 0 {
			return false
		}
		return !o.normalize() && c.equal(o)
	})
	if at < 0 {
		made := policydb.Cond{Expr: c.expr}
		if evalCond(c.expr, a.isOn) {
			made.State = 1
		}
		a.p.Conditionals = append(slices.Clip(a.p.Conditionals), made)
		at = len(a.p.Conditionals) - 1
	}
	for _, branch := range s.List[2:] {
		if len(branch.List) < 2 || branch.List[0].Atom != "true" && branch.List[0].Atom != "false" {
			return errShape
		}
		for _, r := range branch.List[1:] {
			if len(r.List) == 0 {
				return errShape
			}
			if err := a.rule(r, at+1, (branch.List[0].Atom == "true") != swapped); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *amender) isOn(value uint32) bool {
	return slices.ContainsFunc(a.p.Bools.Items, func(b policydb.Bool) bool { return b.Value == value && b.State != 0 })
}

// depthOf returns how many values an expression keeps at once, or more than is
// possible for one that is not well formed.
func depthOf(expr []policydb.CondNode) int {
	depth, most := 0, 0
	for _, n := range expr {
		switch n.Op {
		case policydb.CondBool:
			depth++
			most = max(most, depth)
		case policydb.CondNot:
		default:
			depth--
		}
		if depth < 1 {
			return condMaxDepth + 1
		}
	}
	if depth != 1 {
		return condMaxDepth + 1
	}
	return most
}

// condOperator returns the operator of a word; ok is false for all others.
func condOperator(word string) (op policydb.CondOp, ok bool) {
	switch word {
	case "and":
		return policydb.CondAnd, true
	case "or":
		return policydb.CondOr, true
	case "xor":
		return policydb.CondXor, true
	case "not":
		return policydb.CondNot, true
	case "eq":
		return policydb.CondEq, true
	case "neq":
		return policydb.CondNeq, true
	}
	return 0, false
}

func (a *amender) condExpr(c *condition, n cil.Node) error {
	if !n.IsList() {
		value, err := a.boolOf(n)
		if err != nil {
			return err
		}
		c.expr = append(c.expr, policydb.CondNode{Op: policydb.CondBool, Bool: value})
		return nil
	}
	if len(n.List) == 1 && !n.List[0].IsList() {
		return a.condExpr(c, n.List[0])
	}
	if len(n.List) < 2 {
		return errShape
	}
	op, ok := condOperator(n.List[0].Atom)
	operands := 2
	if op == policydb.CondNot {
		operands = 1
	}
	if !ok || len(n.List) != 1+operands {
		return errShape
	}
	for _, operand := range n.List[1:] {
		if err := a.condExpr(c, operand); err != nil {
			return err
		}
	}
	c.expr = append(c.expr, policydb.CondNode{Op: op})
	return nil
}
