package access

import (
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// An Expr is a constraint's expression, or a part of it, with its value under
// two contexts.
type Expr struct {
	// Op is and, or, not, or compare for a single comparison.
	Op   ExprOp
	Args []*Expr
	// Text is a comparison in the policy's language: "h1 dom h2",
	// "t1 == mcs_exempt".
	Text  string
	Value bool
	// Failing marks a comparison that makes a constraint fail.
	Failing bool

	node *policydb.ConstraintNode
}

// An ExprOp is the kind of an [Expr].
type ExprOp string

// The kinds of expressions.
const (
	ExprAnd     ExprOp = "and"
	ExprOr      ExprOp = "or"
	ExprNot     ExprOp = "not"
	ExprCompare ExprOp = "compare"
)

// A ConstraintReason says why a constraint is true or false for two contexts.
type ConstraintReason struct {
	Constraint *policydb.Constraint
	// Expr is the expression; nil if it has more than 256 elements or one at which the kernel
	// stops.
	Expr *Expr
	// Holds is the value of the expression.
	Holds bool
	// Needs is the failing part of a false constraint: the smallest necessary change. nil for a
	// true one.
	Needs *Need

	p              *policy.Policy
	source, target policy.Context
}

// A Need says which change would make a constraint hold. Parts of the expression that are already
// true are left out, and negations are resolved. Either Args or one comparison is set.
type Need struct {
	// All says that all Args are needed; false says that one of them is enough.
	All  bool
	Args []*Need
	// Compare is a comparison, and Want the value that it should have.
	Compare *Expr
	Want    bool
}

// ExplainConstraint evaluates a constraint of the Decider's policy for two
// contexts and finds the part that fails.
func (d *Decider) ExplainConstraint(c *policydb.Constraint, source, target policy.Context) ConstraintReason {
	r := ConstraintReason{Constraint: c, p: d.p, source: source, target: target}
	t, ok := newTree(c.Expr)
	if !ok {
		r.Holds = evaluate(d.p, c.Expr, &source, &target)
		return r
	}
	r.Expr = r.value(t)
	r.Holds = r.Expr.Value
	if !r.Holds {
		r.Needs = need(r.Expr, true)
	}
	return r
}

func (r *ConstraintReason) value(t *tree) *Expr {
	e := &Expr{node: t.node}
	for _, arg := range t.args {
		e.Args = append(e.Args, r.value(arg))
	}
	switch t.op {
	case treeNot:
		e.Op, e.Value = ExprNot, !e.Args[0].Value
	case treeAnd:
		e.Op, e.Value = ExprAnd, true
		for _, arg := range e.Args {
			e.Value = e.Value && arg.Value
		}
	case treeOr:
		e.Op = ExprOr
		for _, arg := range e.Args {
			e.Value = e.Value || arg.Value
		}
	default:
		e.Op, e.Text = ExprCompare, comparisonText(r.p, t.node)
		e.Value, _ = evaluateNode(r.p, t.node, &r.source, &r.target, nil)
	}
	return e
}

// need returns the changes that would give an expression the value want, which it does not have,
// and marks the comparisons.
func need(e *Expr, want bool) *Need {
	switch e.Op {
	case ExprCompare:
		e.Failing = true
		return &Need{Compare: e, Want: want}
	case ExprNot:
		return need(e.Args[0], !want)
	}
	n := &Need{All: (e.Op == ExprAnd) == want}
	for _, arg := range e.Args {
		if arg.Value == want {
			continue // this part of an "and" or "or" already has the wanted value
		}
		inner := need(arg, want)
		if inner.Compare == nil && inner.All == n.All {
			n.Args = append(n.Args, inner.Args...)
		} else {
			n.Args = append(n.Args, inner)
		}
	}
	if len(n.Args) == 1 {
		return n.Args[0]
	}
	return n
}

// Expression writes the constraint's expression in the policy's language, with
// the comparisons of the failing part between >> and <<.
func (r *ConstraintReason) Expression() string {
	if r.Expr == nil {
		return ""
	}
	var b strings.Builder
	r.Expr.write(&b, "")
	return b.String()
}

func (e *Expr) write(b *strings.Builder, outer ExprOp) {
	switch e.Op {
	case ExprCompare:
		if e.Failing {
			b.WriteString(">> " + e.Text + " <<")
		} else {
			b.WriteString(e.Text)
		}
		return
	case ExprNot:
		b.WriteString("not ")
		e.Args[0].write(b, ExprNot)
		return
	}
	if outer != "" {
		b.WriteString("( ")
	}
	for i, arg := range e.Args {
		if i > 0 {
			b.WriteString(" " + string(e.Op) + " ")
		}
		arg.write(b, e.Op)
	}
	if outer != "" {
		b.WriteString(" )")
	}
}
