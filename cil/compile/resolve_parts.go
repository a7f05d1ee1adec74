package compile

import "slices"

// expression looks up the names of an expression. It mirrors cil_resolve_expr;
// the top level of a bare name is a list of one.
func (c *compiler) expression(s stmtID, u *unit, i uint32, t table) (exprRef, found) {
	start := uint32(len(c.exprs))
	f := u.file
	if !f.IsList(i) {
		if got := c.exprName(s, u, i, t, false, wNone); got != foundIt {
			return exprRef{}, got
		}
		return exprRef{start, uint32(len(c.exprs))}, foundIt
	}
	if got := c.exprItems(s, u, i+1, f.End(i), t); got != foundIt {
		return exprRef{}, got
	}
	return exprRef{start, uint32(len(c.exprs))}, foundIt
}

func (c *compiler) exprItems(s stmtID, u *unit, i, stop uint32, t table) found {
	f := u.file
	op := u.word(i)
	if operator(op) {
		c.exprs = append(c.exprs, tokenOp|uint32(op))
		i = f.Next(i)
	}
	for ; i < stop; i = f.Next(i) {
		if !f.IsList(i) {
			if got := c.exprName(s, u, i, t, false, op); got != foundIt {
				return got
			}
			continue
		}
		at := len(c.exprs)
		c.exprs = append(c.exprs, tokenList)
		if got := c.exprItems(s, u, i+1, f.End(i), t); got != foundIt {
			return got
		}
		c.exprs[at] = tokenList | uint32(len(c.exprs))
	}
	return foundIt
}

func (c *compiler) exprName(s stmtID, u *unit, i uint32, t table, constraint bool, op symID) found {
	id, got := c.resolve(s, t, u.word(i))
	if got != foundIt {
		return got
	}
	d := &c.data[id]
	if d.kind == isCatSet {
		if op == wRange {
			c.fail(s, i, "a range is between categories, not category sets")
			return failed
		}
		if d.name == wNone {
			// A set that an argument gives in place is copied.
			a := c.anons[d.value]
			at := len(c.exprs)
			c.exprs = append(c.exprs, tokenList)
			au := &c.units[a.unit]
			if got := c.exprItems(s, au, a.node+1, au.file.End(a.node), tCats); got != foundIt {
				return got
			}
			c.exprs[at] = tokenList | uint32(len(c.exprs))
			return foundIt
		}
	}
	if constraint && t == tTypes {
		c.typeUsed(id, usedInConstraint)
	}
	c.exprs = append(c.exprs, tokenDatum|uint32(id))
	return foundIt
}

// typeUsed mirrors cil_type_used.
func (c *compiler) typeUsed(id datumID, use uint8) {
	d := &c.data[id]
	if d.kind != isTypeAttribute {
		return
	}
	d.used |= use
	if d.used&(expandTrue|expandFalse) == expandTrue|expandFalse {
		d.used &^= expandTrue
	}
}

// classPerms looks up a class with permissions, or a set of such. It mirrors
// cil_resolve_classperms_list.
func (c *compiler) classPerms(s stmtID, u *unit, i uint32) (classPerm, found) {
	f := u.file
	if !f.IsList(i) {
		id, got := c.resolve(s, tClassPerms, u.word(i))
		if got != foundIt {
			return classPerm{}, got
		}
		d := &c.data[id]
		if d.name == wNone {
			if len(c.permSets[d.ext]) == 0 {
				a := c.anons[d.value]
				cp, got := c.classPerms(s, &c.units[a.unit], a.node)
				if got != foundIt {
					return classPerm{}, got
				}
				c.permSets[d.ext] = append(c.permSets[d.ext], cp)
				c.setSeen[d.ext] = true
			}
		}
		return classPerm{set: id}, foundIt
	}
	id, got := c.resolve(s, tClasses, u.word(i+1))
	if got != foundIt {
		return classPerm{}, got
	}
	info := &c.classes[c.data[id].ext]
	perms := i + 2
	copied := c.copiedClass(info) && isExpression(u, perms)
	if c.data[id].kind == isClassMap {
		list, got := c.mapPerms(u, perms, info)
		if got == foundIt && copied {
			list = c.copiedMapPerms(u, perms, info)
		}
		if got != foundIt {
			c.missClass = id
			return classPerm{}, got
		}
		c.mapLists = append(c.mapLists, list)
		return classPerm{class: id, maps: uint32(len(c.mapLists) - 1)}, foundIt
	}
	mask, got := c.permMask(u, perms, info)
	switch {
	case got != foundIt:
		c.missClass = id
	case copied:
		mask = c.copiedPermMask(u, perms, info)
	}
	return classPerm{class: id, mask: mask}, got
}

