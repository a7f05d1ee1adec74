package compile

import (
	"slices"
	"strings"
)

// An evaluator turns expressions over types, roles or users into sets. It mirrors
// __cil_expr_to_bitmap.
type evaluator struct {
	*compiler
	size uint32
	free []bitset // to be used again
}

// expr evaluates the tokens from i to stop and adds the result to a set.
func (e *evaluator) expr(out bitset, i, stop uint32) {
	op := wNone
	if i < stop && e.exprs[i]&tokenKind == tokenOp {
		op = symID(e.exprs[i] & tokenValue)
		i++
	}
	switch op {
	case wAll:
		all := e.take()
		all.complement(e.size)
		e.give(out, all)
	case wNot, wAnd, wXor:
		a, b := e.take(), e.take()
		if i < stop {
			i = e.operand(a, i)
		}
		switch {
		case op == wNot:
			a.complement(e.size)
		case i < stop:
			e.operand(b, i)
			a.combine(op, b)
		}
		e.give(out, a)
		e.free = append(e.free, b)
	default:
		for i < stop {
			i = e.operand(out, i)
		}
	}
}

// operand adds one operand to a set and returns where the next one is.
func (e *evaluator) operand(out bitset, i uint32) uint32 {
	tok := e.exprs[i]
	if tok&tokenKind == tokenList {
		next := tok & tokenValue
		e.expr(out, i+1, next)
		return next
	}
	e.add(out, datumID(tok&tokenValue))
	return i + 1
}

// add adds the members of a datum to a set.
func (e *evaluator) add(out bitset, id datumID) {
	if e.single(id) {
		out.set(e.data[id].value)
		return
	}
	out.or(e.attribute(id))
}

// take returns an empty set, and give adds such a one to another and takes it
// back.
func (e *evaluator) take() bitset {
	n := len(e.free)
	if n == 0 {
		return newBitset(e.size)
	}
	b := e.free[n-1]
	e.free = e.free[:n-1]
	clear(b)
	return b
}

func (e *evaluator) give(out, b bitset) {
	out.or(b)
	e.free = append(e.free, b)
}

// member returns the set of a datum's members. The caller does not change it.
func (e *evaluator) member(id datumID) bitset {
	if !e.single(id) {
		return e.attribute(id)
	}
	b := newBitset(e.size)
	b.set(e.data[id].value)
	return b
}

// single reports whether a datum has only its own value as a member.
func (c *compiler) single(id datumID) bool {
	switch c.data[id].kind {
	case isTypeAttribute, isRoleAttribute, isUserAttribute, isCatSet:
		return false
	}
	return true
}

// attribute returns the set of an attribute. That attributes do not contain
// themselves has been checked.
func (e *evaluator) attribute(id datumID) bitset {
	info := &e.attrs[e.data[id].ext]
	if info.done {
		return info.set
	}
	set := newBitset(e.size)
	for _, x := range info.exprs {
		e.expr(set, x.start, x.end)
	}
	info.set, info.done = set, true
	return set
}

// attributesAreSane refuses attributes and category sets that contain
// themselves. It mirrors cil_verify_no_self_reference.
func (p *post) attributesAreSane() {
	const (
		open = 1 + iota
		closed
	)
	state := make([]uint8, len(p.data))
	var path []containing
	var visit func(id datumID) bool
	visit = func(id datumID) bool {
		if p.single(id) || state[id] == closed {
			return true
		}
		if state[id] == open {
			p.noteCircle(p.failStmt(p.data[id].first, "%s contains itself", p.names[p.data[id].name]), id, path)
			return false
		}
		state[id] = open
		exprs := []exprRef{}
		if p.data[id].kind == isCatSet {
			exprs = append(exprs, p.cats[p.data[id].ext].expr)
		} else {
			exprs = p.attrs[p.data[id].ext].exprs
		}
		for _, x := range exprs {
			path = append(path, containing{id, x})
			for _, tok := range p.exprs[x.start:x.end] {
				if tok&tokenKind == tokenDatum && !visit(datumID(tok&tokenValue)) {
					return false
				}
			}
			path = path[:len(path)-1]
		}
		state[id] = closed
		return true
	}
	for _, s := range p.few {
		switch symID(p.stmts[s].kind) {
		case wTypeAttribute, wRoleAttribute, wUserAttribute, wCategorySet:
			if !visit(p.datumOf(s)) {
				return
			}
		}
	}
}

