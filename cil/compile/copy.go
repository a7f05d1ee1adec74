package compile

// maxStatements bounds the statements that macros which call macros, and blocks
// that inherit, can make of a few lines: ten times what distributions have.
// maxScopes bounds the calls, blocks and optionals among them.
const (
	maxStatements = 1 << 22
	maxScopes     = 1 << 19
)

// copyInto declares the contents of a scope again in another scope. origin is the kind of the
// scope that all of it goes to: what a blockinherit copies may merge with what is there. It
// mirrors cil_copy_ast.
func (c *compiler) copyInto(from, to scopeID, origin symID) bool {
	for s := c.scopes[from].head; s != 0; s = c.stmts[s].next {
		if !c.copyStmt(s, to, origin) {
			return false
		}
	}
	return true
}

func (c *compiler) copyStmt(s stmtID, to scopeID, origin symID) bool {
	st := c.stmts[s]
	kw := symID(st.kind)
	if len(c.stmts) > maxStatements || len(c.scopes) > maxScopes {
		if !c.exploded {
			c.exploded = true
			c.failStmt(s, "calls and inheritance make more than %d statements or %d calls and blocks", maxStatements,
				maxScopes)
		}
		return false
	}
	if kw == wBlockAbstract && origin == wBlockInherit {
		return true
	}
	if kw == wSELinuxUser || kw == wSELinuxUserDefault || kw == wIn {
		// libsepol cannot copy these.
		c.failStmt(s, "%s cannot be in what is copied: a macro, an inherited block, an in statement or a tunableif",
			words[kw])
		return false
	}
	g := &grammar[kw]
	if kw == wBlock || kw == wMacro {
		_, name := c.declaredName(s)
		if prev := c.lookup(c.scopes[to].tab, tBlocks, name); prev != 0 {
			return c.copyOnto(s, to, prev, origin)
		}
	}
	n := c.newStmt(to, kw, st.unit, st.node)
	c.stmts[n].copied = true
	if !c.calling && !c.allowedIn(n, to) {
		return false
	}
	if g.what != isNothing && !c.enter(n, to, true) {
		return false
	}
	if kw == wBlockInherit {
		target := c.scopes[st.x].target
		c.scopes[c.stmts[n].x].target = target
		if target != 0 {
			info := &c.blocks[c.data[target].ext]
			info.inherits = append(info.inherits, n)
		}
	}
	if kw == wCall {
		c.scopes[c.stmts[n].x].target = c.scopes[st.x].target
	}
	if isScope(kw) {
		return c.copyInto(scopeID(st.x), c.scopeOf(n), origin)
	}
	return true
}

// copyOnto copies a block or macro to where its name is declared already: under
// a blockinherit blocks merge, and the macro that was there stays.
func (c *compiler) copyOnto(s stmtID, to scopeID, prev datumID, origin symID) bool {
	kw := symID(c.stmts[s].kind)
	_, name := c.declaredName(s)
	if c.data[prev].kind != grammar[kw].what || origin != wBlockInherit {
		d := c.failStmt(s, "%s is declared already where this is copied to", c.names[name])
		c.declaredAt(d, prev, "first declared here")
		return false
	}
	if kw == wMacro {
		return true
	}
	n := c.newStmt(to, kw, c.stmts[s].unit, c.stmts[s].node)
	if !c.allowedIn(n, to) {
		return false
	}
	c.data[prev].addNode(n)
	c.setDatum(n, prev)
	return c.copyInto(c.scopeOf(s), c.scopeOf(n), origin)
}

func isScope(kw symID) bool {
	switch kw {
	case wBlock, wMacro, wOptional, wIn, wTunableIf, wBooleanIf, wTrue, wFalse, wSourceInfo, wCall, wBlockInherit:
		return true
	}
	return false
}

// allowedIn refuses a statement that may not stand where it was copied to. It
// mirrors the checks of __cil_resolve_ast_node_helper, which does not look into
// macros and abstract blocks once inheritance is done.
func (c *compiler) allowedIn(s stmtID, to scopeID) bool {
	sc := &c.scopes[to]
	kw := symID(c.stmts[s].kind)
	if c.inAfter {
		if sc.macro != 0 {
			return true
		}
		for at := sc.block; at != 0; at = c.scopes[c.scopes[at].parent].block {
			if c.data[c.scopes[at].datum].abstract {
				return true
			}
		}
	}
	where := ""
	switch {
	case sc.block != 0 && (kw == wSensitivity || kw == wCategory):
		where = "a block"
	case sc.macro != 0 && inMacro(kw):
		where = "a macro"
	case sc.optional != 0 && inOptional(kw):
		where = "an optional"
	case sc.boolif != 0 && !c.inBoolif(kw):
		where = "a booleanif"
	default:
		return true
	}
	c.failStmt(s, "%s is not allowed in %s", words[kw], where)
	return false
}

// kill removes the contents of a scope: its declarations are gone. It mirrors
// cil_tree_children_destroy.
func (c *compiler) kill(id scopeID) {
	sc := &c.scopes[id]
	sc.dead = true
	for s := sc.head; s != 0; s = c.stmts[s].next {
		c.remove(s)
		kw := symID(c.stmts[s].kind)
		c.last.spoiled = c.last.spoiled || spoils(kw)
		if kw == wBlockInherit {
			c.unlink(s)
		}
		if isScope(kw) {
			c.kill(c.scopeOf(s))
		}
	}
	sc.head, sc.tail = 0, 0
}

// unlink takes a blockinherit out of the list of its block.
func (c *compiler) unlink(s stmtID) {
	target := c.scopes[c.scopeOf(s)].target
	if target == 0 {
		return
	}
	info := &c.blocks[c.data[target].ext]
	for i, t := range info.inherits {
		if t == s {
			info.inherits = append(info.inherits[:i:i], info.inherits[i+1:]...)
			return
		}
	}
}
