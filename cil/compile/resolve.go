package compile

import (
	"cmp"
	"slices"
)

// A Gone is an optional that was taken away because a name was missing in it.
type Gone struct {
	// Optional is its name; Place is its place in the source.
	Optional string
	Place    Note
	// Statement is the first statement in it with a missing name, Missing the
	// name, and Kind what it should name.
	Statement     Note
	Missing, Kind string
}

// resolveNames looks up all names until no more optionals go away. It mirrors
// cil_resolve_ast from the pass CIL_PASS_CALL2 on.
func (c *compiler) resolveNames() error {
	c.keepValues()
	c.gather()
	c.rules = make([]avRule, 0, c.counts.of(wAllow, wDontAudit, wAuditAllow, wNeverAllow))
	c.sets = make([]attributeSet, 0, c.counts.of(wTypeAttributeSet, wRoleAttributeSet, wUserAttributeSet))
	for {
		c.reset()
		again, err := c.round()
		if err != nil || !again {
			return err
		}
		c.bury()
	}
}

// gather lists the statements that count, in the order of the tree: not those
// in macros and abstract blocks.
func (c *compiler) gather() {
	if c.mending == nil {
		c.live, c.todo[ofMisc3] = make([]stmtID, 0, len(c.stmts)), make([]stmtID, 0, len(c.stmts))
	}
	if c.mending == nil && c.counts.of(wBlock, wMacro, wCall, wBlockInherit, wIn, wTunableIf) == 0 {
		for s := stmtID(1); int(s) < len(c.stmts); s++ {
			c.counted(s) // nothing was copied: the tree is in the order of the numbers
		}
		return
	}
	c.walk(rootScope, func(s stmtID) bool {
		switch symID(c.stmts[s].kind) {
		case wMacro:
			c.orderInside(s)
			return false
		case wBlock:
			if c.data[c.datumOf(s)].abstract {
				c.orderInside(s)
				return false
			}
		}
		c.counted(s)
		return true
	})
}

func (c *compiler) counted(s stmtID) {
	kw := symID(c.stmts[s].kind)
	switch kw {
	case wSID, wClass, wCategory, wSensitivity:
		c.mustOrder = append(c.mustOrder, s)
	}
	c.live = append(c.live, s)
	if p := grammar[kw].pass; p != noPass {
		c.todo[p] = append(c.todo[p], s)
	}
}

// orderInside lists the declarations inside a statement that must be in an
// order: libsepol looks at all.
func (c *compiler) orderInside(s stmtID) {
	c.walk(c.scopeOf(s), func(s stmtID) bool {
		switch symID(c.stmts[s].kind) {
		case wSID, wClass, wCategory, wSensitivity:
			c.mustOrder = append(c.mustOrder, s)
		}
		return true
	})
}

// bury takes dead statements out of the lists.
func (c *compiler) bury() {
	for p := range c.todo {
		c.todo[p] = c.alive(c.todo[p])
	}
	c.live = c.alive(c.live)
	c.mustOrder = c.alive(c.mustOrder)
}

func (c *compiler) alive(list []stmtID) []stmtID {
	kept := list[:0]
	for _, s := range list {
		if !c.scopes[c.stmts[s].scope].dead {
			kept = append(kept, s)
		}
	}
	return kept
}

// round resolves once, up to the first pass that takes an optional away.
func (c *compiler) round() (again bool, err error) {
	for pass := uint8(1); pass < numPass; pass++ {
		var doomed []scopeID
		for _, s := range c.todo[pass] {
			switch c.resolveStmt(s, pass) {
			case foundIt, failed:
				continue
			case notFound:
			}
			if opt := c.scopes[c.stmts[s].scope].optional; opt != 0 {
				if !c.scopes[opt].doomed {
					c.scopes[opt].doomed = true
					c.remember(opt, s)
					doomed = append(doomed, opt)
				}
				continue
			}
			c.unknown(s, c.miss, c.missTable)
		}
		if err := c.failed(); err != nil {
			return false, err
		}
		if pass == ofMisc1 {
			if err := c.orderAll(); err != nil {
				return false, err
			}
		}
		if len(doomed) > 0 {
			c.killAll(doomed)
			return true, nil
		}
	}
	c.groupSets()
	if len(c.order[orderSID]) == 0 {
		c.failPolicy("the policy has no initial SID")
	}
	return false, c.failed()
}

// remember notes why an optional goes away.
func (c *compiler) remember(opt scopeID, s stmtID) {
	c.gone = append(c.gone, goneOptional{opt, s, c.miss, c.missTable})
}