// A containing is an attribute or a category set, and one of the expressions of its contents.
type containing struct {
	id   datumID
	expr exprRef
}

// noteCircle notes the statements by which an attribute contains itself. path leads from the first
// visited attribute to the place where id is found again.
func (p *post) noteCircle(d *Diagnostic, id datumID, path []containing) {
	for _, step := range path[slices.IndexFunc(path, func(c containing) bool { return c.id == id }):] {
		for i := range p.sets {
			if set := &p.sets[i]; set.attr == step.id && set.expr == step.expr {
				d.Notes = append(d.Notes, p.noteAt(set.stmt, "by "+p.text(set.stmt)))
			}
		}
	}
}

// generatedAttribute is in the names of attributes that compilers of other
// languages make, generatedRequire is one that they use.
const (
	generatedAttribute = "_typeattr_"
	generatedRequire   = "cil_gen_require"
)

// markNeverallow counts what generated attributes of neverallow rules are made
// of as used in neverallow rules. It mirrors __mark_neverallow_attrs.
func (p *post) markNeverallow() {
	seen := make(map[datumID]bool)
	var mark func(exprs []exprRef)
	mark = func(exprs []exprRef) {
		for _, x := range exprs {
			for _, tok := range p.exprs[x.start:x.end] {
				id := datumID(tok & tokenValue)
				if tok&tokenKind != tokenDatum || p.data[id].kind != isTypeAttribute {
					continue
				}
				if !p.generated(id) {
					p.data[id].used |= usedInNeverallow
				} else if !seen[id] {
					seen[id] = true
					mark(p.attrs[p.data[id].ext].exprs)
				}
			}
		}
	}
	for _, s := range p.few {
		if symID(p.stmts[s].kind) != wTypeAttribute {
			continue
		}
		id := p.datumOf(s)
		if p.data[id].used&usedInNeverallow != 0 && p.generated(id) {
			mark(p.attrs[p.data[id].ext].exprs)
		}
	}
}

func (c *compiler) generated(id datumID) bool {
	return strings.Contains(c.names[c.data[id].name], generatedAttribute)
}

// kept reports whether an attribute is in the policy. It mirrors
// cil_typeattribute_used.
func (c *compiler) kept(id datumID) bool {
	d := &c.data[id]
	switch {
	case d.used == 0:
		return false
	case d.used&expandFalse != 0:
		return true
	case d.used&expandTrue != 0:
		return false
	case d.used&usedInConstraint != 0:
		return true
	}
	if c.opts.ExpandGenerated || d.used == usedInNeverallow {
		if c.names[d.name] == generatedRequire || c.generated(id) {
			return false
		}
		if d.used == usedInNeverallow {
			return true
		}
	}
	if d.used == usedInRule && c.attrs[d.ext].set.count() < c.opts.expandSize() {
		return false
	}
	return true
}

// hashOrder returns the permissions of a class map in the order of libsepol's
// hash table.
func (c *compiler) hashOrder(info *classInfo) []uint32 {
	if info.hashed == nil {
		names := make([]string, len(info.names))
		for i, n := range info.names {
			names[i] = c.names[n]
		}
		for _, n := range c.opts.symbolHash().HashOrder(names, classTableSize) {
			info.hashed = append(info.hashed, uint32(n))
		}
	}
	return info.hashed
}

const classTableSize = 256 // CIL_CLASS_SYM_SIZE
