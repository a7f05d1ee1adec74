package query

import (
	"iter"
	"strconv"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A ConstraintKind is the kind of a constraint. Each is a bit, so that a
// ConstraintKind also serves as a set.
type ConstraintKind uint8

// The kinds of constraints. The binary policy does not distinguish mlsconstrain from constrain: as
// in SETools, a constraint that compares levels is an mlsconstrain.
const (
	Constrain ConstraintKind = 1 << iota
	MLSConstrain
	Validatetrans
	MLSValidatetrans
)

// String returns the statement's keyword.
func (k ConstraintKind) String() string {
	switch k {
	case Constrain:
		return "constrain"
	case MLSConstrain:
		return "mlsconstrain"
	case Validatetrans:
		return "validatetrans"
	case MLSValidatetrans:
		return "mlsvalidatetrans"
	}
	return "ConstraintKind(" + strconv.Itoa(int(k)) + ")"
}

// A Constraint is a constrain, mlsconstrain, validatetrans or mlsvalidatetrans
// statement for one class.
type Constraint struct {
	Kind  ConstraintKind
	Class policy.ClassID
	// Perms are the constrained permissions, nil for a validatetrans: names by ascending value,
	// without permissions that have no name.
	Perms []string
	Expr  []policydb.ConstraintNode // postfix; must not be changed
}

// A ConstraintQuery selects constraints; the zero ConstraintQuery selects all.
// The expression's names are those in its sets of users, roles and types.
type ConstraintQuery struct {
	Kinds      ConstraintKind // any of these; 0 for no restriction
	Class      Match
	Perms      SetMatch // accepts no validatetrans
	User, Role Match    // a user, a role in the expression
	Type       Match    // a type in the expression, or in an attribute there
	TypeDirect bool     // attributes are not expanded: Type is compared with their own names
}

// Constraints yields the constraints by ascending value of the class, each
// class's constrain statements before its validatetrans, in the file's order.
func Constraints(p *policy.Policy, q ConstraintQuery) iter.Seq[Constraint] {
	return func(yield func(Constraint) bool) {
		for id := range p.Classes() {
			c := p.ClassInfo(id)
			if !q.Class.accepts(c.Name) {
				continue
			}
			for i := range c.Constraints {
				k := Constraint{Class: id, Expr: c.Constraints[i].Expr}
				k.Kind = constraintKind(Constrain, k.Expr)
				k.Perms = vectorNames(p.Perms(id), c.Constraints[i].Perms)
				if q.accepts(p, &k) && !yield(k) {
					return
				}
			}
			for i := range c.ValidateTrans {
				k := Constraint{Class: id, Expr: c.ValidateTrans[i].Expr}
				k.Kind = constraintKind(Validatetrans, k.Expr)
				if q.accepts(p, &k) && !yield(k) {
					return
				}
			}
		}
	}
}

// constraintKind returns kind, or its MLS counterpart if the expression
// compares levels.
func constraintKind(kind ConstraintKind, expr []policydb.ConstraintNode) ConstraintKind {
	for i := range expr {
		if IsMLSNode(&expr[i]) {
			return kind << 1
		}
	}
	return kind
}

// IsMLSNode reports whether an element of a constraint's expression compares
// levels.
func IsMLSNode(n *policydb.ConstraintNode) bool {
	return (n.Kind == policydb.ConstraintAttr || n.Kind == policydb.ConstraintNames) && n.Attr >= policydb.AttrL1L2
}

func vectorNames(perms []string, vector uint32) []string {
	names := []string{}
	for i, name := range perms {
		if vector>>i&1 != 0 && name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (q *ConstraintQuery) accepts(p *policy.Policy, c *Constraint) bool {
	if q.Kinds != 0 && q.Kinds&c.Kind == 0 {
		return false
	}
	if !q.Perms.isZero() && (c.Perms == nil || !q.Perms.accepts(someNames(c.Perms))) {
		return false
	}
	return (q.User.isZero() || q.User.acceptsAny(exprNames(p, c.Expr, policydb.AttrUser, true))) &&
		(q.Role.isZero() || q.Role.acceptsAny(exprNames(p, c.Expr, policydb.AttrRole, true))) &&
		(q.Type.isZero() || q.Type.acceptsAny(exprNames(p, c.Expr, policydb.AttrType, q.TypeDirect)))
}

// exprNames yields the names of one kind in an expression's sets.
func exprNames(p *policy.Policy, expr []policydb.ConstraintNode, kind uint32, direct bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range expr {
			n := &expr[i]
			if n.Kind != policydb.ConstraintNames ||
				n.Attr&(policydb.AttrUser|policydb.AttrRole|policydb.AttrType) != kind {
				continue
			}
			for name := range NodeNames(p, n, direct) {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// NodeNames yields the names in an element of a constraint's expression of kind ConstraintNames.
// Types are expanded; with direct they are as the author wrote them, with attributes, if the policy
// has that (v29+).
func NodeNames(p *policy.Policy, n *policydb.ConstraintNode, direct bool) iter.Seq[string] {
	set, name := n.Names, func(id uint32) string { return p.TypeName(policy.TypeID(id)) }
	switch {
	case n.Attr&policydb.AttrUser != 0:
		name = func(id uint32) string { return p.UserName(policy.UserID(id)) }
	case n.Attr&policydb.AttrRole != 0:
		name = func(id uint32) string { return p.RoleName(policy.RoleID(id)) }
	case direct && p.DB().Version >= typeNamesVersion:
		set = n.TypeNames.Types
	}
	return func(yield func(string) bool) {
		for bit := range set.All() {
			if !yield(name(bit + 1)) {
				return
			}
		}
	}
}

// typeNamesVersion is the first policy version that keeps the sets of types of
// constraints as written (POLICYDB_VERSION_CONSTRAINT_NAMES).
const typeNamesVersion = 29
