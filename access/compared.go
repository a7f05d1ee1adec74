package access

import "github.com/senet-selinux/senet/policydb"

// A Compared says what a comparison of a constraint compares.
type Compared struct {
	// Levels says that it compares two levels.
	Levels bool
	// Types are the types and attributes of which the type of the source, or of the
	// target, is to be one, as the policy's author wrote them; nil for comparisons
	// with users and roles, of two contexts, and with sets that leave types out.
	Types  []string
	Target bool
	// Equal says that the type is to be one of Types; else it is to be none.
	Equal bool
}

// Compared returns what a comparison of the reason's constraint compares.
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
