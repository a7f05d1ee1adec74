package compile

// catSetStmt resolves a categoryset.
func (c *compiler) catSetStmt(s stmtID) found {
	u, a := c.args(s)
	expr, got := c.expression(s, u, a+1, tCats)
	if got == foundIt {
		c.cats[c.data[c.datumOf(s)].ext] = catList{expr: expr}
	}
	return got
}

// sensCat mirrors cil_resolve_senscat.
func (c *compiler) sensCat(s stmtID) found {
	u, a := c.args(s)
	id, got := c.name(s, tSens, u, a)
	if got != foundIt {
		return got
	}
	list, got := c.catsOf(s, u, a+1)
	if got != foundIt {
		return got
	}
	if d := &c.data[id]; d.kind == isSens {
		info := &c.senses[d.ext]
		info.cats = append(info.cats, list)
	}
	return foundIt
}

// classCommon mirrors cil_resolve_classcommon.
func (c *compiler) classCommon(s stmtID) found {
	u, a := c.args(s)
	class, got := c.name(s, tClasses, u, a)
	if got != foundIt {
		return got
	}
	if c.data[class].kind != isClass {
		c.notA(s, class, "a class")
		return failed
	}
	common, got := c.name(s, tCommons, u, a+1)
	if got != foundIt {
		return got
	}
	info := &c.classes[c.data[class].ext]
	if info.common != 0 {
		c.failStmt(s, "class %s has a common already", c.names[c.data[class].name])
		return failed
	}
	info.common, info.bits = common, info.bits[:0]
	info.num += c.classes[c.data[common].ext].num
	if info.num > maxClassPerms {
		c.failStmt(s, "class %s has %d permissions with its common; an access vector holds %d",
			c.names[c.data[class].name], info.num, maxClassPerms)
		return failed
	}
	return foundIt
}

// misc3 resolves all other statements.
func (c *compiler) misc3(s stmtID) found {
	kw := symID(c.stmts[s].kind)
	switch kw {
	case wAllow, wAuditAllow, wDontAudit, wNeverAllow, wDeny:
		return c.avRule(s, kw)
	case wTypeAttributeSet:
		return c.attributeSet(s, tTypes, isTypeAttribute)
	case wRoleAttributeSet:
		return c.attributeSet(s, tRoles, isRoleAttribute)
	case wUserAttributeSet:
		return c.attributeSet(s, tUsers, isUserAttribute)
	case wRoleType:
		return c.join(s, tRoles, tTypes, &c.roleTypes)
	case wUserRole:
		return c.join(s, tUsers, tRoles, &c.userRoles)
	case wRoleAllow:
		return c.join(s, tRoles, tRoles, &c.roleAllows)
	case wAllowX, wAuditAllowX, wDontAuditX, wNeverAllowX:
		return c.avxRule(s, kw)
	case wTypeTransition, wTypeChange, wTypeMember:
		return c.typeRule(s, kw)
	case wExpandTypeAttribute:
		return c.expandAttribute(s)
	case wTypeBounds:
		return c.bounds(s, tTypes, isTypeAttribute)
	case wRoleBounds:
		return c.bounds(s, tRoles, isRoleAttribute)
	case wUserBounds:
		return c.bounds(s, tUsers, isUserAttribute)
	case wTypePermissive:
		return c.typeOnly(s, &c.permissive)
	case wTypeNeverAudit:
		return c.typeOnly(s, &c.neverAudit)
	case wRangeTransition:
		return c.rangeTransition(s)
	case wRoleTransition:
		return c.roleTransition(s)
	case wClassPermissionSet:
		return c.permissionSet(s)
	case wClassMapping:
		return c.classMapping(s)
	case wPermissionX:
		u, a := c.args(s)
		_, got := c.permissionX(s, u, a+1, c.data[c.datumOf(s)].ext)
		return got
	case wUserLevel, wUserRange:
		return c.userLevels(s, kw)
	case wUserPrefix:
		u, a := c.args(s)
		id, got := c.userOf(s, u, a)
		if got == foundIt {
			c.prefixes = append(c.prefixes, seUser{stmt: s, name: u.file.Text(a + 1), user: id})
		}
		return got
	case wSELinuxUser, wSELinuxUserDefault:
		return c.seLinuxUser(s, kw)
	case wLevel:
		u, a := c.args(s)
		return c.levelParts(s, u, a+1, c.data[c.datumOf(s)].ext)
	case wLevelRange:
		u, a := c.args(s)
		return c.rangeParts(s, u, a+1, c.data[c.datumOf(s)].ext)
	case wContext:
		u, a := c.args(s)
		return c.contextParts(s, u, a+1, c.data[c.datumOf(s)].ext)
	case wConstrain, wMLSConstrain, wValidateTrans, wMLSValidateTrans:
		return c.constraint(s, kw)
	case wSIDContext:
		return c.sidContext(s)
	case wDefaultUser, wDefaultRole, wDefaultType, wDefaultRange:
		return c.defaultRule(s, kw)
	}
	return c.label(s, kw)
}

