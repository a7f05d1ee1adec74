package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// edited returns the policy with permissive types, bounds, constraints and
// defaults of classes at random.
func edited(t *testing.T, base *policydb.Policy, rng *rand.Rand) *policydb.Policy {
	t.Helper()
	db := base.Clone()
	db.Types.Items = slices.Clone(db.Types.Items)
	var types []*policydb.Type
	for i := range db.Types.Items {
		if ty := &db.Types.Items[i]; !ty.IsAttribute() && !ty.IsAlias() {
			types = append(types, ty)
		}
	}
	for range len(types) / 20 {
		if err := db.SetPermissive(types[rng.IntN(len(types))].Value, true); err != nil {
			t.Fatal(err)
		}
	}
	// Chains go from a higher to a lower value, so that there is no circle, and
	// stay as short as the kernel wants them.
	depth := make(map[uint32]int)
	slices.SortFunc(types, func(a, b *policydb.Type) int { return int(a.Value) - int(b.Value) })
	for i, ty := range types[1:] {
		parent := types[rng.IntN(i+1)]
		if rng.IntN(3) == 0 && ty.Bounds == 0 && depth[parent.Value] < 3 && parent.Value < ty.Value {
			ty.Bounds = parent.Value
			depth[ty.Value] = depth[parent.Value] + 1
		}
	}
	db.Classes.Items = slices.Clone(db.Classes.Items)
	for i := range db.Classes.Items {
		class := &db.Classes.Items[i]
		class.Constraints = slices.Clone(class.Constraints)
		for range rng.IntN(3) {
			class.Constraints = append(class.Constraints, policydb.Constraint{Perms: rng.Uint32(),
				Expr: constraint(db, rng)})
		}
		if rng.IntN(3) == 0 {
			class.DefaultUser, class.DefaultRole, class.DefaultType = rng.Uint32N(3), rng.Uint32N(3), rng.Uint32N(3)
			class.DefaultRange = rng.Uint32N(8)
		}
	}
	if err := db.Validate(); err != nil {
		t.Fatal(err)
	}
	return db
}

// constraint returns an expression that mostly holds: a disjunction of a few
// comparisons.
func constraint(db *policydb.Policy, rng *rand.Rand) []policydb.ConstraintNode {
	expr := []policydb.ConstraintNode{leaf(db, rng)}
	for range rng.IntN(6) {
		expr = append(expr, leaf(db, rng))
		if rng.IntN(4) == 0 {
			expr = append(expr, policydb.ConstraintNode{Kind: policydb.ConstraintNot})
		}
		kind := policydb.ConstraintOr
		if rng.IntN(4) == 0 {
			kind = policydb.ConstraintAnd
		}
		expr = append(expr, policydb.ConstraintNode{Kind: kind})
	}
	return expr
}

// leaf returns a comparison.
func leaf(db *policydb.Policy, rng *rand.Rand) policydb.ConstraintNode {
	levels := []uint32{policydb.AttrL1L2, policydb.AttrL1H2, policydb.AttrH1L2, policydb.AttrH1H2, policydb.AttrL1H1,
		policydb.AttrL2H2}
	n := policydb.ConstraintNode{Kind: policydb.ConstraintAttr}
	equal := func() uint32 { return policydb.OpEq + rng.Uint32N(2) }
	other := func() uint32 { return policydb.OpEq + rng.Uint32N(5) }
	switch rng.IntN(6) {
	case 0:
		n.Attr, n.Op = policydb.AttrUser, equal()
	case 1:
		n.Attr, n.Op = policydb.AttrType, equal()
	case 2:
		n.Attr, n.Op = policydb.AttrRole, other()
	case 3:
		n.Attr, n.Op = pick(rng, levels), other()
	default:
		n.Kind, n.Op = policydb.ConstraintNames, equal()
		what := rng.IntN(3)
		size := []uint32{db.Users.NPrim, db.Roles.NPrim, db.Types.NPrim}[what]
		n.Attr = []uint32{policydb.AttrUser, policydb.AttrRole, policydb.AttrType}[what]
		if rng.IntN(2) == 0 {
			n.Attr |= policydb.AttrTarget
		}
		bits := make([]uint32, 1+rng.Uint32N(size))
		for i := range bits {
			bits[i] = rng.Uint32N(size)
		}
		slices.Sort(bits)
		n.Names = policydb.BitmapOf(slices.Compact(bits)...)
	}
	return n
}