// maxPermNums bounds the memory that permBit takes for each class. Distributions
// have about 400 names of permissions.
const maxPermNums = 1 << 10

// permBit returns the bit of a permission of a class or of its common.
func (c *compiler) permBit(info *classInfo, name symID) (uint32, bool) {
	n := c.permNum[name]
	if n == 0 {
		return c.searchPerm(info, name)
	}
	if len(info.bits) == 0 {
		info.bits = slices.Grow(info.bits, c.perms)[:c.perms]
		clear(info.bits)
		c.eachPerm(info, func(name symID, bit uint32) bool {
			if at := &info.bits[c.permNum[name]]; *at == 0 {
				*at = uint8(bit + 1)
			}
			return true
		})
	}
	return uint32(info.bits[n]) - 1, info.bits[n] != 0
}

// searchPerm is permBit for names without a number: those that are no permission,
// and where there are very many.
func (c *compiler) searchPerm(info *classInfo, name symID) (bit uint32, ok bool) {
	if c.perms < maxPermNums {
		return 0, false
	}
	c.eachPerm(info, func(p symID, b uint32) bool {
		bit, ok = b, p == name
		return !ok
	})
	return bit, ok
}

// eachPerm calls f for the permissions of a class, then for those of its common,
// until it returns false.
func (c *compiler) eachPerm(info *classInfo, f func(name symID, bit uint32) bool) {
	shift := uint32(0)
	var common []symID
	if info.common != 0 {
		of := &c.classes[c.data[info.common].ext]
		shift, common = of.num, of.names
	}
	for n, name := range info.names {
		if !f(name, uint32(n)+shift) {
			return
		}
	}
	for n, name := range common {
		if !f(name, uint32(n)) {
			return
		}
	}
}

// permMask evaluates permissions of a class: a list of names or an expression.
func (c *compiler) permMask(u *unit, i uint32, info *classInfo) (uint32, found) {
	f := u.file
	if !f.IsList(i) {
		name := u.word(i)
		bit, ok := c.permBit(info, name)
		if !ok {
			c.missPerm(name)
			return 0, notFound
		}
		return 1 << bit, foundIt
	}
	all := uint32(1)<<info.num - 1
	if info.num == 32 {
		all = 1<<32 - 1
	}
	op := u.word(i + 1)
	at := i + 1
	if operator(op) {
		at = f.Next(at)
	}
	var values [2]uint32
	union := uint32(0)
	for n := 0; at < f.End(i); at = f.Next(at) {
		v, got := c.permMask(u, at, info)
		if got != foundIt {
			return 0, got
		}
		if n < 2 {
			values[n] = v
		}
		n++
		union |= v
	}
	switch op {
	case wAll:
		return all, foundIt
	case wNot:
		return all &^ values[0], foundIt
	case wAnd:
		return values[0] & values[1], foundIt
	case wXor:
		return values[0] ^ values[1], foundIt
	}
	return union, foundIt
}

func (c *compiler) missPerm(name symID) { c.miss, c.missTable, c.missClass = name, numTables, 0 }

// mapPerms evaluates permissions of a class map to their indexes: in the order
// in which they are written, or in that of libsepol's hash table if they are an
// expression.
func (c *compiler) mapPerms(u *unit, i uint32, info *classInfo) ([]uint32, found) {
	f := u.file
	plain := !operator(u.word(i + 1))
	for at := i + 1; plain && at < f.End(i); at = f.Next(at) {
		plain = !f.IsList(at)
	}
	var list []uint32
	if plain {
		for at := i + 1; at < f.End(i); at = f.Next(at) {
			n, ok := indexOf(info.names, u.word(at))
			if !ok {
				c.missPerm(u.word(at))
				return nil, notFound
			}
			list = append(list, n)
		}
		return list, foundIt
	}
	set, got := c.mapSet(u, i, info)
	if got != foundIt {
		return nil, got
	}
	for _, n := range c.hashOrder(info) {
		if set.has(n) {
			list = append(list, n)
		}
	}
	return list, foundIt
}

func indexOf(names []symID, name symID) (uint32, bool) {
	for n, p := range names {
		if p == name {
			return uint32(n), true
		}
	}
	return 0, false
}

func (c *compiler) mapSet(u *unit, i uint32, info *classInfo) (bitset, found) {
	f := u.file
	size := uint32(len(info.names))
	if !f.IsList(i) {
		n, ok := indexOf(info.names, u.word(i))
		if !ok {
			c.missPerm(u.word(i))
			return nil, notFound
		}
		b := newBitset(size)
		b.set(n)
		return b, foundIt
	}
	op := u.word(i + 1)
	at := i + 1
	if operator(op) {
		at = f.Next(at)
	}
	var values []bitset
	for ; at < f.End(i); at = f.Next(at) {
		v, got := c.mapSet(u, at, info)
		if got != foundIt {
			return nil, got
		}
		values = append(values, v)
	}
	return combine(op, values, size), foundIt
}

