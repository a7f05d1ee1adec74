package access

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// evaluate mirrors constraint_expr_eval for two contexts. An element that the
// kernel would stop at (BUG) makes the expression false.
func evaluate(p *policy.Policy, expr []policydb.ConstraintNode, source, target policy.Context) bool {
	var stack [8]bool
	sp := 0
	for i := range expr {
		node := &expr[i]
		switch node.Kind {
		case policydb.ConstraintNot:
			if sp < 1 {
				return false
			}
			stack[sp-1] = !stack[sp-1]
			continue
		case policydb.ConstraintAnd, policydb.ConstraintOr:
			if sp < 2 {
				return false
			}
			sp--
			if node.Kind == policydb.ConstraintAnd {
				stack[sp-1] = stack[sp-1] && stack[sp]
			} else {
				stack[sp-1] = stack[sp-1] || stack[sp]
			}
			continue
		}
		value, ok := evaluateNode(p, node, source, target)
		if !ok || sp == len(stack) {
			return false
		}
		stack[sp] = value
		sp++
	}
	return sp == 1 && stack[0]
}

// evaluateNode evaluates a comparison; ok is false where it has no meaning.
func evaluateNode(p *policy.Policy, node *policydb.ConstraintNode, source, target policy.Context) (value, ok bool) {
	if node.Kind == policydb.ConstraintNames {
		c := source
		if node.Attr&policydb.AttrTarget != 0 {
			c = target
		} else if node.Attr&policydb.AttrXTarget != 0 {
			return false, false
		}
		var v uint32
		switch {
		case node.Attr&policydb.AttrUser != 0:
			v = c.User
		case node.Attr&policydb.AttrRole != 0:
			v = c.Role
		case node.Attr&policydb.AttrType != 0:
			v = c.Type
		default:
			return false, false
		}
		return equality(node.Op, node.Names.Has(v-1))
	}
	switch node.Attr {
	case policydb.AttrUser:
		return equality(node.Op, source.User == target.User)
	case policydb.AttrType:
		return equality(node.Op, source.Type == target.Type)
	case policydb.AttrRole:
		if node.Op == policydb.OpEq || node.Op == policydb.OpNeq {
			return equality(node.Op, source.Role == target.Role)
		}
		return compareRoles(p, node.Op, source.Role, target.Role)
	case policydb.AttrL1L2:
		return compareLevels(node.Op, source.Range.Low, target.Range.Low)
	case policydb.AttrL1H2:
		return compareLevels(node.Op, source.Range.Low, target.Range.High)
	case policydb.AttrH1L2:
		return compareLevels(node.Op, source.Range.High, target.Range.Low)
	case policydb.AttrH1H2:
		return compareLevels(node.Op, source.Range.High, target.Range.High)
	case policydb.AttrL1H1:
		return compareLevels(node.Op, source.Range.Low, source.Range.High)
	case policydb.AttrL2H2:
		return compareLevels(node.Op, target.Range.Low, target.Range.High)
	}
	return false, false
}

func equality(op uint32, equal bool) (value, ok bool) {
	switch op {
	case policydb.OpEq:
		return equal, true
	case policydb.OpNeq:
		return !equal, true
	}
	return false, false
}

func compareRoles(p *policy.Policy, op uint32, r1, r2 uint32) (value, ok bool) {
	a, b := p.RoleInfo(policy.RoleID(r1)), p.RoleInfo(policy.RoleID(r2))
	if a == nil || b == nil {
		return false, false
	}
	dom, domBy := a.Dominates.Has(r2-1), b.Dominates.Has(r1-1)
	switch op {
	case policydb.OpDom:
		return dom, true
	case policydb.OpDomBy:
		return domBy, true
	case policydb.OpIncomp:
		return !dom && !domBy, true
	}
	return false, false
}

func compareLevels(op uint32, a, b policy.Level) (value, ok bool) {
	switch op {
	case policydb.OpEq:
		return policy.SameLevel(a, b), true
	case policydb.OpNeq:
		return !policy.SameLevel(a, b), true
	case policydb.OpDom:
		return policy.Dominates(a, b), true
	case policydb.OpDomBy:
		return policy.Dominates(b, a), true
	case policydb.OpIncomp:
		return !policy.Dominates(a, b) && !policy.Dominates(b, a), true
	}
	return false, false
}
