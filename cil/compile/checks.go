package compile

import (
	"iter"
	"slices"
	"sync"
)

// checkBounds checks the bounds of users, roles and types, and reports all that are
// violated.
func (e *emitter) checkBounds() {
	e.checkUserBounds()
	e.checkRoleBounds()
	e.checkTypeBounds()
}

// An allowed is one class of an allow rule.
type allowed struct {
	rule uint32 // index in rules
	mask uint32
}

// assertions check neverallow rules.
type assertions struct {
	*emitter
	byClass [][]allowed // by class value
	// known holds whether a datum meets the source and the target set of the
	// rule at hand: 1 no, 2 yes.
	known    [2][]uint8
	touched  [2][]datumID
	src, tgt bitset
	to       datumID // the target as it is written
	conds    [][2]condIndex
}

// checkNeverallows checks neverallow rules, and reports all that are violated.
func (e *emitter) checkNeverallows() {
	asked := make([]uint32, len(e.classOf))
	for i := range e.rules {
		if r := &e.rules[i]; r.kind == wNeverAllow {
			e.expandPerms(r.cp, func(class datumID, mask uint32) { asked[e.val[class]] |= mask })
		}
	}
	for i := range e.xrules {
		if r := &e.xrules[i]; r.kind == wNeverAllowX {
			for _, class := range e.expandClass(e.permxs[r.permx].class) {
				asked[e.val[class]] = 1<<32 - 1
			}
		}
	}
	if !slices.ContainsFunc(asked, func(mask uint32) bool { return mask != 0 }) {
		return
	}
	f := e.familiar()
	all := sync.OnceValue(func() *assertions { return e.newAssertions(asked, nil) })
	some := sync.OnceValue(func() *assertions { return e.newAssertions(asked, &f) })
	for i := range e.rules {
		switch r := &e.rules[i]; {
		case r.kind != wNeverAllow:
		case r.stmt < f.stmts:
			some().check(r)
		default:
			all().check(r)
		}
	}
	for i := range e.xrules {
		if e.xrules[i].kind == wNeverAllowX {
			all().checkX(&e.xrules[i])
		}
	}
}

// newAssertions sorts the allow rules that give something of what is asked for of
// each class: all, or those that are not familiar.
func (e *emitter) newAssertions(asked []uint32, f *familiar) *assertions {
	a := &assertions{emitter: e, byClass: make([][]allowed, len(e.classOf))}
	a.known[0], a.known[1] = make([]uint8, len(e.data)), make([]uint8, len(e.data))
	for i := range e.rules {
		r := &e.rules[i]
		if r.kind != wAllow || f != nil && f.known(r) {
			continue
		}
		e.expandPerms(e.rules[i].cp, func(class datumID, mask uint32) {
			if v := e.val[class]; mask&asked[v] != 0 {
				a.byClass[v] = append(a.byClass[v], allowed{uint32(i), mask})
			}
		})
	}
	return a
}

// begin takes the source and target of the next rule.
func (a *assertions) begin(src, tgt datumID) {
	for side := range a.known {
		for _, id := range a.touched[side] {
			a.known[side][id] = 0
		}
		a.touched[side] = a.touched[side][:0]
	}
	a.src, a.to = a.typeSet(src), tgt
	switch tgt {
	case toSelf, toOther:
		a.tgt = a.src
	case toNotSelf:
		a.tgt = a.allTypes()
	default:
		a.tgt = a.typeSet(tgt)
	}
}

// meets reports whether a type or attribute has types of the source (side 0) or
// target set (side 1).
func (a *assertions) meets(side int, id datumID) bool {
	known := &a.known[side][id]
	if *known == 0 {
		*known = 1
		a.touched[side] = append(a.touched[side], id)
		set := a.src
		if side == 1 {
			set = a.tgt
		}
		if a.single(id) && set.has(a.data[id].value) || !a.single(id) && set.meets(a.typeSet(id)) {
			*known = 2
		}
	}
	return *known == 2
}

