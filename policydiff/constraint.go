package policydiff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// Constraint writes a constraint in the policy language, with braces around sets, parentheses
// around each operation, and attributes as written.
func (plainTexts) Constraint(p *policy.Policy, c *query.Constraint) string {
	text := c.Kind.String() + " " + p.ClassName(c.Class)
	if len(c.Perms) > 0 {
		text += " { " + strings.Join(slices.Sorted(slices.Values(c.Perms)), " ") + " }"
	}
	return text + " " + expression(p, c.Expr) + ";"
}

// expression writes a postfix expression in infix notation. A missing operand of a malformed one is
// "?".
func expression(p *policy.Policy, expr []policydb.ConstraintNode) string {
	var stack []string
	pop := func() string {
		if len(stack) == 0 {
			return "?"
		}
		text := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return text
	}
	for i := range expr {
		n := &expr[i]
		text := ""
		switch n.Kind {
		case policydb.ConstraintNot:
			text = "(not " + pop() + ")"
		case policydb.ConstraintAnd, policydb.ConstraintOr:
			right, word := pop(), " and "
			if n.Kind == policydb.ConstraintOr {
				word = " or "
			}
			text = "(" + pop() + word + right + ")"
		default:
			text = "(" + comparison(p, n) + ")"
		}
		stack = append(stack, text)
	}
	return strings.Join(stack, " ")
}

func comparison(p *policy.Policy, n *policydb.ConstraintNode) string {
	left, right := operands(n.Attr)
	if n.Kind == policydb.ConstraintNames {
		right = "{ " + strings.Join(slices.Sorted(query.NodeNames(p, n, true)), " ") + " }"
	}
	sign := map[uint32]string{
		policydb.OpEq: "==", policydb.OpNeq: "!=", policydb.OpDom: "dom", policydb.OpDomBy: "domby",
		policydb.OpIncomp: "incomp",
	}[n.Op]
	if sign == "" {
		sign = fmt.Sprintf("operator-%d", n.Op)
	}
	return left + " " + sign + " " + right
}

// operands returns the names of the two operands of a comparison.
func operands(attr uint32) (left, right string) {
	if left, right, ok := policydb.LevelNames(attr); ok {
		return left, right
	}
	number := "1"
	switch {
	case attr&policydb.AttrXTarget != 0:
		number = "3"
	case attr&policydb.AttrTarget != 0:
		number = "2"
	}
	switch attr &^ (policydb.AttrTarget | policydb.AttrXTarget) {
	case policydb.AttrUser:
		return "u" + number, "u2"
	case policydb.AttrRole:
		return "r" + number, "r2"
	case policydb.AttrType:
		return "t" + number, "t2"
	}
	return fmt.Sprintf("operand-%d", attr), "?"
}

// constrained returns the members of the attributes in an expression: they may change while the
// text does not.
func constrained(p *policy.Policy, expr []policydb.ConstraintNode) []string {
	var out []string
	for i := range expr {
		if n := &expr[i]; n.Kind == policydb.ConstraintNames && n.Attr&policydb.AttrType != 0 {
			place := strconv.Itoa(i) + ": "
			for name := range query.NodeNames(p, n, false) {
				out = append(out, place+name)
			}
		}
	}
	slices.Sort(out)
	return out
}