// avRule mirrors cil_resolve_avrule and cil_resolve_deny_rule.
func (c *compiler) avRule(s stmtID, kw symID) found {
	r, ok := avRule{}, false
	if kw != wDeny {
		r, ok = c.keptRule(s)
	}
	if !ok {
		u, a := c.args(s)
		r = avRule{stmt: s, kind: kw}
		var got found
		if r.src, r.tgt, got = c.sourceTarget(s, u, a); got != foundIt {
			return got
		}
		if r.cp, got = c.classPerms(s, u, a+2); got != foundIt {
			return got
		}
	}
	if kw == wDeny {
		c.denies = append(c.denies, r)
		return foundIt
	}
	c.typesUsed(r.src, r.tgt, kw)
	c.rules = append(c.rules, r)
	return foundIt
}

// sourceTarget looks up the source and the target of a rule.
func (c *compiler) sourceTarget(s stmtID, u *unit, a uint32) (src, tgt datumID, got found) {
	src, got = c.name(s, tTypes, u, a)
	if got != foundIt {
		return 0, 0, got
	}
	switch w := u.word(a + 1); {
	case w == wSelf:
		return src, toSelf, foundIt
	case w == wNotSelf && c.opts.since(6):
		return src, toNotSelf, foundIt
	case w == wOther && c.opts.since(6):
		return src, toOther, foundIt
	}
	tgt, got = c.name(s, tTypes, u, a+1)
	return src, tgt, got
}

// typesUsed notes the attributes of a rule whose target has a name.
func (c *compiler) typesUsed(src, tgt datumID, kw symID) {
	if !named(tgt) {
		return
	}
	use := uint8(usedInRule)
	if kw == wNeverAllow || kw == wNeverAllowX {
		use = usedInNeverallow
	}
	c.typeUsed(src, use)
	c.typeUsed(tgt, use)
}

func (c *compiler) avxRule(s stmtID, kw symID) found {
	u, a := c.args(s)
	src, tgt, got := c.sourceTarget(s, u, a)
	if got != foundIt {
		return got
	}
	c.typesUsed(src, tgt, kw)
	permx := uint32(0)
	if at := a + 2; u.file.IsList(at) {
		c.permxs = append(c.permxs, permX{})
		permx, got = c.permissionX(s, u, at, uint32(len(c.permxs)-1))
	} else {
		var id datumID
		id, got = c.name(s, tPermX, u, at)
		permx = c.data[id].ext
	}
	if got == foundIt {
		c.xrules = append(c.xrules, avxRule{stmt: s, src: src, tgt: tgt, permx: permx, kind: kw})
	}
	return got
}

// permissionX mirrors cil_resolve_permissionx: only the class is a name.
func (c *compiler) permissionX(s stmtID, u *unit, i, n uint32) (uint32, found) {
	class, got := c.name(s, tClasses, u, i+2)
	if got != foundIt {
		return 0, got
	}
	c.permxs[n] = permX{class: class, unit: c.stmts[s].unit, node: i, kind: u.word(i + 1)}
	return n, foundIt
}

// typeRule mirrors cil_resolve_type_rule and cil_resolve_nametypetransition.
func (c *compiler) typeRule(s stmtID, kw symID) found {
	u, a := c.args(s)
	r := typeRule{stmt: s, kind: kw}
	var got found
	if r.src, got = c.name(s, tTypes, u, a); got != foundIt {
		return got
	}
	if u.word(a+1) != wSelf {
		if r.tgt, got = c.name(s, tTypes, u, a+1); got != foundIt {
			return got
		}
	}
	if r.class, got = c.name(s, tClasses, u, a+2); got != foundIt {
		return got
	}
	result := a + 3
	if result+1 < u.file.End(c.stmts[s].node) {
		if u.word(result) != wStar {
			if r.fileName, got = c.nameArgument(s, u.word(result)); got != foundIt {
				return got
			}
		}
		result++
	}
	if r.result, got = c.name(s, tTypes, u, result); got != foundIt {
		return got
	}
	if k := c.data[r.result].kind; k != isType && (k != isTypeAlias || r.fileName == 0) {
		c.notA(s, r.result, "a type")
		return failed
	}
	c.typeRules = append(c.typeRules, r)
	return foundIt
}

