package compile

import "slices"

// A class, common or class map in a tunableif is a copy. In all releases of libsepol a copy
// (cil_copy_class, cil_copy_perm) has lost the numbers of its permissions: each has 0, and the
// class counts none. Lists of names are not concerned; an expression is, since it is evaluated by
// the numbers: not and all know no permission, and what has one permission has all. This file
// evaluates such expressions in the same way; docs/secilc-differences.md has what it means.

// copiedClass reports whether a class, or its common, is declared by a copy.
func (c *compiler) copiedClass(info *classInfo) bool {
	return info.copied || info.common != 0 && c.classes[c.data[info.common].ext].copied
}

// isExpression reports whether permissions are written as an expression: with an operator, or with
// a list in the list (cil_verify_is_list).
func isExpression(u *unit, i uint32) bool {
	if operator(u.word(i + 1)) {
		return true
	}
	for at := i + 1; at < u.file.End(i); at = u.file.Next(at) {
		if u.file.IsList(at) {
			return true
		}
	}
	return false
}

// A numbered is a permission, by its name and by its number in libsepol.
type numbered struct {
	name   symID
	number uint32
}

// numbers returns the permissions of a class in the order of their bits in a mask, those of its
// common first, and how many libsepol counts.
func (c *compiler) numbers(info *classInfo) (list []numbered, count uint32) {
	if info.common != 0 {
		list, count = c.numbers(&c.classes[c.data[info.common].ext])
	}
	shift := count
	for n, name := range info.names {
		if info.copied {
			list = append(list, numbered{name, shift})
			continue
		}
		list = append(list, numbered{name, shift + uint32(n)})
		count++
	}
	return list, count
}

// copiedPermMask is permMask for an expression about a class that is a copy. All names are known.
func (c *compiler) copiedPermMask(u *unit, i uint32, info *classInfo) (mask uint32) {
	list, count := c.numbers(info)
	set := byNumber(u, i, list, count)
	for bit, p := range list {
		if set.has(p.number) {
			mask |= 1 << bit
		}
	}
	return mask
}

// copiedMapPerms is mapPerms for an expression about a class map that is a copy.
func (c *compiler) copiedMapPerms(u *unit, i uint32, info *classInfo) (perms []uint32) {
	list, count := c.numbers(info)
	set := byNumber(u, i, list, count)
	for _, n := range c.hashOrder(info) {
		if set.has(list[n].number) {
			perms = append(perms, n)
		}
	}
	return perms
}

// byNumber evaluates an expression to the set of numbers, of which not and all know the first count.
func byNumber(u *unit, i uint32, list []numbered, count uint32) bitset {
	set := newBitset(uint32(len(list)) + 1)
	if !u.file.IsList(i) {
		name := u.word(i)
		for _, p := range list {
			if p.name == name {
				set.set(p.number)
			}
		}
		return set
	}
	op := u.word(i + 1)
	at := i + 1
	if operator(op) {
		at = u.file.Next(at)
	}
	var values []bitset
	for ; at < u.file.End(i); at = u.file.Next(at) {
		values = append(values, byNumber(u, at, list, count))
	}
	switch op {
	case wAll, wNot:
		for n := range count {
			set.set(n)
		}
		if op == wNot {
			set = set.andNot(values[0])
		}
		return set
	}
	return combine(op, values, uint32(len(list))+1)
}

// copiedClasses refuses all of a class of which libsepol counts no permission. It mirrors what
// ebitmap_init_range makes of such a range, since 3.5.
func (p *post) copiedClasses() {
	if !p.opts.since(5) || !slices.ContainsFunc(p.classes, func(info classInfo) bool { return info.copied }) {
		return
	}
	for _, s := range p.live {
		u, a := p.args(s)
		switch symID(p.stmts[s].kind) {
		case wConstrain, wMLSConstrain:
		case wClassPermissionSet:
			a = u.file.Next(a)
		case wClassMapping, wAllow, wAuditAllow, wDontAudit, wNeverAllow, wDeny:
			a = u.file.Next(u.file.Next(a))
		default:
			continue
		}
		if !u.file.IsList(a) {
			continue
		}
		if id, got := p.resolve(s, tClasses, u.word(a+1)); got == foundIt {
			p.refuseAll(u, a, id)
		}
	}
	for _, a := range p.anons {
		if d := &p.data[a.datum]; d.kind == isClassPermission && len(p.permSets[d.ext]) > 0 {
			p.refuseAll(&p.units[a.unit], a.node, p.permSets[d.ext][0].class)
		}
	}
}

// refuseAll is copiedClasses for a class with permissions.
func (p *post) refuseAll(u *unit, i uint32, class datumID) {
	if _, count := p.numbers(&p.classes[p.data[class].ext]); count > 0 {
		return
	}
	for at := i + 2; at < u.file.End(i); at++ {
		if u.file.IsList(at) && u.word(at+1) == wAll {
			d := p.failNode(u, at, "all of class %s, which a tunableif declares", p.names[p.data[class].name])
			d.Kind = Overflow
			d.want("the names of the permissions: libsepol counts none in a tunableif")
			return
		}
	}
}
