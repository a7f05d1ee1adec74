package access

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// A tree is a constraint's expression. An "and" or "or" has two or more operands, none of which is
// of the same kind.
type tree struct {
	op     treeOp
	args   []*tree
	node   *policydb.ConstraintNode // of a comparison
	leaves int                      // the number of comparisons in it
}

type treeOp uint8

const (
	treeLeaf treeOp = iota
	treeNot
	treeAnd
	treeOr
)

// newTree reads an expression from its postfix form. ok is false if it is longer than maxSteps or
// has an element at which the kernel stops.
func newTree(expr []policydb.ConstraintNode) (t *tree, ok bool) {
	if len(expr) > maxSteps {
		return nil, false
	}
	var stack []*tree
	for i := range expr {
		node := &expr[i]
		n := len(stack)
		switch node.Kind {
		case policydb.ConstraintNot:
			if n < 1 {
				return nil, false
			}
			stack[n-1] = &tree{op: treeNot, args: []*tree{stack[n-1]}, leaves: stack[n-1].leaves}
		case policydb.ConstraintAnd, policydb.ConstraintOr:
			if n < 2 {
				return nil, false
			}
			op := treeAnd
			if node.Kind == policydb.ConstraintOr {
				op = treeOr
			}
			a, b := stack[n-2], stack[n-1]
			stack = append(stack[:n-2], &tree{op: op, args: slices.Concat(a.operands(op), b.operands(op)),
				leaves: a.leaves + b.leaves})
		default:
			if !meaningful(node) {
				return nil, false
			}
			stack = append(stack, &tree{node: node, leaves: 1})
		}
	}
	if len(stack) != 1 {
		return nil, false
	}
	return stack[0], true
}

// operands returns the operands of t if it is an op, else only t.
func (t *tree) operands(op treeOp) []*tree {
	if t.op == op {
		return t.args
	}
	return []*tree{t}
}

// meaningful reports whether evaluateNode can evaluate a comparison.
func meaningful(node *policydb.ConstraintNode) bool {
	equal := node.Op == policydb.OpEq || node.Op == policydb.OpNeq
	order := node.Op == policydb.OpDom || node.Op == policydb.OpDomBy || node.Op == policydb.OpIncomp
	if node.Kind == policydb.ConstraintNames {
		xtarget := node.Attr&policydb.AttrTarget == 0 && node.Attr&policydb.AttrXTarget != 0
		return equal && !xtarget && node.Attr&(policydb.AttrUser|policydb.AttrRole|policydb.AttrType) != 0
	}
	switch node.Attr {
	case policydb.AttrUser, policydb.AttrType:
		return equal
	case policydb.AttrRole, policydb.AttrL1L2, policydb.AttrL1H2, policydb.AttrH1L2, policydb.AttrH1H2,
		policydb.AttrL1H1, policydb.AttrL2H2:
		return equal || order
	}
	return false
}