// nameArgument looks up the name of a file or a path: it stands for itself, or for
// an argument of the macro.
func (c *compiler) nameArgument(s stmtID, name symID) (datumID, found) {
	if id := c.insertName(c.stmts[s].scope, name); id != 0 {
		return id, foundIt
	}
	return c.resolve(s, tNames, name)
}

// attributeSet mirrors cil_resolve_typeattributeset and its like.
func (c *compiler) attributeSet(s stmtID, t table, kind what) found {
	set, ok := c.keptSet(s)
	if !ok {
		u, a := c.args(s)
		set = attributeSet{stmt: s}
		var got found
		if set.attr, got = c.name(s, t, u, a); got != foundIt {
			return got
		}
		if c.data[set.attr].kind != kind {
			c.notA(s, set.attr, "a "+whatNames[kind])
			return failed
		}
		if set.expr, got = c.expression(s, u, a+1, t); got != foundIt {
			return got
		}
	}
	c.sets = append(c.sets, set)
	return foundIt
}

func (c *compiler) expandAttribute(s stmtID) found {
	u, a := c.args(s)
	f := u.file
	use := uint8(expandFalse)
	if u.word(f.Next(a)) == wTrue {
		use = expandTrue
	}
	i, stop := a, f.Next(a)
	if f.IsList(a) {
		i = a + 1
	}
	for ; i < stop; i = f.Next(i) {
		id, got := c.name(s, tTypes, u, i)
		if got != foundIt {
			return got
		}
		if c.data[id].kind != isTypeAttribute {
			c.notA(s, id, "a type attribute")
			return failed
		}
		c.typeUsed(id, use)
	}
	return foundIt
}

// join resolves a statement of two names.
func (c *compiler) join(s stmtID, ta, tb table, list *[]pair) found {
	u, i := c.args(s)
	a, got := c.name(s, ta, u, i)
	if got != foundIt {
		return got
	}
	b, got := c.name(s, tb, u, i+1)
	if got != foundIt {
		return got
	}
	*list = append(*list, pair{s, a, b})
	return foundIt
}

// bounds mirrors cil_resolve_bounds.
func (c *compiler) bounds(s stmtID, t table, attribute what) found {
	u, a := c.args(s)
	parent, got := c.name(s, t, u, a)
	if got != foundIt {
		return got
	}
	if c.data[parent].kind == attribute {
		c.failStmt(s, "%s is a %s; it cannot bound anything", c.names[c.data[parent].name], whatNames[attribute])
		return failed
	}
	child, got := c.name(s, t, u, a+1)
	if got != foundIt {
		return got
	}
	if c.data[child].kind == attribute {
		c.failStmt(s, "%s is a %s; it cannot be bounded", c.names[c.data[child].name], whatNames[attribute])
		return failed
	}
	if c.data[child].bounds != 0 {
		c.failStmt(s, "%s is bounded by %s already", c.names[c.data[child].name],
			c.names[c.data[c.data[child].bounds].name])
		return failed
	}
	c.data[child].bounds = parent
	return foundIt
}

// typeOnly resolves a statement that names a type, which may be no attribute.
func (c *compiler) typeOnly(s stmtID, list *[]pair) found {
	u, a := c.args(s)
	id, got := c.name(s, tTypes, u, a)
	if got != foundIt {
		return got
	}
	if k := c.data[id].kind; k != isType && k != isTypeAlias {
		c.notA(s, id, "a type")
		return failed
	}
	*list = append(*list, pair{s, id, 0})
	return foundIt
}

func (c *compiler) rangeTransition(s stmtID) found {
	u, a := c.args(s)
	r := rangeRule{stmt: s}
	var got found
	if r.src, got = c.name(s, tTypes, u, a); got != foundIt {
		return got
	}
	if r.tgt, got = c.name(s, tTypes, u, a+1); got != foundIt {
		return got
	}
	if r.class, got = c.name(s, tClasses, u, a+2); got != foundIt {
		return got
	}
	if r.levels, got = c.levelRange(s, u, a+3); got != foundIt {
		return got
	}
	c.rangeRules = append(c.rangeRules, r)
	return foundIt
}

