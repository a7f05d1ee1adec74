package policy

import "github.com/senet-selinux/senet/policydb"

// CondText writes the expression of a conditional in the language of policy sources, with no more
// parentheses than it needs. The text of a malformed expression, which has no value, is "".
func (t *tables) CondText(id CondID) string {
	type term struct {
		text       string
		precedence int
	}
	var stack []term
	for _, node := range t.CondExpr(id) {
		if node.Op == policydb.CondBool {
			stack = append(stack, term{t.BoolName(BoolID(node.Bool)), condPrecedence(node.Op)})
			continue
		}
		own := condPrecedence(node.Op)
		// The right operand of an operator of the same precedence keeps its
		// parentheses: the operators group to the left.
		group := func(x term, least int) string {
			if x.precedence < least {
				return "(" + x.text + ")"
			}
			return x.text
		}
		n := len(stack)
		switch {
		case node.Op == policydb.CondNot && n >= 1:
			stack[n-1] = term{"!" + group(stack[n-1], own), own}
		case node.Op != policydb.CondNot && n >= 2:
			a, b := stack[n-2], stack[n-1]
			stack = append(stack[:n-2], term{group(a, own) + " " + condOperator(node.Op) + " " + group(b, own+1), own})
		default:
			return ""
		}
	}
	if len(stack) != 1 {
		return ""
	}
	return stack[0].text
}

func condPrecedence(op policydb.CondOp) int {
	switch op {
	case policydb.CondBool:
		return 6
	case policydb.CondNot:
		return 5
	case policydb.CondEq, policydb.CondNeq:
		return 4
	case policydb.CondAnd:
		return 3
	case policydb.CondXor:
		return 2
	default:
		return 1
	}
}

func condOperator(op policydb.CondOp) string {
	switch op {
	case policydb.CondEq:
		return "=="
	case policydb.CondNeq:
		return "!="
	case policydb.CondAnd:
		return "&&"
	case policydb.CondXor:
		return "^"
	default:
		return "||"
	}
}
