package diagnose

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// validTransition reports whether the validatetrans rules of a class let an
// object's context become another, on the order of a task. It mirrors
// security_compute_validatetrans; rules is how many there are.
func (g *Diagnoser) validTransition(class string, from, to, task policy.Context) (valid bool, rules int) {
	id, ok := g.p.Class(class)
	if !ok {
		return true, 0
	}
	info := g.p.ClassInfo(id)
	for i := range info.ValidateTrans {
		if !g.holds(info.ValidateTrans[i].Expr, from, to, task) {
			return false, len(info.ValidateTrans)
		}
	}
	return true, len(info.ValidateTrans)
}

// holds evaluates a postfix expression; false for one that the kernel refuses.
func (g *Diagnoser) holds(expr []policydb.ConstraintNode, from, to, task policy.Context) bool {
	var stack []bool
	for _, node := range expr {
		n := len(stack)
		switch {
		case node.Kind == policydb.ConstraintNot && n >= 1:
			stack[n-1] = !stack[n-1]
		case node.Kind == policydb.ConstraintAnd && n >= 2:
			stack = append(stack[:n-2], stack[n-2] && stack[n-1])
		case node.Kind == policydb.ConstraintOr && n >= 2:
			stack = append(stack[:n-2], stack[n-2] || stack[n-1])
		case node.Kind == policydb.ConstraintAttr || node.Kind == policydb.ConstraintNames:
			source := from
			if node.Attr&policydb.AttrTarget == 0 && node.Attr&policydb.AttrXTarget != 0 {
				node.Attr &^= policydb.AttrXTarget
				source = task
			}
			one := policydb.Constraint{Expr: []policydb.ConstraintNode{node}}
			stack = append(stack, g.d.ExplainConstraint(&one, source, to).Holds)
		default:
			return false
		}
	}
	return len(stack) == 1 && stack[0]
}
