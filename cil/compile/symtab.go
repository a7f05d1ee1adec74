package compile

// lookup returns the datum that a table has under a name, or 0.
func (c *compiler) lookup(tab tabID, t table, name symID) datumID {
	if tab == rootTab {
		if int(name) < len(c.root[t]) {
			return c.root[t][name]
		}
		return 0
	}
	return c.tabs[tab][tabKey{t, name}]
}

func (c *compiler) put(tab tabID, t table, name symID, id datumID) {
	if tab == rootTab {
		if c.shared[t] || int(name) >= len(c.root[t]) {
			grown := make([]datumID, max(int(name)+1, len(c.root[t]), len(c.names)))
			copy(grown, c.root[t])
			c.root[t], c.shared[t] = grown, false
		}
		c.root[t][name] = id
		return
	}
	if c.tabs[tab] == nil {
		c.tabs[tab] = make(map[tabKey]datumID)
	}
	if id == 0 {
		delete(c.tabs[tab], tabKey{t, name})
		return
	}
	c.tabs[tab][tabKey{t, name}] = id
}

// newDatum declares nothing yet: it makes the datum that a declaration enters.
func (c *compiler) newDatum(kind what, name symID) datumID {
	c.data = append(c.data, datum{kind: kind, name: name})
	return datumID(len(c.data) - 1)
}

// datumOf returns the datum that a statement declares, 0 if none.
func (c *compiler) datumOf(s stmtID) datumID {
	st := &c.stmts[s]
	switch symID(st.kind) {
	case wBlock, wMacro, wOptional:
		return c.scopes[st.x].datum
	case wCall, wBlockInherit, wIn, wTunableIf, wBooleanIf, wTrue, wFalse, wSourceInfo:
		return 0
	}
	return datumID(st.x)
}

func (c *compiler) setDatum(s stmtID, id datumID) {
	st := &c.stmts[s]
	switch symID(st.kind) {
	case wBlock:
		sc := &c.scopes[st.x]
		sc.datum, sc.tab = id, c.data[id].inner
	case wMacro:
		sc := &c.scopes[st.x]
		sc.datum, sc.tab = id, c.data[id].inner
	case wOptional:
		c.scopes[st.x].datum = id
	default:
		st.x = uint32(id)
	}
}

// unitOf returns the source of a statement.
func (c *compiler) unitOf(s stmtID) *unit { return &c.units[c.stmts[s].unit] }

// declaredName returns the name that a declaration declares.
func (c *compiler) declaredName(s stmtID) (node uint32, name symID) {
	u := c.unitOf(s)
	node = u.file.Next(c.stmts[s].node + 1)
	return node, u.word(node)
}

// enter adds the declaration of a statement to the namespace of its scope. copied says that the
// statement is a copy of one that another scope holds. It mirrors cil_gen_node and the
// declaring half of __cil_copy_node_helper.
func (c *compiler) enter(s stmtID, parent scopeID, copied bool) bool {
	g := &grammar[c.stmts[s].kind]
	node, name := c.declaredName(s)
	if !copied {
		if why := c.badName(name, g.what); why != "" {
			c.fail(s, node, "%s", why)
			return false
		}
	}
	tab := c.scopes[parent].tab
	prev := c.lookup(tab, g.table, name)
	if prev != 0 && c.mending != nil {
		if c.mending.adopt(prev, s) {
			return c.shadowsNothing(s, parent, g.what, name, copied)
		}
		prev = c.lookup(tab, g.table, name)
	}
	if prev != 0 {
		p := &c.data[prev]
		if p.kind != g.what || !c.mayRepeat(g.what) {
			d := c.fail(s, node, "%s is declared again", c.names[name])
			if p.kind != g.what {
				d.Msg = c.names[name] + " is a " + whatNames[p.kind] + " already"
			}
			c.declaredAt(d, prev, "first declared here")
			return false
		}
		if c.mending != nil && g.what != isOptional && !c.mending.isNew(p.first) {
			c.failStmt(s, "%s is declared in what stays, too", c.names[name]) // which of the two is the first shows
			return false
		}
		p.addNode(s)
		c.setDatum(s, prev)
		return true
	}
	id := c.newDatum(g.what, name)
	if !c.payload(id, s) {
		return false
	}
	p := &c.data[id]
	p.table, p.tab = g.table, tab
	p.addNode(s)
	c.put(tab, g.table, name, id)
	c.setDatum(s, id)
	if c.mending != nil && tab == rootTab && g.what != isOptional {
		c.mending.fresh = append(c.mending.fresh, id)
	}
	return c.shadowsNothing(s, parent, g.what, name, copied)
}

// mayRepeat reports whether a name may be declared again as the same kind of
// thing. It mirrors cil_allow_multiple_decls.
func (c *compiler) mayRepeat(kind what) bool {
	switch kind {
	case isOptional:
		return true
	case isType, isTypeAttribute:
		return c.opts.MultipleDecls
	case isRole:
		return c.opts.MultipleDecls && c.opts.since(8)
	case isPolicyCap:
		return c.opts.since(9)
	}
	return false
}

func (d *datum) addNode(s stmtID) {
	if d.first == 0 {
		d.first = s
		return
	}
	d.more = append(d.more, s)
}

