package diagnose

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// What the elements of a constraint are, and of which context a comparison with
// names is (CEXPR_* of security/selinux/ss/constraint.h).
const (
	exprNot     = 1
	exprAnd     = 2
	exprOr      = 3
	exprTarget  = 8
	exprXTarget = 16
)

// validTransition reports whether the validatetrans rules of a class let an
// object's context become another, on the order of a task. It mirrors
// security_compute_validatetrans; rules is how many there are.
func (g *Diagnoser) validTransition(class string, from, to, task policy.Context) (valid bool, rules int) {
	id, ok := g.p.Class(class)
	if !ok {
		return true, 0
	}
	list := g.p.ClassInfo(id).ValidateTrans
	for _, rule := range list {
		var stack []bool
		for i := range rule.Expr {
			n := len(stack)
			switch kind := rule.Expr[i].Kind; {
			case kind == exprNot && n >= 1:
				stack[n-1] = !stack[n-1]
			case kind == exprAnd && n >= 2:
				stack = append(stack[:n-2], stack[n-2] && stack[n-1])
			case kind == exprOr && n >= 2:
				stack = append(stack[:n-2], stack[n-2] || stack[n-1])
			case kind <= exprOr:
				return false, len(list) // no expression, which the kernel refuses
			default:
				one, source := rule, from
				one.Expr = slices.Clone(rule.Expr[i : i+1])
				if node := &one.Expr[0]; node.Attr&exprTarget == 0 && node.Attr&exprXTarget != 0 {
					node.Attr &^= exprXTarget
					source = task
				}
				reason := g.d.ExplainConstraint(&one, source, to)
				stack = append(stack, reason.Holds)
			}
		}
		if len(stack) != 1 || !stack[0] {
			return false, len(list)
		}
	}
	return true, len(list)
}
