package compile

import "github.com/senet-selinux/senet/policydb"

const objectRole = 1

// emitSymbols writes types, roles, users and booleans. Types and the attributes
// that stay share one numbering, in the order of the tree.
func (e *emitter) emitSymbols() {
	e.typeOf = make([]datumID, 1, len(e.types)+1)
	bools := uint32(0)
	roles := uint32(objectRole)
	e.pol.Roles.Items = append(e.pol.Roles.Items, policydb.Role{Name: words[wObjectR], Value: objectRole})
	for _, s := range e.few {
		kw := symID(e.stmts[s].kind)
		id := e.datumOf(s)
		if id == 0 || e.data[id].first != s {
			continue
		}
		switch kw {
		case wType:
			e.newType(id)
		case wTypeAttribute:
			if e.data[id].keep {
				e.newType(id)
			}
		case wRole:
			if e.fqn(id) == words[wObjectR] {
				e.val[id] = objectRole
				continue
			}
			roles++
			e.val[id] = roles
		case wUser:
			e.val[id] = e.data[id].value + 1
		case wBoolean:
			bools++
			e.val[id] = bools
			b := policydb.Bool{Name: e.fqn(id), Value: bools}
			if e.data[id].state {
				b.State = 1
			}
			e.pol.Bools.Items = append(e.pol.Bools.Items, b)
		case wPolicyCap:
			e.pol.PolicyCaps = e.pol.PolicyCaps.With(uint32(e.opts.policyCap(e.fqn(id))))
		}
	}
	e.pol.Types.NPrim = uint32(len(e.typeOf) - 1)
	if e.pol.Types.NPrim > 1<<16-1 {
		e.failPolicy("%d types and attributes; rules can name 65535", e.pol.Types.NPrim)
		return
	}
	e.pol.Roles.NPrim, e.pol.Bools.NPrim = roles, bools
	e.emitTypes()
	e.emitAttributes()
	e.emitRoles()
	e.emitUsers()
}

func (e *emitter) newType(id datumID) {
	e.val[id] = uint32(len(e.typeOf))
	e.typeOf = append(e.typeOf, id)
}

func (e *emitter) emitTypes() {
	items := make([]policydb.Type, 0, len(e.typeOf))
	for v, id := range e.typeOf[1:] {
		t := policydb.Type{Name: e.fqn(id), Value: uint32(v + 1), Properties: policydb.TypePrimary}
		if e.data[id].kind == isTypeAttribute {
			t.Properties |= policydb.TypeAttribute
			if e.pol.Version < 24 {
				continue
			}
		}
		t.Bounds = e.val[e.data[id].bounds]
		items = append(items, t)
	}
	for _, s := range e.few {
		if symID(e.stmts[s].kind) == wTypeAlias {
			id := e.datumOf(s)
			items = append(items, policydb.Type{Name: e.fqn(id), Value: e.val[e.data[id].actual]})
		}
	}
	e.pol.Types.Items = items
	for _, t := range e.permissive {
		e.pol.Permissive = e.pol.Permissive.With(e.val[t.a])
	}
	for _, t := range e.neverAudit {
		e.pol.NeverAudit = e.pol.NeverAudit.With(e.val[t.a])
	}
}

// emitAttributes writes for each type value its own bit and those of its
// attributes.
func (e *emitter) emitAttributes() {
	words := (len(e.typeOf) - 1 + 63) / 64
	all := make(bitset, words*(len(e.typeOf)-1))
	row := func(v uint32) bitset { return all[int(v-1)*words : int(v)*words] }
	for v := range e.typeOf[1:] {
		row(uint32(v + 1)).set(uint32(v))
	}
	for v, id := range e.typeOf[1:] {
		if e.data[id].kind != isTypeAttribute {
			continue
		}
		for n := range e.typeSet(id).all() {
			row(e.val[e.types[n]]).set(uint32(v))
		}
	}
	e.pol.TypeAttrMap = make([]policydb.Bitmap, len(e.typeOf)-1)
	for v := range e.pol.TypeAttrMap {
		e.pol.TypeAttrMap[v] = policydb.BitmapOfWords(row(uint32(v + 1)))
	}
}

// values returns the bits of a set of types in the policy: value - 1.
func (e *emitter) typeBits(set bitset) policydb.Bitmap {
	out := newBitset(uint32(len(e.typeOf)))
	for n := range set.all() {
		out.set(e.val[e.types[n]] - 1)
	}
	return policydb.BitmapOfWords(out)
}

func (e *emitter) roleBits(set bitset, withObject bool) policydb.Bitmap {
	out := newBitset(uint32(len(e.roles)) + 2)
	for n := range set.all() {
		if v := e.val[e.roles[n]]; withObject || v != objectRole {
			out.set(v - 1)
		}
	}
	return policydb.BitmapOfWords(out)
}

func (e *emitter) emitRoles() {
	for _, id := range e.roles {
		bounds := e.val[e.data[id].bounds]
		if e.val[id] == objectRole {
			e.pol.Roles.Items[0].Bounds = bounds
			continue
		}
		e.pol.Roles.Items = append(e.pol.Roles.Items, policydb.Role{
			Name: e.fqn(id), Value: e.val[id], Bounds: bounds,
			Dominates: policydb.BitmapOf(e.val[id] - 1),
			Types:     e.typeBits(e.compiler.resolved.roles[e.data[id].ext].types),
		})
	}
}

func (e *emitter) emitUsers() {
	for v, id := range e.users {
		info := &e.compiler.resolved.users[e.data[id].ext]
		e.pol.Users.Items = append(e.pol.Users.Items, policydb.User{
			Name: e.fqn(id), Value: uint32(v + 1), Bounds: e.val[e.data[id].bounds],
			Roles: e.roleBits(info.roles, false), Range: e.levelRange(info.levels), DefaultLevel: e.level(info.level),
		})
	}
	e.pol.Users.NPrim = uint32(len(e.users))
}
