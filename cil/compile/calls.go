package compile

// calls copies the macros to their calls. It mirrors the pass CIL_PASS_CALL1.
func (c *compiler) calls() {
	if !c.counts.has(wCall) {
		return
	}
	var doomed []scopeID
	c.calling = true
	c.walk(rootScope, func(s stmtID) bool {
		if c.stmts[s].copied && !c.allowedIn(s, c.stmts[s].scope) {
			return false
		}
		switch symID(c.stmts[s].kind) {
		case wMacro:
			return false
		case wBlock:
			return !c.data[c.datumOf(s)].abstract
		case wCall:
			return c.call(s, &doomed)
		}
		return true
	})
	c.killAll(doomed)
}

// call mirrors cil_resolve_call.
func (c *compiler) call(s stmtID, doomed *[]scopeID) bool {
	if c.exploded {
		return false
	}
	_, name := c.declaredName(s)
	id, got := c.resolve(s, tBlocks, name)
	switch {
	case got == notFound:
		c.missing(s, doomed, name, tBlocks)
		return false
	case got == failed:
		return false
	case c.data[id].kind != isMacro:
		c.notA(s, id, "a macro")
		return false
	}
	at := c.scopeOf(s)
	c.scopes[at].target = id
	if !c.arguments(s, at, id) || !c.notRecursive(s, id) {
		return false
	}
	return c.copyInto(c.scopeOf(c.data[id].first), at, wCall)
}

// notRecursive mirrors cil_check_recursive_call.
func (c *compiler) notRecursive(s stmtID, macro datumID) bool {
	for at := c.stmts[s].scope; at != rootScope; at = c.scopes[at].parent {
		sc := &c.scopes[at]
		if sc.kind == wCall && sc.target == macro {
			c.failStmt(s, "macro %s calls itself", c.names[c.data[macro].name])
			return false
		}
	}
	return true
}

// arguments reads the arguments of a call. It mirrors cil_build_call_args.
func (c *compiler) arguments(s stmtID, at scopeID, macro datumID) bool {
	u := c.unitOf(s)
	f := u.file
	node := c.stmts[s].node
	params := c.macros[c.data[macro].ext]
	given := f.Next(f.Next(node + 1))
	if len(params) == 0 {
		if given < f.End(node) {
			return c.badCall(s, given, macro, "macro %s takes no arguments")
		}
		return true
	}
	if given == f.End(node) {
		return c.badCall(s, node, macro, "the arguments of macro %s are missing")
	}
	i := given + 1
	args := make([]argument, 0, len(params))
	for _, p := range params {
		if i >= f.End(given) {
			return c.badCall(s, given, macro, "too few arguments for macro %s")
		}
		arg := argument{param: p.name, table: paramTable(p.kind)}
		inPlace := f.IsList(i)
		switch {
		case inPlace && f.End(i) == i+1, inPlace && !anonymous(p.kind):
			return c.badCall(s, i, macro, "bad argument for macro %s")
		case inPlace:
			if !c.goodInPlace(s, i, p.kind) {
				return false
			}
			arg.datum = c.newAnonymous(s, i, p.kind)
		case p.kind == isName:
			if arg.datum = c.insertName(c.stmts[s].scope, u.word(i)); arg.datum == 0 {
				arg.text = u.word(i)
			}
		case p.kind == isIPAddr && looksLikeAddress(f.Text(i)):
			if _, ok := parseAddr(f.Text(i)); !ok {
				return c.badCall(s, i, macro, "bad address for macro %s")
			}
			arg.datum = c.newAnonymous(s, i, p.kind)
		default:
			arg.text = u.word(i)
		}
		args = append(args, arg)
		i = f.Next(i)
	}
	if i < f.End(given) {
		return c.badCall(s, i, macro, "too many arguments for macro %s")
	}
	c.scopes[at].args = args
	return true
}

func (c *compiler) badCall(s stmtID, i uint32, macro datumID, format string) bool {
	d := c.fail(s, i, format, c.names[c.data[macro].name])
	c.declaredAt(d, macro, "the macro is here")
	return false
}

