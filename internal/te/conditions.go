package te

import (
	"slices"

	"github.com/senet-selinux/senet/internal/pp"
)

// A condition is a conditional, with the data that tells whether two conditionals are equal.
type condition struct {
	pp.Conditional
	bools []uint32 // the different ones in order of appearance, at most maxBools of them
	count int      // their number; above maxBools, repeated ones count again
	truth uint32   // the value for each combination of the booleans
}

// maxBools is the largest number of booleans for which conditions are compared by their values.
const maxBools = 5

// conditional adds rules that depend on booleans. The rules of equal conditions are combined.
func (b *builder) conditional(s *condStmt) {
	if b.pass == 1 {
		for _, branch := range [][]stmt{s.then, s.other} {
			for _, r := range branch {
				if r, ok := r.(*ruleStmt); ok && r.file != "" {
					b.bad(r.pos, "a type transition with a file name cannot be in a conditional")
				}
				if r, ok := r.(*requireStmt); ok {
					b.require(r)
				}
			}
		}
		return
	}
	expr := b.expression(s)
	then, other := b.branch(s.then), b.branch(s.other)
	if expr == nil || len(then)+len(other) == 0 {
		return
	}
	if len(then) == 0 {
		expr, then, other = append(expr, pp.CondTerm{Kind: pp.CondNot}), other, nil
	}
	if !b.depth(s, expr) {
		return
	}
	if last := len(expr) - 1; expr[last].Kind == pp.CondNot {
		expr, then, other = expr[:last], other, then
	}
	c := &condition{Conditional: pp.Conditional{Expr: expr}}
	b.measure(c)
	d := b.open.decl
	if i := slices.IndexFunc(d.conds, c.equal); i >= 0 {
		old := d.conds[i]
		old.True, old.False = append(old.True, then...), append(old.False, other...)
		return
	}
	c.State, c.True, c.False = evaluate(expr, b.state), then, other
	d.conds = append(d.conds, c)
}

// expression resolves the booleans of a condition, or returns nil after a mistake.
func (b *builder) expression(s *condStmt) []pp.CondTerm {
	expr := make([]pp.CondTerm, 0, len(s.expr)+1)
	for _, t := range s.expr {
		term := pp.CondTerm{Kind: t.op}
		if t.op == pp.CondBool {
			v := b.bools.find(t.name.text)
			if !b.check(pp.Bools, "boolean", t.name, v != nil) {
				return nil
			}
			term.Bool = v.Value
		}
		expr = append(expr, term)
	}
	return expr
}

// branch makes the rules of a branch, in reverse order as checkmodule does.
func (b *builder) branch(body []stmt) []pp.Rule {
	var rules []pp.Rule
	for _, s := range body {
		switch s := s.(type) {
		case *requireStmt:
			b.require(s)
		case *ruleStmt:
			rules = append(rules, b.plainRule(s))
		}
	}
	slices.Reverse(rules)
	return rules
}

// maxOperands is the largest number of values that a condition may need at the same time.
const maxOperands = 10

func (b *builder) depth(s *condStmt, expr []pp.CondTerm) bool {
	depth := 0
	for _, t := range expr {
		switch t.Kind {
		case pp.CondBool:
			depth++
		case pp.CondNot:
		default:
			depth--
		}
		if depth > maxOperands {
			b.bad(s.pos, "the condition is nested too deeply: the kernel keeps %d values at a time", maxOperands)
			return false
		}
	}
	return true
}

func (b *builder) state(value uint32) bool {
	return b.bools.find(b.bools.names[value-1]).State != 0
}

// measure finds the booleans of a condition and computes its values.
func (b *builder) measure(c *condition) {
	for _, t := range c.Expr {
		if t.Kind != pp.CondBool || c.count <= maxBools && slices.Contains(c.bools, t.Bool) {
			continue
		}
		if c.count < maxBools {
			c.bools = append(c.bools, t.Bool)
		}
		c.count++
	}
	if c.count > maxBools {
		return
	}
	for setting := range uint32(1) << c.count {
		value := evaluate(c.Expr, func(v uint32) bool { return setting>>slices.Index(c.bools, v)&1 != 0 })
		c.truth |= value << setting
	}
}

// equal mirrors cond_expr_equal, which numbers the booleans of each condition separately: it treats
// "a && !b" and "b && !a" as equal.
func (c *condition) equal(o *condition) bool {
	if c.count != o.count {
		return false
	}
	if c.count > maxBools {
		return slices.Equal(c.Expr, o.Expr)
	}
	for _, v := range c.bools {
		if !slices.Contains(o.bools, v) {
			return false
		}
	}
	return c.truth == o.truth
}

// evaluate returns 1 if an expression is true.
func evaluate(expr []pp.CondTerm, state func(uint32) bool) uint32 {
	var stack []bool
	for _, t := range expr {
		n := len(stack)
		switch t.Kind {
		case pp.CondBool:
			stack = append(stack, state(t.Bool))
			continue
		case pp.CondNot:
			stack[n-1] = !stack[n-1]
			continue
		}
		a, b := stack[n-2], stack[n-1]
		stack = stack[:n-1]
		switch t.Kind {
		case pp.CondOr:
			a = a || b
		case pp.CondAnd:
			a = a && b
		case pp.CondXor, pp.CondNeq:
			a = a != b
		case pp.CondEq:
			a = a == b
		}
		stack[n-2] = a
	}
	if stack[0] {
		return 1
	}
	return 0
}
