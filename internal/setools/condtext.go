package setools

import (
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A policy stores conditional expressions in postfix order. SETools 4 writes them in infix order with the operands
// swapped. It decides on parentheses by the previous operator and not by the operands: it writes `qc && qb || qa`
// for `(qa || qb) && qc`. senet prints the same text where it means what the expression means. Elsewhere senet
// keeps the order and adds the parentheses that are needed.

// condText is the text of a conditional's expression.
func condText(p *policy.Policy, id policy.CondID) string {
	expr := p.CondExpr(id)
	t, ok := newCondTree(expr)
	if !ok {
		return condPostfix(p, expr)
	}
	text := t.tokens(t.setoolsParens)
	if !t.reads(text, expr) {
		text = t.tokens(t.neededParens)
	}
	var b strings.Builder
	for i, tok := range text {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(tok.text(p))
	}
	return b.String()
}

// condPostfix is the text in the order of the file, as SETools 3 wrote it.
func condPostfix(p *policy.Policy, expr []policydb.CondNode) string {
	var b strings.Builder
	for i, n := range expr {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(condToken{op: n.Op, boolean: n.Bool}.text(p))
	}
	return b.String()
}

// A condToken is an operator, boolean or parenthesis.
type condToken struct {
	op      policydb.CondOp
	boolean uint32
}

const (
	condOpen  policydb.CondOp = 100 + iota // not in a file
	condClose                              // not in a file
)

func (t condToken) text(p *policy.Policy) string {
	switch t.op {
	case policydb.CondBool:
		return p.BoolName(policy.BoolID(t.boolean))
	case policydb.CondNot:
		return "!"
	case policydb.CondOr:
		return "||"
	case policydb.CondAnd:
		return "&&"
	case policydb.CondXor:
		return "^"
	case policydb.CondEq:
		return "=="
	case policydb.CondNeq:
		return "!="
	case condOpen:
		return "("
	}
	return ")"
}

// condPrecedence is the precedence of an operator: ! over == and != over && over ^ over ||.
func condPrecedence(op policydb.CondOp) int {
	switch op {
	case policydb.CondNot:
		return 5
	case policydb.CondEq, policydb.CondNeq:
		return 4
	case policydb.CondAnd:
		return 3
	case policydb.CondXor:
		return 2
	}
	return 1
}

// A condNode is a node of an expression's tree. Operands come before their operators.
type condNode struct {
	condToken
	// The operands of a binary operator in the order in which they are written, not stored. The operand of ! is
	// left.
	left, right int32
	parens      bool // SETools puts it in parentheses
}

type condTree struct {
	nodes []condNode
	root  int32
}

// newCondTree reads a postfix expression. ok is false if it is not one.
func newCondTree(expr []policydb.CondNode) (t condTree, ok bool) {
	t.nodes = make([]condNode, len(expr))
	stack := make([]int32, 0, 16)
	before := 5 // the precedence of the previous operator in the file
	for i, n := range expr {
		node := condNode{condToken: condToken{op: n.Op, boolean: n.Bool}}
		switch n.Op {
		case policydb.CondBool:
		case policydb.CondNot:
			if len(stack) < 1 {
				return t, false
			}
			node.left = stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			before = 5
		default:
			if len(stack) < 2 {
				return t, false
			}
			node.left, node.right = stack[len(stack)-1], stack[len(stack)-2]
			stack = stack[:len(stack)-2]
			node.parens = before <= condPrecedence(n.Op)
			before = condPrecedence(n.Op)
		}
		t.nodes[i] = node
		stack = append(stack, int32(i))
	}
	if len(stack) != 1 {
		return t, false
	}
	t.root = stack[0]
	return t, true
}

// setoolsParens is the number of pairs of parentheses that SETools puts around the child of parent;
// the root has parent -1.
func (t *condTree) setoolsParens(parent, child int32, _ bool) (pairs int) {
	if t.nodes[child].parens {
		pairs++
	}
	if parent >= 0 && t.nodes[parent].op == policydb.CondNot && t.nodes[child].op != policydb.CondBool {
		pairs++
	}
	return pairs
}

// neededParens is the number of pairs of parentheses that the child needs.
func (t *condTree) neededParens(parent, child int32, right bool) (pairs int) {
	if parent < 0 || t.nodes[child].op == policydb.CondBool || t.nodes[child].op == policydb.CondNot {
		return 0
	}
	p, c := t.nodes[parent].op, t.nodes[child].op
	if condPrecedence(p) > condPrecedence(c) || condPrecedence(p) == condPrecedence(c) && right && p != c {
		return 1
	}
	return 0
}

// tokens writes the tree in infix order. parens decides on the parentheses around a child. right
// says that the child is the operand after the operator.
func (t *condTree) tokens(parens func(parent, child int32, right bool) (pairs int)) []condToken {
	type item struct {
		token condToken
		node  int32 // written if it is not -1; else token is written
	}
	text := make([]condToken, 0, 2*len(t.nodes))
	// What is still to be written; the last item comes next. The stack is explicit because a file may nest as deep
	// as it is long.
	todo := []item{}
	push := func(parent, child int32, right bool) {
		pairs := parens(parent, child, right)
		for range pairs {
			todo = append(todo, item{condToken{op: condClose}, -1})
		}
		todo = append(todo, item{node: child})
		for range pairs {
			todo = append(todo, item{condToken{op: condOpen}, -1})
		}
	}
	push(-1, t.root, false)
	for len(todo) > 0 {
		it := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if it.node < 0 {
			text = append(text, it.token)
			continue
		}
		n := &t.nodes[it.node]
		switch n.op {
		case policydb.CondBool:
			text = append(text, n.condToken)
		case policydb.CondNot:
			text = append(text, n.condToken)
			push(it.node, n.left, true)
		default:
			push(it.node, n.right, true)
			todo = append(todo, item{n.condToken, -1})
			push(it.node, n.left, false)
		}
	}
	return text
}