// shadowsNothing refuses a declaration in a macro that has the name and kind of
// one of its parameters. It mirrors cil_verify_decl_does_not_shadow_macro_parameter.
func (c *compiler) shadowsNothing(s stmtID, parent scopeID, kind what, name symID, copied bool) bool {
	at := parent
	if copied {
		if kind == isBlock || kind == isMacro {
			return true
		}
		for at != rootScope && c.scopes[at].kind != wMacro && c.scopes[at].kind != wBlock {
			at = c.scopes[at].parent
		}
	}
	if c.scopes[at].kind != wMacro {
		return true
	}
	for _, p := range c.macros[c.data[c.scopes[at].datum].ext] {
		if p.kind == kind && p.name == name {
			c.failStmt(s, "%s has the name of a parameter of the macro", c.names[name])
			return false
		}
	}
	return true
}

// payload fills in what a new datum has beside its name, from its statement.
func (c *compiler) payload(id datumID, s stmtID) bool {
	switch c.data[id].kind {
	case isBlock:
		c.data[id].inner = c.newTab(c.scopeOf(s))
		c.data[id].ext = uint32(len(c.blocks))
		c.blocks = append(c.blocks, blockInfo{})
	case isMacro:
		c.data[id].inner = c.newTab(c.scopeOf(s))
		return c.parameters(id, s)
	case isClass, isClassMap, isCommon:
		return c.permissions(id, s)
	case isBool, isTunable:
		u := c.unitOf(s)
		value := u.file.Next(u.file.Next(c.stmts[s].node + 1))
		c.data[id].state = u.word(value) == wTrue
	default:
		c.newValue(id)
	}
	return true
}

// parameters reads a macro's parameters.
func (c *compiler) parameters(id datumID, s stmtID) bool {
	u := c.unitOf(s)
	f := u.file
	at := f.Next(f.Next(c.stmts[s].node + 1))
	var params []parameter
	for i := at + 1; i < f.End(at); i = f.Next(i) {
		if !f.IsList(i) || !u.fits(i+1, f.End(i), shapePair) {
			c.fail(s, i, "bad parameter").want("(KIND NAME)")
			return false
		}
		kind := parameterKind(u.word(i + 1))
		if kind == isNothing {
			c.fail(s, i+1, "no parameter can be a %s", f.Text(i+1)).want(
				"type, role, user, sensitivity, category, categoryset, level, levelrange, class, classmap, " +
					"classpermission, ipaddr, boolean, name or string")
			return false
		}
		name := u.word(f.Next(i + 1))
		if why := c.badName(name, kind); why != "" {
			c.fail(s, f.Next(i+1), "%s", why)
			return false
		}
		for _, p := range params {
			if p.name == name {
				c.fail(s, i, "two parameters are called %s", c.names[name])
				return false
			}
		}
		params = append(params, parameter{kind, name})
	}
	c.data[id].ext = uint32(len(c.macros))
	c.macros = append(c.macros, params)
	return true
}

func parameterKind(w symID) what {
	switch w {
	case wType:
		return isType
	case wRole:
		return isRole
	case wUser:
		return isUser
	case wSensitivity:
		return isSens
	case wCategory:
		return isCat
	case wCategorySet:
		return isCatSet
	case wLevel:
		return isLevel
	case wLevelRange:
		return isLevelRange
	case wClass:
		return isClass
	case wIPAddr:
		return isIPAddr
	case wClassMap:
		return isClassMap
	case wClassPermission:
		return isClassPermission
	case wBoolean:
		return isBool
	case wString, wName:
		return isName
	}
	return isNothing
}

const maxClassPerms = 32

// permissions reads the permissions that a class, class map or common declares.
func (c *compiler) permissions(id datumID, s stmtID) bool {
	u := c.unitOf(s)
	f := u.file
	at := f.Next(f.Next(c.stmts[s].node + 1))
	kind := c.data[id].kind
	permKind := isPerm
	if kind == isClassMap {
		permKind = isMapPerm
	}
	info := classInfo{copied: c.stmts[s].copied}
	seen := make(map[symID]bool)
	for i := at + 1; i < f.End(at); i = f.Next(i) {
		name := u.word(i)
		if name == wNone {
			c.fail(s, i, "want the name of a permission")
			return false
		}
		if why := c.badName(name, permKind); why != "" {
			c.fail(s, i, "%s", why)
			return false
		}
		if seen[name] {
			c.fail(s, i, "permission %s is declared again", c.names[name])
			return false
		}
		seen[name] = true
		info.names = append(info.names, name)
		if kind != isClassMap && c.permNum[name] == 0 && c.perms < maxPermNums {
			c.permNum[name] = uint16(c.perms)
			c.perms++
		}
	}
	if kind != isClassMap && len(info.names) > maxClassPerms {
		c.failStmt(s, "%s has %d permissions; an access vector holds %d", c.names[c.data[id].name], len(info.names),
			maxClassPerms)
		return false
	}
	info.num = uint32(len(info.names))
	c.data[id].ext = uint32(len(c.classes))
	c.classes = append(c.classes, info)
	return true
}

// remove takes a declaration out of its datum, and the datum out of its table
// when no declaration of it is left.
func (c *compiler) remove(s stmtID) {
	id := c.datumOf(s)
	if id == 0 {
		return
	}
	d := &c.data[id]
	switch {
	case d.first != s:
		for i, m := range d.more {
			if m == s {
				d.more = append(d.more[:i:i], d.more[i+1:]...)
				break
			}
		}
	case len(d.more) > 0:
		d.first, d.more = d.more[0], d.more[1:]
	default:
		d.first = 0
		if d.tab != 0 && c.lookup(d.tab, d.table, d.name) == id {
			c.put(d.tab, d.table, d.name, 0)
		}
		d.tab = 0
	}
}
