package compile

import "strings"

// find looks a name up from inside a scope. It mirrors
// __cil_resolve_name_helper.
func (c *compiler) find(at scopeID, t table, name symID) datumID {
	if id := c.findUp(at, t, name); id != 0 {
		return id
	}
	return c.lookup(rootTab, t, name)
}

// findUp mirrors __cil_resolve_name_with_parents: block by block up to the
// root, which it leaves out. From a call the search goes on where the macro
// stands before it goes on where it is called; from what a blockinherit copied,
// the other way round.
func (c *compiler) findUp(at scopeID, t table, name symID) datumID {
	for at = c.scopes[at].names; at != rootScope; at = c.scopes[c.scopes[at].parent].names {
		sc := &c.scopes[at]
		id := datumID(0)
		switch sc.kind {
		case wBlock:
			if d := &c.data[sc.datum]; !d.abstract {
				id = c.lookup(d.inner, t, name)
			}
		case wBlockInherit:
			if id := c.findUp(sc.parent, t, name); id != 0 || sc.target == 0 {
				return id
			}
			return c.findUp(c.scopes[c.scopeOf(c.data[sc.target].first)].parent, t, name)
		case wMacro:
			id = c.lookup(c.data[sc.datum].inner, t, name)
		case wCall:
			if sc.target == 0 || c.lookup(c.data[sc.target].inner, t, name) != 0 {
				break
			}
			if id = c.findArgument(sc, t, name); id == 0 {
				id = c.findUp(c.scopes[c.scopeOf(c.data[sc.target].first)].parent, t, name)
			}
		}
		if id != 0 {
			return id
		}
	}
	return 0
}

// findArgument mirrors cil_resolve_name_call_args.
func (c *compiler) findArgument(sc *scope, t table, name symID) datumID {
	for i := range sc.args {
		if sc.args[i].table == t && sc.args[i].param == name {
			return sc.args[i].datum
		}
	}
	return 0
}

// found is the outcome of a search: the name, or what became of it.
type found uint8

const (
	foundIt found = iota
	// notFound is a missing name, which takes an optional away.
	notFound
	// failed is an error that has been reported, which nothing forgives.
	failed
)

// resolveKeep looks a name up, with dots for blocks, and leaves aliases as they
// are. It mirrors cil_resolve_name_keep_aliases.
func (c *compiler) resolveKeep(s stmtID, t table, name symID) (datumID, found) {
	scope := c.stmts[s].scope
	if c.opts.QualifiedNames || c.legal[name]&nameDotted == 0 {
		id := datumID(0)
		if c.scopes[scope].names == rootScope {
			id = c.lookup(rootTab, t, name)
		} else {
			id = c.find(scope, t, name)
		}
		if id != 0 {
			return id, foundIt
		}
		c.miss, c.missTable = name, t
		return 0, notFound
	}
	id, got := c.resolveDotted(s, t, name)
	if got == notFound {
		c.miss, c.missTable = name, t
	}
	return id, got
}

// resolveDotted looks up a name of which all but the last part name blocks.
func (c *compiler) resolveDotted(s stmtID, t table, name symID) (datumID, found) {
	scope := c.stmts[s].scope
	text := c.names[name]
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '.' })
	if len(parts) == 0 {
		c.failStmt(s, "%s is no name", text)
		return 0, failed
	}
	tab := rootTab
	if text[0] != '.' {
		first, ok := c.number(parts[0])
		if !ok {
			return 0, notFound
		}
		id := c.find(scope, tBlocks, first)
		if id == 0 {
			return 0, notFound
		}
		tab = c.data[id].tab
	}
	for _, part := range parts[:len(parts)-1] {
		sym, ok := c.number(part)
		if !ok {
			return 0, notFound
		}
		id := c.lookup(tab, tBlocks, sym)
		if id == 0 {
			return 0, notFound
		}
		d := &c.data[id]
		if d.kind != isBlock && symID(c.stmts[s].kind) != wIn {
			c.failStmt(s, "only an in statement can name what is in %s %s", whatNames[d.kind], part)
			return 0, failed
		}
		if d.kind != isOptional {
			tab = d.inner
		}
	}
	last, ok := c.number(parts[len(parts)-1])
	if !ok {
		return 0, notFound
	}
	id := c.lookup(tab, t, last)
	if id == 0 {
		return 0, notFound
	}
	if c.inAfter && t != tBlocks && c.data[id].first != 0 && c.hidden(c.data[id].first) {
		d := c.failStmt(s, "%s is in an abstract block, which is there to be inherited only", text)
		c.declaredAt(d, id, "declared here")
		return 0, failed
	}
	return id, foundIt
}

// resolve looks a name up; an alias stands for its type, sensitivity or
// category. It mirrors cil_resolve_name.
func (c *compiler) resolve(s stmtID, t table, name symID) (datumID, found) {
	id, got := c.resolveKeep(s, t, name)
	if got == foundIt {
		d := &c.data[id]
		if d.actual != 0 && (d.kind == isTypeAlias || d.kind == isSensAlias || d.kind == isCatAlias) {
			return d.actual, foundIt
		}
	}
	return id, got
}
