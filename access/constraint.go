package access

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// evaluate mirrors constraint_expr_eval for two contexts. An element that the
// kernel would stop at (BUG) makes the expression false.
func evaluate(p *policy.Policy, expr []policydb.ConstraintNode, source, target *policy.Context) bool {
	return evaluateFor(p, expr, source, target, nil)
}

// evaluateFor is evaluate with a third context, the relabelling process (the kernel's
// xcontext), which only validatetrans rules have.
func evaluateFor(p *policy.Policy, expr []policydb.ConstraintNode, source, target, task *policy.Context) bool {
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
		value, ok := evaluateNode(p, node, source, target, task)
		if !ok || sp == len(stack) {
			return false
		}
		stack[sp] = value
		sp++
	}
	return sp == 1 && stack[0]
}

// evaluateNode evaluates a comparison; ok is false if it is invalid.
func evaluateNode(p *policy.Policy, node *policydb.ConstraintNode, source, target, task *policy.Context) (value,
	ok bool) {
	if node.Kind == policydb.ConstraintNames {
		v, ok := namedPart(node, source, target, task)
		if !ok {
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
	}
	a, b := levels(node.Attr, source, target)
	if a == nil {
		return false, false
	}
	return compareLevels(a, b).holds(node.Op)
}

// namedPart returns the value of the part of a context that a node compares with
// a set of names.
func namedPart(node *policydb.ConstraintNode, source, target, task *policy.Context) (v uint32, ok bool) {
	c := source
	if node.Attr&policydb.AttrTarget != 0 {
		c = target
	} else if node.Attr&policydb.AttrXTarget != 0 {
		c = task
	}
	if c == nil {
		return 0, false
	}
	switch {
	case node.Attr&policydb.AttrUser != 0:
		return c.User, true
	case node.Attr&policydb.AttrRole != 0:
		return c.Role, true
	case node.Attr&policydb.AttrType != 0:
		return c.Type, true
	}
	return 0, false
}

// levels returns the two levels that an attribute compares, nil for one that
// compares none.
func levels(attr uint32, source, target *policy.Context) (a, b *policy.Level) {
	switch attr {
	case policydb.AttrL1L2:
		return &source.Range.Low, &target.Range.Low
	case policydb.AttrL1H2:
		return &source.Range.Low, &target.Range.High
	case policydb.AttrH1L2:
		return &source.Range.High, &target.Range.Low
	case policydb.AttrH1H2:
		return &source.Range.High, &target.Range.High
	case policydb.AttrL1H1:
		return &source.Range.Low, &source.Range.High
	case policydb.AttrL2H2:
		return &target.Range.Low, &target.Range.High
	}
	return nil, nil
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