func (c *compiler) roleTransition(s stmtID) found {
	u, a := c.args(s)
	r := roleRule{stmt: s}
	var got found
	if r.src, got = c.name(s, tRoles, u, a); got != foundIt {
		return got
	}
	if r.tgt, got = c.name(s, tTypes, u, a+1); got != foundIt {
		return got
	}
	if r.class, got = c.name(s, tClasses, u, a+2); got != foundIt {
		return got
	}
	if r.result, got = c.name(s, tRoles, u, a+3); got != foundIt {
		return got
	}
	if c.data[r.result].kind != isRole {
		c.notA(s, r.result, "a role")
		return failed
	}
	c.roleRules = append(c.roleRules, r)
	return foundIt
}

func (c *compiler) permissionSet(s stmtID) found {
	u, a := c.args(s)
	id, got := c.name(s, tClassPerms, u, a)
	if got != foundIt {
		return got
	}
	cp, got := c.classPerms(s, u, a+1)
	if got != foundIt {
		return got
	}
	ext := c.data[id].ext
	c.permSets[ext] = append(c.permSets[ext], cp)
	c.setSeen[ext] = true
	return foundIt
}

func (c *compiler) classMapping(s stmtID) found {
	u, a := c.args(s)
	id, got := c.name(s, tClasses, u, a)
	if got != foundIt {
		return got
	}
	ext := c.data[id].ext
	n, ok := indexOf(c.classes[ext].names, u.word(a+1))
	if !ok {
		c.missPerm(u.word(a + 1))
		c.missClass = id
		return notFound
	}
	cp, got := c.classPerms(s, u, a+2)
	if got != foundIt {
		return got
	}
	info := &c.classes[ext]
	if info.maps == nil {
		info.maps = make([][]classPerm, len(info.names))
		info.seen = make([]bool, len(info.names))
	}
	info.maps[n] = append(info.maps[n], cp)
	info.seen[n] = true
	return foundIt
}

// userOf looks up a name that must be a user's.
func (c *compiler) userOf(s stmtID, u *unit, i uint32) (datumID, found) {
	id, got := c.name(s, tUsers, u, i)
	if got == foundIt && c.data[id].kind != isUser {
		c.notA(s, id, "a user")
		return 0, failed
	}
	return id, got
}

func (c *compiler) userLevels(s stmtID, kw symID) found {
	u, a := c.args(s)
	id, got := c.userOf(s, u, a)
	if got != foundIt {
		return got
	}
	if kw == wUserLevel {
		n, got := c.level(s, u, a+1)
		if got == foundIt {
			c.users[c.data[id].ext].level = n
		}
		return got
	}
	n, got := c.levelRange(s, u, a+1)
	if got == foundIt {
		c.users[c.data[id].ext].levels = n
	}
	return got
}

func (c *compiler) seLinuxUser(s stmtID, kw symID) found {
	u, a := c.args(s)
	r := seUser{stmt: s, dflt: kw == wSELinuxUserDefault, name: words[wDefaultName]}
	if !r.dflt {
		r.name = u.file.Text(a)
		a++
	}
	var got found
	if r.user, got = c.userOf(s, u, a); got != foundIt {
		return got
	}
	if r.levels, got = c.levelRange(s, u, a+1); got != foundIt {
		return got
	}
	c.seUsers = append(c.seUsers, r)
	return foundIt
}

func (c *compiler) sidContext(s stmtID) found {
	u, a := c.args(s)
	id, got := c.name(s, tSIDs, u, a)
	if got != foundIt {
		return got
	}
	ctx, got := c.context(s, u, a+1)
	if got != foundIt {
		return got
	}
	if c.sidCtx[id] != 0 {
		c.failStmt(s, "initial SID %s has a context already", c.names[c.data[id].name])
		return failed
	}
	c.sidCtx[id] = ctx
	return foundIt
}

func (c *compiler) defaultRule(s stmtID, kw symID) found {
	u, a := c.args(s)
	f := u.file
	r := defaultRule{stmt: s, kind: kw}
	i, stop := a, f.Next(a)
	if f.IsList(a) {
		i = a + 1
	}
	for ; i < stop; i = f.Next(i) {
		id, got := c.name(s, tClasses, u, i)
		if got != foundIt {
			return got
		}
		r.classes = append(r.classes, id)
	}
	switch object := u.word(stop); {
	case object == wGLBLUB:
		r.value = 7
	case kw == wDefaultRange:
		r.value = uint32(u.word(stop+1)-wLow) + 1
		if object == wTarget {
			r.value += 3
		}
	case object == wSource:
		r.value = 1
	default:
		r.value = 2
	}
	c.defaults = append(c.defaults, r)
	return foundIt
}
