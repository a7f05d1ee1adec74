package policydb

// maxBounds is the longest chain of bounds (POLICYDB_BOUNDS_MAXDEPTH less one).
const maxBounds = 3

// bounds mirrors policydb_bounds_sanity_check.
func (v *validator) bounds() {
	if v.err != nil {
		return
	}
	v.enter("users")
	for i := range v.p.Users.Items {
		v.record = i
		u := &v.p.Users.Items[i]
		climb(v, u.Bounds, v.users, func(upper *User) uint32 {
			if !upper.Roles.contains(u.Roles) {
				v.failf("a role that the user which bounds it does not have")
			}
			return upper.Bounds
		})
	}
	v.enter("roles")
	for i := range v.p.Roles.Items {
		v.record = i
		r := &v.p.Roles.Items[i]
		if cName(r.Name) == objectRole {
			continue
		}
		climb(v, r.Bounds, v.roles, func(upper *Role) uint32 {
			if !upper.Types.contains(r.Types) {
				v.failf("a type that the role which bounds it may not have")
			}
			return upper.Bounds
		})
	}
	v.enter("types")
	for i := range v.p.Types.Items {
		v.record = i
		climb(v, v.p.Types.Items[i].Bounds, v.types, func(upper *Type) uint32 {
			if upper.IsAttribute() {
				v.failf("bounded by an attribute")
			}
			return upper.Bounds
		})
	}
}

// climb calls check for all that bounds something, from the value bounds on;
// check returns the next value, 0 for none.
func climb[T any](v *validator, bounds uint32, table []*T, check func(*T) uint32) {
	for depth := 0; bounds != 0 && v.err == nil; depth++ {
		if depth == maxBounds {
			v.failf("bounds that are too deep, or go round in a circle")
			return
		}
		upper := symbol(table, bounds)
		if upper == nil {
			v.failf("bounded by the value %d, which has no symbol", bounds)
			return
		}
		bounds = check(upper)
	}
}
