package compile

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

const constraintMaxDepth = 5

// emitConstraints writes the constraints of the classes, the last first.
func (e *emitter) emitConstraints() {
	for i := range e.cons {
		r := &e.cons[i]
		if (r.kind == wMLSConstrain || r.kind == wMLSValidateTrans) && !e.mls {
			continue
		}
		if r.class != 0 {
			for _, class := range e.expandClass(r.class) {
				c := &e.pol.Classes.Items[e.val[class]-1]
				c.ValidateTrans = append(c.ValidateTrans, policydb.Constraint{Expr: e.constraintExpr(r.expr)})
			}
			continue
		}
		e.expandPerms(r.cp, func(class datumID, mask uint32) {
			if mask == 0 {
				return
			}
			expr := e.constraintExpr(r.expr)
			if depth(expr) > constraintMaxDepth {
				e.failStmt(r.stmt, "the expression of the constraint is deeper than %d", constraintMaxDepth)
			}
			c := &e.pol.Classes.Items[e.val[class]-1]
			c.Constraints = append(c.Constraints, policydb.Constraint{Perms: mask, Expr: expr})
		})
	}
	for i := range e.pol.Classes.Items {
		slices.Reverse(e.pol.Classes.Items[i].Constraints)
		slices.Reverse(e.pol.Classes.Items[i].ValidateTrans)
	}
}

// depth returns how many values the expression holds at once.
func depth(expr []policydb.ConstraintNode) int {
	n, most := 0, 0
	for i := range expr {
		switch expr[i].Kind {
		case policydb.ConstraintAttr, policydb.ConstraintNames:
			n++
		case policydb.ConstraintAnd, policydb.ConstraintOr:
			n--
		}
		most = max(most, n)
	}
	return most
}

// constraintExpr writes an expression; see compiler.constraintExpr for its
// tokens.
func (e *emitter) constraintExpr(x exprRef) []policydb.ConstraintNode {
	var out []policydb.ConstraintNode
	var left, right symID
	var names exprRef
	for i := x.start; i < x.end; {
		tok := e.exprs[i]
		w := symID(tok & tokenValue)
		switch tok & tokenKind {
		case tokenOperand:
			if left == 0 {
				left = w
			} else {
				right = w
			}
			i++
			continue
		case tokenList:
			names = exprRef{i + 1, tok & tokenValue}
			i = tok & tokenValue
			continue
		}
		i++
		switch w {
		case wNot:
			out = append(out, policydb.ConstraintNode{Kind: policydb.ConstraintNot})
			continue
		case wAnd:
			out = append(out, policydb.ConstraintNode{Kind: policydb.ConstraintAnd})
			continue
		case wOr:
			out = append(out, policydb.ConstraintNode{Kind: policydb.ConstraintOr})
			continue
		}
		node := policydb.ConstraintNode{Kind: policydb.ConstraintAttr, Op: comparisonOp(w), Attr: attrOf(left, right)}
		if names.end != 0 {
			node.Kind = policydb.ConstraintNames
			e.constraintNames(&node, left, names)
		}
		out = append(out, node)
		left, right, names = 0, 0, exprRef{}
	}
	return out
}

func comparisonOp(word symID) uint32 {
	switch word {
	case wEq:
		return policydb.OpEq
	case wNeq:
		return policydb.OpNeq
	case wDom:
		return policydb.OpDom
	case wDomBy:
		return policydb.OpDomBy
	case wIncomp:
		return policydb.OpIncomp
	}
	return 0
}

// attrOf mirrors __cil_constrain_expr_leaf_to_sepol_expr.
func attrOf(left, right symID) uint32 {
	switch left {
	case wU1:
		return policydb.AttrUser
	case wU2:
		return policydb.AttrUser | policydb.AttrTarget
	case wU3:
		return policydb.AttrUser | policydb.AttrXTarget
	case wR1:
		return policydb.AttrRole
	case wR2:
		return policydb.AttrRole | policydb.AttrTarget
	case wR3:
		return policydb.AttrRole | policydb.AttrXTarget
	case wT1:
		return policydb.AttrType
	case wT2:
		return policydb.AttrType | policydb.AttrTarget
	case wT3:
		return policydb.AttrType | policydb.AttrXTarget
	case wL1:
		switch right {
		case wL2:
			return policydb.AttrL1L2
		case wH1:
			return policydb.AttrL1H1
		}
		return policydb.AttrL1H2
	case wL2:
		return policydb.AttrL2H2
	}
	if right == wL2 {
		return policydb.AttrH1L2
	}
	return policydb.AttrH1H2
}

// constraintNames fills in the set that a comparison names.
func (e *emitter) constraintNames(node *policydb.ConstraintNode, left symID, names exprRef) {
	var eval *evaluator
	switch left {
	case wU1, wU2, wU3:
		eval = e.userEval
	case wR1, wR2, wR3:
		eval = e.roleEval
	default:
		eval = e.typeEval
	}
	set := newBitset(eval.size)
	written := newBitset(uint32(len(e.typeOf)))
	for _, tok := range e.exprs[names.start:names.end] {
		id := datumID(tok & tokenValue)
		eval.add(set, id)
		if eval == e.typeEval && e.val[id] != 0 {
			written.set(e.val[id] - 1)
		}
	}
	switch eval {
	case e.userEval:
		node.Names = policydb.BitmapOfWords(set)
	case e.roleEval:
		node.Names = e.roleBits(set, true)
	default:
		node.Names = e.typeBits(set)
		node.TypeNames.Types = policydb.BitmapOfWords(written)
	}
}
