package access

import "github.com/senet-selinux/senet/policydb"

// A Compared describes the two sides of a comparison in a constraint.
type Compared struct {
	// Levels says that the comparison is between two levels.
	Levels bool
	// Types are the types and attributes, as the policy's author wrote them, among which the
	// comparison looks for the source's or the target's type; nil for comparisons with users and
	// roles, between two contexts, and with sets that exclude types.
	Types  []string
	Target bool
	// Equal says that the type must be one of Types; false says that it must not.
	Equal bool
}

// Compared returns the two sides of a comparison in the reason's constraint.
func (r *ConstraintReason) Compared(e *Expr) Compared {
	node := e.node
	switch {
	case e.Op != ExprCompare:
		return Compared{}
	case node.Kind == policydb.ConstraintNames:
		c := Compared{Target: node.Attr&policydb.AttrTarget != 0, Equal: node.Op == policydb.OpEq}
		if n := namesOf(r.p, node); node.Attr&policydb.AttrType != 0 && n.plain() {
			c.Types = n.list
		}
		return c
	}
	a, _ := levels(node.Attr, &r.source, &r.target)
	return Compared{Levels: a != nil}
}