type goneOptional struct {
	scope scopeID
	stmt  stmtID
	name  symID
	table table
}

// Gone lists the optionals that were taken away because a name was missing in
// them, in the order of the sources. Those inside of them are not listed.
func (r *Result) Gone() []Gone {
	c := r.Origins.e.compiler
	gone := slices.Clone(c.gone)
	places := c.unitPlaces()
	place := func(g goneOptional) (unit, node uint32) {
		st := &c.stmts[c.scopes[g.scope].stmt]
		_, node = c.units[st.unit].placed(st.node)
		return places[st.unit], node
	}
	slices.SortStableFunc(gone, func(a, b goneOptional) int {
		au, an := place(a)
		bu, bn := place(b)
		return cmp.Or(cmp.Compare(au, bu), cmp.Compare(an, bn))
	})
	list := make([]Gone, len(gone))
	for i, g := range gone {
		sc := &c.scopes[g.scope]
		list[i] = Gone{
			Optional:  c.names[c.data[sc.datum].name],
			Place:     c.noteAt(sc.stmt, ""),
			Statement: c.noteAt(g.stmt, words[c.stmts[g.stmt].kind]),
			Missing:   c.names[g.name], Kind: tableNames[g.table],
		}
	}
	return list
}

// resolveStmt looks up the names of a statement in a pass.
func (c *compiler) resolveStmt(s stmtID, pass uint8) found {
	switch pass {
	case ofCalls:
		miss, t, got := c.callArguments(s)
		if got == notFound {
			c.miss, c.missTable = miss, t
		}
		return got
	case ofAlias:
		return c.aliasActual(s)
	case ofActual:
		return c.aliasToActual(s)
	case ofMisc1:
		return c.misc1(s)
	case ofMLS:
		return c.catSetStmt(s)
	case ofMisc2:
		if symID(c.stmts[s].kind) == wClassCommon {
			return c.classCommon(s)
		}
		return c.sensCat(s)
	}
	return c.misc3(s)
}

// args returns the unit of a statement and its first argument.
func (c *compiler) args(s stmtID) (u *unit, first uint32) {
	st := &c.stmts[s]
	return &c.units[st.unit], st.node + 2
}

// name looks up a name node of a statement.
func (c *compiler) name(s stmtID, t table, u *unit, i uint32) (datumID, found) {
	return c.resolve(s, t, u.word(i))
}

// aliasActual mirrors cil_resolve_aliasactual.
func (c *compiler) aliasActual(s stmtID) found {
	u, a := c.args(s)
	t, kind, alias := tTypes, isType, isTypeAlias
	switch symID(c.stmts[s].kind) {
	case wSensitivityAliasActual:
		t, kind, alias = tSens, isSens, isSensAlias
	case wCategoryAliasActual:
		t, kind, alias = tCats, isCat, isCatAlias
	}
	id, got := c.resolveKeep(s, t, u.word(a))
	if got != foundIt {
		return got
	}
	if c.data[id].kind != alias {
		c.notA(s, id, "a "+whatNames[alias])
		return failed
	}
	actual, got := c.resolve(s, t, u.word(a+1))
	if got != foundIt {
		return got
	}
	if k := c.data[actual].kind; k != kind && k != alias {
		c.notA(s, actual, "a "+whatNames[kind])
		return failed
	}
	if c.data[id].actual != 0 {
		c.failStmt(s, "%s is an alias of %s already", c.names[c.data[id].name], c.names[c.data[c.data[id].actual].name])
		return failed
	}
	c.data[id].actual = actual
	return foundIt
}

// aliasToActual makes an alias of an alias one of what that stands for. It
// mirrors cil_resolve_alias_to_actual.
func (c *compiler) aliasToActual(s stmtID) found {
	id := c.datumOf(s)
	kind := c.data[id].kind
	if c.data[id].actual == 0 {
		name := c.names[c.data[id].name]
		c.failStmt(s, "%s is declared but stands for nothing", name).
			want("(" + words[c.stmts[s].kind] + "actual " + name + " NAME)")
		return failed
	}
	at := id
	for steps := 0; c.data[at].kind == kind; steps++ {
		next := c.data[at].actual
		if next == 0 {
			c.failStmt(s, "%s stands for %s, which stands for nothing", c.names[c.data[id].name],
				c.names[c.data[at].name])
			return failed
		}
		if steps > len(c.data) {
			c.failStmt(s, "%s is an alias of itself", c.names[c.data[id].name])
			return failed
		}
		at = next
	}
	c.data[id].actual = at
	return foundIt
}
