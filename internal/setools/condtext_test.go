package setools

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// condPolicy is a policy with the booleans a, b, c, ... and the conditionals, which are written in postfix order.
func condPolicy(exprs ...string) *policy.Policy {
	db := &policydb.Policy{Version: 33}
	for i := range 14 {
		db.Bools.Items = append(db.Bools.Items, policydb.Bool{Name: string(rune('a' + i)), Value: uint32(i + 1)})
	}
	db.Bools.NPrim = uint32(len(db.Bools.Items))
	ops := map[string]policydb.CondOp{"!": policydb.CondNot, "||": policydb.CondOr, "&&": policydb.CondAnd,
		"^":  policydb.CondXor,
		"==": policydb.CondEq, "!=": policydb.CondNeq}
	for _, expr := range exprs {
		var c policydb.Cond
		for _, word := range strings.Fields(expr) {
			n := policydb.CondNode{Op: ops[word]}
			if n.Op == 0 {
				n = policydb.CondNode{Op: policydb.CondBool, Bool: uint32(word[0]-'a') + 1}
			}
			c.Expr = append(c.Expr, n)
		}
		db.Conditionals = append(db.Conditionals, c)
	}
	return policy.New(db)
}

func TestCondText(t *testing.T) {
	for _, test := range []struct{ expr, want string }{
		// SETools' text, operands swapped.
		{"a", "a"},
		{"a !", "! a"},
		{"a b &&", "b && a"},
		{"a b && c &&", "( c && b && a )"}, // (a && b) && c: parentheses that nobody needs
		{"a b c || ||", "( c || b || a )"},
		{"a ! b &&", "b && ! a"},
		{"a b && !", "! ( b && a )"},
		{"a b c && ||", "c && b || a"},
		{"a ! !", "! ( ! a )"},
		{"a b == c d == &&", "( d == c ) && b == a"},
		{"a b && c d && ||", "( d && c ) || b && a"},
		// The text of SETools has another meaning than the expression.
		{"a b || c &&", "c && ( b || a )"},
		{"a b || c && !", "! ( c && ( b || a ) )"},
		{"a b ^ c &&", "c && ( b ^ a )"},
		{"a b || c d || &&", "( d || c ) && ( b || a )"},
		// Not a postfix expression: its nodes as they come.
		{"a b", "a b"},
		{"a &&", "a &&"},
		{"! a", "! a"},
		{"", ""},
	} {
		p := condPolicy(test.expr)
		if got := condText(p, 1); got != test.want {
			t.Errorf("%s: got %s, want %s", test.expr, got, test.want)
		}
		if got := condPostfix(p, p.CondExpr(1)); got != test.expr {
			t.Errorf("%s in postfix order: %s", test.expr, got)
		}
	}
}

// randomExpr writes a random expression of n booleans, each used once.
func randomExpr(rng *rand.Rand, n int) string {
	names := rng.Perm(n)
	var build func(k int) string
	next := 0
	build = func(k int) string {
		var s string
		if k == 1 {
			s = string(rune('a' + names[next]))
			next++
		} else {
			left := 1 + rng.IntN(k-1)
			op := []string{"||", "&&", "^", "==", "!="}[rng.IntN(5)]
			s = build(left) + " " + build(k-left) + " " + op
		}
		if rng.IntN(4) == 0 {
			s += " !"
		}
		return s
	}
	return build(n)
}

// TestCondTextReadsRight evaluates the text as a reader would, by splitting at the operator that binds least, and
// compares it with the kernel's evaluation of the expression under every assignment.
func TestCondTextReadsRight(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 3000 {
		n := 1 + rng.IntN(6)
		expr := randomExpr(rng, n)
		p := condPolicy(expr)
		text := condText(p, 1)
		for values := range 1 << n {
			var settings []policy.BoolSetting
			for i := range n {
				settings = append(settings, policy.BoolSetting{Bool: policy.BoolID(i + 1), On: values>>i&1 != 0})
			}
			got := readInfix(strings.Fields(text), func(name string) bool { return values>>(name[0]-'a')&1 != 0 })
			if want := p.WithBools(settings...).BranchEnabled(1, true); got != want {
				t.Fatalf("%s is written %s, which is %v where the kernel says %v (%b)", expr, text, got, want, values)
			}
		}
	}
}

// readInfix evaluates by the usual precedence, operators of one precedence from left to right.
func readInfix(words []string, value func(string) bool) bool {
	for _, ops := range [][]string{{"||"}, {"^"}, {"&&"}, {"==", "!="}} {
		depth := 0
		for i := len(words) - 1; i >= 0; i-- {
			switch w := words[i]; {
			case w == ")":
				depth++
			case w == "(":
				depth--
			case depth == 0 && slices.Contains(ops, w):
				a, b := readInfix(words[:i], value), readInfix(words[i+1:], value)
				switch w {
				case "||":
					return a || b
				case "&&":
					return a && b
				case "==":
					return a == b
				}
				return a != b
			}
		}
	}
	switch {
	case words[0] == "!":
		return !readInfix(words[1:], value)
	case words[0] == "(":
		return readInfix(words[1:len(words)-1], value)
	}
	return value(words[0])
}

// TestCondTextLarge: an expression too large to compare is written with the parentheses it needs,
// and a file of one nested expression neither exhausts the stack nor takes long.
func TestCondTextLarge(t *testing.T) {
	expr := "a"
	for _, name := range "bcdefghijklmn" {
		expr += " " + string(name) + " ||"
	}
	if got, want := condText(condPolicy(expr),
		1), "n || m || l || k || j || i || h || g || f || e || d || c || b || a"; !sameBools(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := condText(condPolicy(expr+" a &&"), 1); !strings.HasPrefix(got, "a && ( n || ") {
		t.Errorf("got %s", got)
	}
	const depth = 200_000
	p := condPolicy("a" + strings.Repeat(" !", depth))
	if got := condText(p, 1); len(got) != 2*depth+1 {
		t.Errorf("%d bytes", len(got))
	}
}

// sameBools compares texts without parentheses.
func sameBools(a, b string) bool {
	strip := strings.NewReplacer("( ", "", " )", "")
	return strip.Replace(a) == strip.Replace(b) && !strings.Contains(a, "(")
}

func FuzzCondText(f *testing.F) {
	f.Add([]byte{0, 1, 16, 2, 17})
	f.Fuzz(func(t *testing.T, nodes []byte) {
		p := condPolicy("a")
		expr := make([]policydb.CondNode, len(nodes))
		for i, n := range nodes {
			expr[i] = policydb.CondNode{Op: policydb.CondBool, Bool: uint32(n)%14 + 1}
			if n >= 16 {
				expr[i] = policydb.CondNode{Op: policydb.CondNot + policydb.CondOp(n%6)}
			}
		}
		p.DB().Conditionals[0].Expr = expr
		condText(p, 1)
	})
}
