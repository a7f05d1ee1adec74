package compile

import "strings"

// An evaluator turns expressions into sets. It mirrors __cil_expr_to_bitmap.
type evaluator struct {
	*compiler
	size uint32
	// member returns the set that a datum stands for; the caller does not change
	// it.
	member func(id datumID) bitset
}

// expr evaluates the tokens from i to stop.
func (e *evaluator) expr(i, stop uint32) bitset {
	op := wNone
	if i < stop && e.exprs[i]&tokenKind == tokenOp {
		op = symID(e.exprs[i] & tokenValue)
		i++
	}
	if op == wNone || op == wOr {
		out := newBitset(e.size)
		for i < stop {
			var next uint32
			var v bitset
			if tok := e.exprs[i]; tok&tokenKind == tokenList {
				next = tok & tokenValue
				v = e.expr(i+1, next)
			} else {
				next = i + 1
				if id := datumID(tok & tokenValue); e.single(id) {
					out.set(e.data[id].value)
					i = next
					continue
				}
				v = e.member(datumID(tok & tokenValue))
			}
			out.or(v)
			i = next
		}
		return out
	}
	var values []bitset
	for i < stop {
		tok := e.exprs[i]
		if tok&tokenKind == tokenList {
			next := tok & tokenValue
			values = append(values, e.expr(i+1, next))
			i = next
			continue
		}
		v := newBitset(e.size)
		v.or(e.member(datumID(tok & tokenValue)))
		values = append(values, v)
		i++
	}
	return combine(op, values, e.size)
}

// single reports whether a datum stands for its own value alone.
func (c *compiler) single(id datumID) bool {
	switch c.data[id].kind {
	case isTypeAttribute, isRoleAttribute, isUserAttribute, isCatSet:
		return false
	}
	return true
}

// attributeEvaluator returns what evaluates expressions over types, roles or
// users.
func (c *compiler) attributeEvaluator(size uint32) *evaluator {
	e := &evaluator{compiler: c, size: size}
	e.member = func(id datumID) bitset {
		if c.single(id) {
			b := newBitset(size)
			b.set(c.data[id].value)
			return b
		}
		return e.attribute(id)
	}
	return e
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
		set.or(e.expr(x.start, x.end))
	}
	info = &e.attrs[e.data[id].ext]
	info.set, info.done = set, true
	return set
}

// attributesAreSane refuses attributes and category sets that contain
// themselves. It mirrors cil_verify_no_self_reference.
func (c *compiler) attributesAreSane() {
	const (
		open = 1 + iota
		closed
	)
	state := make([]uint8, len(c.data))
	var visit func(id datumID) bool
	visit = func(id datumID) bool {
		if c.single(id) || state[id] == closed {
			return true
		}
		if state[id] == open {
			c.failStmt(c.data[id].first, "%s contains itself", c.names[c.data[id].name])
			return false
		}
		state[id] = open
		exprs := []exprRef{}
		if c.data[id].kind == isCatSet {
			exprs = append(exprs, c.cats[c.data[id].ext].expr)
		} else {
			exprs = c.attrs[c.data[id].ext].exprs
		}
		for _, x := range exprs {
			for _, tok := range c.exprs[x.start:x.end] {
				if tok&tokenKind == tokenDatum && !visit(datumID(tok&tokenValue)) {
					return false
				}
			}
		}
		state[id] = closed
		return true
	}
	for _, s := range c.live {
		switch symID(c.stmts[s].kind) {
		case wTypeAttribute, wRoleAttribute, wUserAttribute, wCategorySet:
			if !visit(c.datumOf(s)) {
				return
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
func (c *compiler) markNeverallow() {
	seen := make(map[datumID]bool)
	var mark func(exprs []exprRef)
	mark = func(exprs []exprRef) {
		for _, x := range exprs {
			for _, tok := range c.exprs[x.start:x.end] {
				id := datumID(tok & tokenValue)
				if tok&tokenKind != tokenDatum || c.data[id].kind != isTypeAttribute {
					continue
				}
				if !c.generated(id) {
					c.data[id].used |= usedInNeverallow
				} else if !seen[id] {
					seen[id] = true
					mark(c.attrs[c.data[id].ext].exprs)
				}
			}
		}
	}
	for _, s := range c.live {
		if symID(c.stmts[s].kind) != wTypeAttribute {
			continue
		}
		id := c.datumOf(s)
		if c.data[id].used&usedInNeverallow != 0 && c.generated(id) {
			mark(c.attrs[c.data[id].ext].exprs)
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
		for _, n := range c.opts.Libsepol.SymbolHash().HashOrder(names, classTableSize) {
			info.hashed = append(info.hashed, uint32(n))
		}
	}
	return info.hashed
}

const classTableSize = 256 // CIL_CLASS_SYM_SIZE