// level looks up a level that is written in place, or a name. It mirrors
// cil_resolve_level and its callers.
func (c *compiler) level(s stmtID, u *unit, i uint32) (uint32, found) {
	if !u.file.IsList(i) {
		id, got := c.resolve(s, tLevels, u.word(i))
		if got != foundIt {
			return 0, got
		}
		d := &c.data[id]
		if d.name == wNone && c.levels[d.ext].sens == 0 {
			a := c.anons[d.value]
			if got := c.levelParts(s, &c.units[a.unit], a.node, d.ext); got != foundIt {
				return 0, got
			}
		}
		return d.ext, foundIt
	}
	c.levels = append(c.levels, levelVal{})
	n := uint32(len(c.levels) - 1)
	return n, c.levelParts(s, u, i, n)
}

func (c *compiler) levelParts(s stmtID, u *unit, i, n uint32) found {
	id, got := c.resolve(s, tSens, u.word(i+1))
	if got != foundIt {
		return got
	}
	c.levels[n].sens = id
	if cats := i + 2; cats < u.file.End(i) {
		list, got := c.catsOf(s, u, cats)
		if got != foundIt {
			return got
		}
		c.levels[n].cats = list
	}
	return foundIt
}

// catsOf looks up an expression of categories.
func (c *compiler) catsOf(s stmtID, u *unit, i uint32) (uint32, found) {
	expr, got := c.expression(s, u, i, tCats)
	if got != foundIt {
		return 0, got
	}
	c.cats = append(c.cats, catList{expr: expr})
	return uint32(len(c.cats) - 1), foundIt
}

// levelRange looks up a range that is written in place, or a name. It mirrors
// cil_resolve_levelrange and its callers.
func (c *compiler) levelRange(s stmtID, u *unit, i uint32) (uint32, found) {
	if !u.file.IsList(i) {
		id, got := c.resolve(s, tLevelRanges, u.word(i))
		if got != foundIt {
			return 0, got
		}
		d := &c.data[id]
		if d.name == wNone {
			a := c.anons[d.value]
			if got := c.rangeParts(s, &c.units[a.unit], a.node, d.ext); got != foundIt {
				return 0, got
			}
		}
		return d.ext, foundIt
	}
	c.ranges = append(c.ranges, rangeVal{})
	n := uint32(len(c.ranges) - 1)
	return n, c.rangeParts(s, u, i, n)
}

func (c *compiler) rangeParts(s stmtID, u *unit, i, n uint32) found {
	low, got := c.level(s, u, i+1)
	if got != foundIt {
		return got
	}
	high, got := c.level(s, u, u.file.Next(i+1))
	if got != foundIt {
		return got
	}
	c.ranges[n].low, c.ranges[n].high = low, high
	return foundIt
}

// context looks up a context that is written in place, or a name. It mirrors
// cil_resolve_context and its callers.
func (c *compiler) context(s stmtID, u *unit, i uint32) (uint32, found) {
	if !u.file.IsList(i) {
		id, got := c.resolve(s, tContexts, u.word(i))
		if got != foundIt {
			return 0, got
		}
		return c.data[id].ext, foundIt
	}
	c.contexts = append(c.contexts, contextVal{})
	n := uint32(len(c.contexts) - 1)
	return n, c.contextParts(s, u, i, n)
}

func (c *compiler) contextParts(s stmtID, u *unit, i, n uint32) found {
	user, got := c.resolve(s, tUsers, u.word(i+1))
	if got != foundIt {
		return got
	}
	if c.data[user].kind != isUser {
		c.notA(s, user, "a user")
		return failed
	}
	role, got := c.resolve(s, tRoles, u.word(i+2))
	if got != foundIt {
		return got
	}
	if c.data[role].kind != isRole {
		c.notA(s, role, "a role")
		return failed
	}
	typ, got := c.resolve(s, tTypes, u.word(i+3))
	if got != foundIt {
		return got
	}
	if k := c.data[typ].kind; k != isType && k != isTypeAlias {
		c.notA(s, typ, "a type")
		return failed
	}
	levels, got := c.levelRange(s, u, i+4)
	if got != foundIt {
		return got
	}
	ctx := &c.contexts[n]
	ctx.user, ctx.role, ctx.typ, ctx.levels = user, role, typ, levels
	ctx.unit, ctx.node, ctx.stmt = c.stmts[s].unit, i, s
	return foundIt
}