// matches reports whether an allow rule gives a source of the set something on a
// target of the set. It mirrors check_assertion_avtab_match.
func (a *assertions) matches(r *avRule) bool {
	if !a.meets(0, r.src) {
		return false
	}
	if named(a.to) && named(r.tgt) {
		return a.meets(1, r.tgt)
	}
	for range a.pairs(r.src, r.tgt) {
		return true
	}
	return false
}

// pairs yields the sources and targets of the rule at hand that an allow rule of
// a source and a target is about.
func (a *assertions) pairs(src, tgt datumID) iter.Seq2[uint32, uint32] {
	srcs, tgts := a.typeSet(src), a.tgt
	switch {
	case tgt == toSelf || tgt == toOther:
		tgts = tgts.and(srcs)
	case named(tgt):
		tgts = tgts.and(a.typeSet(tgt))
	}
	equal := a.to == toSelf || tgt == toSelf
	unequal := a.to >= toOther || tgt >= toOther
	return func(yield func(s, t uint32) bool) {
		for s := range a.src.and(srcs).all() {
			if equal {
				if !unequal && tgts.has(s) && !yield(s, s) {
					return
				}
				continue
			}
			for t := range tgts.all() {
				if (!unequal || s != t) && !yield(s, t) {
					return
				}
			}
		}
	}
}

func (a *assertions) check(never *avRule) {
	a.begin(never.src, never.tgt)
	masks := make(map[uint32]uint32)
	var order []uint32
	a.expandPerms(never.cp, func(class datumID, mask uint32) {
		if _, ok := masks[a.val[class]]; !ok {
			order = append(order, a.val[class])
		}
		masks[a.val[class]] |= mask
	})
	var bad []uint32
	for _, class := range order {
		for _, r := range a.byClass[class] {
			if r.mask&masks[class] != 0 && a.matches(&a.rules[r.rule]) {
				bad = append(bad, r.rule)
			}
		}
	}
	a.violated(never.stmt, bad)
}

// violated reports a neverallow rule and the statements that violate it.
func (e *emitter) violated(never stmtID, rules []uint32) {
	if len(rules) == 0 {
		return
	}
	d := e.failStmt(never, "%s is violated", e.text(never))
	seen := make(map[stmtID]bool)
	var notes []Note
	for _, i := range rules {
		if s := e.rules[i].stmt; !seen[s] {
			seen[s] = true
			notes = append(notes, e.noteAt(s, "by "+e.text(s)))
		}
	}
	d.Notes = append(notes, d.Notes...)
}

// text returns a statement as it is written.
func (c *compiler) text(s stmtID) string {
	st := &c.stmts[s]
	return c.units[st.unit].file.String(st.node)
}

// checkUserBounds mirrors bounds_check_users.
func (e *emitter) checkUserBounds() {
	for _, id := range e.users {
		parent := e.data[id].bounds
		if parent == 0 {
			continue
		}
		own, of := &e.compiler.resolved.users[e.data[id].ext], &e.compiler.resolved.users[e.data[parent].ext]
		for n := range own.roles.all() {
			if e.val[e.roles[n]] != objectRole && !of.roles.has(n) {
				e.failStmt(e.data[id].first, "user %s has role %s, which its bounds, user %s, has not",
					e.fqn(id), e.fqn(e.roles[n]), e.fqn(parent))
			}
		}
	}
}

// checkRoleBounds mirrors bounds_check_roles.
func (e *emitter) checkRoleBounds() {
	for _, id := range e.roles {
		parent := e.data[id].bounds
		if parent == 0 {
			continue
		}
		own, of := &e.compiler.resolved.roles[e.data[id].ext], &e.compiler.resolved.roles[e.data[parent].ext]
		for n := range own.types.all() {
			if !of.types.has(n) {
				e.failStmt(e.data[id].first, "role %s has type %s, which its bounds, role %s, has not",
					e.fqn(id), e.fqn(e.types[n]), e.fqn(parent))
			}
		}
	}
}
