package setools

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// appendConstraint appends a constraint as SETools 4.4.1 writes it. A constrain has a blank after its semicolon, a
// validatetrans has not.
func appendConstraint(b []byte, p *policy.Policy, c *query.Constraint) []byte {
	b = append(b, c.Kind.String()...)
	b = append(b, ' ')
	b = append(b, p.ClassName(c.Class)...)
	b = append(b, ' ')
	constrain := c.Kind&(query.Constrain|query.MLSConstrain) != 0
	if constrain {
		b = append(appendSet(b, slices.Sorted(slices.Values(c.Perms))), ' ')
	}
	b = append(b, '(')
	b = appendConstraintExpr(b, p, c.Expr)
	b = append(b, ");"...)
	if constrain {
		b = append(b, ' ')
	}
	return b
}

// A constraintTerm is a node of the tree of a postfix expression: a comparison, `not` of left,
// or left and right joined by and/or.
type constraintTerm struct {
	node        *policydb.ConstraintNode
	left, right *constraintTerm
	parens      bool
}

// The precedences of SETools. Those of comparisons matter, because the operator before decides about parentheses.
const (
	precedenceOr = 1 + iota
	precedenceAnd
	precedenceCompare
	precedenceNot
)

// appendConstraintExpr appends an expression in infix notation with the parentheses of SETools 4.4.1. They stand
// around every binary operator whose precedence is not below that of the previous operator in postfix order, and
// around the operand of every `not`. An operand that a malformed expression lacks is left out.
func appendConstraintExpr(b []byte, p *policy.Policy, expr []policydb.ConstraintNode) []byte {
	var stack []*constraintTerm
	pop := func() *constraintTerm {
		if len(stack) == 0 {
			return nil
		}
		t := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return t
	}
	before := precedenceNot
	for i := range expr {
		t := &constraintTerm{node: &expr[i]}
		precedence := precedenceCompare
		switch t.node.Kind {
		case policydb.ConstraintNot:
			precedence = precedenceNot
			t.left = pop()
		case policydb.ConstraintAnd, policydb.ConstraintOr:
			precedence = precedenceAnd
			if t.node.Kind == policydb.ConstraintOr {
				precedence = precedenceOr
			}
			t.right = pop()
			t.left = pop()
		}
		t.parens = precedence >= before && precedence != precedenceNot
		before = precedence
		stack = append(stack, t)
	}
	for i, t := range stack {
		if i > 0 {
			b = append(b, ' ')
		}
		b = t.append(b, p)
	}
	return b
}

func (t *constraintTerm) append(b []byte, p *policy.Policy) []byte {
	if t == nil {
		return b
	}
	if t.parens {
		b = append(b, "( "...)
	}
	switch t.node.Kind {
	case policydb.ConstraintNot:
		b = append(b, "not ( "...)
		b = append(t.left.append(b, p), " )"...)
	case policydb.ConstraintAnd:
		b = append(t.left.append(b, p), " and "...)
		b = t.right.append(b, p)
	case policydb.ConstraintOr:
		b = append(t.left.append(b, p), " or "...)
		b = t.right.append(b, p)
	default:
		b = appendComparison(b, p, t.node)
	}
	if t.parens {
		b = append(b, " )"...)
	}
	return b
}

func appendComparison(b []byte, p *policy.Policy, n *policydb.ConstraintNode) []byte {
	b = append(b, operandName(n.Attr)...)
	b = append(b, ' ')
	b = append(b, comparisonName(n.Op)...)
	b = append(b, ' ')
	if n.Kind == policydb.ConstraintAttr {
		return append(b, operandName(n.Attr+policydb.AttrTarget)...)
	}
	names := slices.Collect(query.NodeNames(p, n, true))
	switch len(names) {
	case 0:
		return b
	case 1:
		return append(b, names[0]...)
	}
	// SETools prints the names in random order. It also prints a blank after the brace.
	slices.Sort(names)
	return append(appendSet(b, names), ' ')
}

// operandName returns the name of an element's operand; the names of an attribute with
// AttrTarget are those of the second operand.
func operandName(attr uint32) string {
	second := attr&policydb.AttrTarget != 0
	pick := func(a, b string) string {
		if second {
			return b
		}
		return a
	}
	switch attr &^ policydb.AttrTarget {
	case policydb.AttrUser:
		return pick("u1", "u2")
	case policydb.AttrRole:
		return pick("r1", "r2")
	case policydb.AttrType:
		return pick("t1", "t2")
	case policydb.AttrUser + policydb.AttrXTarget:
		return "u3"
	case policydb.AttrRole + policydb.AttrXTarget:
		return "r3"
	case policydb.AttrType + policydb.AttrXTarget:
		return "t3"
	case policydb.AttrL1L2:
		return pick("l1", "l2")
	case policydb.AttrL1H2:
		return pick("l1", "h2")
	case policydb.AttrH1L2:
		return pick("h1", "l2")
	case policydb.AttrH1H2:
		return pick("h1", "h2")
	case policydb.AttrL1H1:
		return pick("l1", "h1")
	case policydb.AttrL2H2:
		return pick("l2", "h2")
	}
	return "?"
}

func comparisonName(op uint32) string {
	switch op {
	case policydb.OpEq:
		return "=="
	case policydb.OpNeq:
		return "!="
	case policydb.OpDom:
		return "dom"
	case policydb.OpDomBy:
		return "domby"
	case policydb.OpIncomp:
		return "incomp"
	}
	return "?"
}