func looksLikeAddress(text string) bool {
	for i := range len(text) {
		if text[i] == '.' || text[i] == ':' {
			return true
		}
	}
	return false
}

// anonymous reports whether an argument of the kind may be written in place.
func anonymous(kind what) bool {
	switch kind {
	case isCatSet, isLevel, isLevelRange, isClassPermission:
		return true
	}
	return false
}

// goodInPlace checks an argument that is written in place of a name.
func (c *compiler) goodInPlace(s stmtID, i uint32, kind what) bool {
	st := &c.stmts[s]
	k := checker{&declarer{compiler: c, u: &c.units[st.unit], unit: st.unit}, st.scope}
	switch kind {
	case isCatSet:
		return k.expr(i, exprCat)
	case isLevel:
		return k.level(i)
	case isLevelRange:
		return k.levelRange(i)
	}
	return k.classPerms(i)
}

func (c *compiler) newAnonymous(s stmtID, i uint32, kind what) datumID {
	id := c.newDatum(kind, wNone)
	c.newValue(id)
	c.anons = append(c.anons, anon{datum: id, unit: c.stmts[s].unit, node: i})
	c.data[id].value = uint32(len(c.anons) - 1)
	return id
}

func paramTable(kind what) table {
	switch kind {
	case isType:
		return tTypes
	case isRole:
		return tRoles
	case isUser:
		return tUsers
	case isSens:
		return tSens
	case isCat, isCatSet:
		return tCats
	case isLevel:
		return tLevels
	case isLevelRange:
		return tLevelRanges
	case isClass, isClassMap:
		return tClasses
	case isIPAddr:
		return tIPAddrs
	case isClassPermission:
		return tClassPerms
	case isBool:
		return tBools
	}
	return tNames
}

// insertName returns the datum of a name, which is declared by being used; 0 if
// the name is a parameter of the macro that holds the statement, before libsepol
// 3.6 directly. It mirrors cil_gen_declared_string.
func (c *compiler) insertName(parent scopeID, name symID) datumID {
	macro := datumID(0)
	for at := parent; at != 0 && macro == 0; at = c.scopes[at].parent {
		switch sc := &c.scopes[at]; sc.kind {
		case wCall:
			macro = sc.target
		case wMacro:
			macro = sc.datum
		}
		if !c.opts.since(6) {
			break
		}
	}
	if macro != 0 {
		for _, p := range c.macros[c.data[macro].ext] {
			if p.kind == isName && p.name == name {
				return 0
			}
		}
	}
	if id := c.lookup(rootTab, tNames, name); id != 0 {
		return id
	}
	id := c.newDatum(isName, name)
	c.data[id].table, c.data[id].tab = tNames, rootTab
	c.put(rootTab, tNames, name, id)
	return id
}

// callArguments looks up the names in the arguments of a call. It mirrors
// cil_resolve_call_args: what the call itself declares is not meant.
func (c *compiler) callArguments(s stmtID) (missing symID, t table, got found) {
	at := c.scopeOf(s)
	for i := range c.scopes[at].args {
		arg := &c.scopes[at].args[i]
		if arg.text == 0 {
			continue
		}
		id, got := c.resolve(s, arg.table, arg.text)
		if got != foundIt {
			return arg.text, arg.table, got
		}
		if first := c.data[id].first; first != 0 && c.within(c.stmts[first].scope, at) {
			d := c.data[id]
			c.put(d.tab, d.table, d.name, 0)
			other, got := c.resolve(s, arg.table, arg.text)
			c.put(d.tab, d.table, d.name, id)
			if got != foundIt {
				return arg.text, arg.table, got
			}
			id = other
		}
		c.scopes[at].args[i].datum = id
	}
	return 0, 0, foundIt
}

// within reports whether a scope is, or is in, another.
func (c *compiler) within(at, outer scopeID) bool {
	for ; at >= outer && at != 0; at = c.scopes[at].parent {
		if at == outer {
			return true
		}
	}
	return false
}
