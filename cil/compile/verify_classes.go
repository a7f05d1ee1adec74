package compile

// classPermsAreSane refuses class maps with permissions that nothing maps, sets
// that are never filled, and both if they contain themselves. It mirrors
// __cil_verify_map_class and __cil_verify_classpermission.
func (p *post) classPermsAreSane() {
	v := classVerifier{p.compiler, make(map[mapPerm]bool), make(map[mapPerm]bool)}
	for _, s := range p.few {
		id := p.datumOf(s)
		switch symID(p.stmts[s].kind) {
		case wClassMap:
			for n := range p.classes[p.data[id].ext].names {
				v.visit(mapPerm{id, uint32(n)}, s)
			}
		case wClassPermission:
			v.visit(mapPerm{id, 0}, s)
		}
	}
}

// A mapPerm is a permission of a class map, or a class permission set.
type mapPerm struct {
	id datumID
	n  uint32
}

type classVerifier struct {
	*compiler
	open, done map[mapPerm]bool
}

func (v classVerifier) visit(p mapPerm, s stmtID) bool {
	if v.done[p] {
		return true
	}
	d := &v.data[p.id]
	var list []classPerm
	if d.kind == isClassMap {
		info := &v.classes[d.ext]
		if info.seen == nil || !info.seen[p.n] {
			v.failStmt(s, "no classmapping gives permission %s of class map %s a meaning", v.names[info.names[p.n]],
				v.names[d.name]).
				want("(classmapping " + v.names[d.name] + " " + v.names[info.names[p.n]] + " (CLASS (PERMISSION...)))")
			v.done[p] = true
			return false
		}
		list = info.maps[p.n]
	} else {
		if !v.setSeen[d.ext] {
			v.failStmt(s, "no classpermissionset says what is in %s", v.names[d.name]).
				want("(classpermissionset " + v.names[d.name] + " (CLASS (PERMISSION...)))")
			v.done[p] = true
			return false
		}
		list = v.permSets[d.ext]
	}
	if v.open[p] {
		v.failStmt(s, "class permissions %s contain themselves", v.names[d.name])
		return false
	}
	v.open[p] = true
	defer delete(v.open, p)
	for _, cp := range list {
		if !v.visitPerm(cp, s) {
			v.done[p] = true
			return false
		}
	}
	v.done[p] = true
	return true
}

func (v classVerifier) visitPerm(cp classPerm, s stmtID) bool {
	if cp.set != 0 {
		return v.visit(mapPerm{cp.set, 0}, s)
	}
	if v.data[cp.class].kind == isClassMap {
		for _, n := range v.mapLists[cp.maps] {
			if !v.visit(mapPerm{cp.class, n}, s) {
				return false
			}
		}
	}
	return true
}

// expandPerms yields the classes and access vectors that class permissions come
// to, in the order in which libsepol writes rules for them.
func (c *compiler) expandPerms(cp classPerm, yield func(class datumID, mask uint32)) {
	switch {
	case cp.set != 0:
		for _, p := range c.permSets[c.data[cp.set].ext] {
			c.expandPerms(p, yield)
		}
	case c.data[cp.class].kind == isClassMap:
		info := &c.classes[c.data[cp.class].ext]
		for _, n := range c.mapLists[cp.maps] {
			for _, p := range info.maps[n] {
				c.expandPerms(p, yield)
			}
		}
	default:
		yield(cp.class, cp.mask)
	}
}

// expandClass returns the classes that a class or class map stands for, with
// repetitions. It mirrors cil_expand_class.
func (c *compiler) expandClass(id datumID) []datumID {
	if c.data[id].kind != isClassMap {
		return []datumID{id}
	}
	var list []datumID
	info := &c.classes[c.data[id].ext]
	for _, n := range c.hashOrder(info) {
		if info.maps == nil {
			break
		}
		for _, cp := range info.maps[n] {
			c.expandPerms(cp, func(class datumID, _ uint32) { list = append(list, class) })
		}
	}
	return list
}
