package setools

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// Bounds of the comparison of truth tables. The expressions of real policies have a handful of booleans, and the
// kernel refuses to evaluate an expression that needs a stack of more than ten.
const (
	condMaxBools = 12
	condMaxNodes = 256
)

// reads reports whether the text, read with the usual precedence and from left to right, is true exactly where the
// postfix expression is. It is false where the expression is too large to compare.
func (t *condTree) reads(text []condToken, expr []policydb.CondNode) bool {
	if len(expr) <= 3 { // one binary operator or none; there is nothing to misread
		return true
	}
	var bools []uint32
	for _, n := range expr {
		if n.Op == policydb.CondBool && !slices.Contains(bools, n.Bool) {
			bools = append(bools, n.Bool)
		}
		if len(bools) > condMaxBools || len(expr) > condMaxNodes {
			return false
		}
	}
	stored := make([]condToken, len(expr))
	for i, n := range expr {
		stored[i] = condToken{op: n.Op, boolean: n.Bool}
	}
	return slices.Equal(truthTable(stored, bools), truthTable(condParse(text), bools))
}

// condParse turns infix into postfix order.
func condParse(text []condToken) []condToken {
	out := make([]condToken, 0, len(text))
	var ops []condToken
	pop := func() {
		out = append(out, ops[len(ops)-1])
		ops = ops[:len(ops)-1]
	}
	for _, tok := range text {
		switch tok.op {
		case policydb.CondBool:
			out = append(out, tok)
		case policydb.CondNot, condOpen:
			ops = append(ops, tok)
		case condClose:
			for ops[len(ops)-1].op != condOpen {
				pop()
			}
			ops = ops[:len(ops)-1]
		default:
			for len(ops) > 0 && ops[len(ops)-1].op != condOpen &&
				condPrecedence(ops[len(ops)-1].op) >= condPrecedence(tok.op) {
				pop()
			}
			ops = append(ops, tok)
		}
	}
	for len(ops) > 0 {
		pop()
	}
	return out
}

// truthTable returns the value of a postfix expression under every assignment of the booleans: bit n is the value where
// exactly the booleans whose bit is set in n are on.
func truthTable(postfix []condToken, bools []uint32) []uint64 {
	words := max(1, 1<<len(bools)/64)
	var stack [][]uint64
	for _, tok := range postfix {
		switch tok.op {
		case policydb.CondBool:
			stack = append(stack, variable(slices.Index(bools, tok.boolean), words))
		case policydb.CondNot:
			a := stack[len(stack)-1]
			for i := range a {
				a[i] = ^a[i]
			}
		default:
			b, a := stack[len(stack)-1], stack[len(stack)-2]
			stack = stack[:len(stack)-1]
			for i := range a {
				switch tok.op {
				case policydb.CondOr:
					a[i] |= b[i]
				case policydb.CondAnd:
					a[i] &= b[i]
				case policydb.CondEq:
					a[i] = ^(a[i] ^ b[i])
				default: // exclusive or, not equal
					a[i] ^= b[i]
				}
			}
		}
	}
	return stack[0]
}

// variable is the truth table of the boolean with that index. With fewer than six booleans the word holds the table
// several times over.
func variable(index, words int) []uint64 {
	t := make([]uint64, words)
	masks := [...]uint64{0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00,
		0xffff0000ffff0000, 0xffffffff00000000}
	for i := range t {
		switch {
		case index < len(masks):
			t[i] = masks[index]
		case i>>(index-len(masks))&1 != 0:
			t[i] = ^uint64(0)
		}
	}
	return t
}
