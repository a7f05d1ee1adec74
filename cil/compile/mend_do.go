package compile

import "slices"

// try makes the policy of the plan. It returns nil if something is wrong with it, or if
// it cannot be made so.
func (m *mender) try() *compiler {
	m.compiler = m.base.fork()
	m.growNames()
	m.before, m.first, m.fresh = len(m.data), stmtID(len(m.stmts)), nil
	m.old, m.loose, m.lost, m.todo = make(map[datumID]datum), make(map[datumID]bool), nil, [numPass][]stmtID{}
	m.exploded, m.inAfter, m.calling = false, false, false
	m.readUnits()
	if !m.count() || !m.forget() || !m.declareFresh() {
		return nil
	}
	c := m.compiler
	all := c.counts
	c.counts = m.freshCounts()
	if c.early() != nil || c.inherited > maxInherited {
		return nil
	}
	live := c.live
	c.live = nil
	c.gather()
	m.live, m.todo = c.live, c.todo
	if slices.ContainsFunc(m.live, func(s stmtID) bool { return !local(symID(c.stmts[s].kind)) }) {
		return nil // a call made it
	}
	c.live, c.todo, c.mustOrder, c.counts = live, [numPass][]stmtID{}, nil, all
	if !m.resolve() {
		return nil
	}
	m.splice()
	c.mending = nil
	c.countUses()
	c.groupSets()
	return c
}

// readUnits gives the edits the sources that their fresh statements are read from, and
// says where those that stay are now.
func (m *mender) readUnits() {
	c := m.compiler
	c.units = slices.Clone(c.units)
	c.parts = slices.Clone(m.parts)
	for _, e := range m.edits {
		if e.module == nil {
			continue
		}
		if e.old >= 0 && !e.replaced {
			p := &c.parts[e.old]
			for _, u := range p.units {
				if c.units[u].now == nil && c.units[u].file == e.module.file {
					e.unit = u
				}
			}
			if c.units[e.unit].file == e.module.file {
				continue
			}
		}
		e.unit = uint16(len(c.units))
		c.units = append(c.units, unit{file: e.module.file})
		if e.old < 0 {
			continue
		}
		p := &c.parts[e.old]
		for _, u := range p.units {
			was := &c.units[u]
			was.now = e.module.file
			if e.replaced {
				was.moves = append(slices.Clip(was.moves), move{e.behind[0], e.behind[1] - e.behind[0]})
			}
		}
		p.units = append(slices.Clip(p.units), e.unit)
	}
}

// count counts the statements of each keyword, and reports whether all that come and go are of
// keywords that can.
func (m *mender) count() bool {
	change := func(f *form, from, to int, by uint32) bool {
		for i := from; i < to; i++ {
			kw, _ := f.stmts[i].place(0)
			if !local(kw) {
				return false
			}
			m.counts[kw] += by
		}
		return true
	}
	for _, e := range m.edits {
		if e.old >= 0 {
			f := m.parts[e.old].module.form(m.opts.dialect())
			roots := f.roots()
			stays := e.stay(len(roots) - 1)
			for i, stays := range stays {
				if !stays && !change(f, roots[i].first, roots[i+1].first, ^uint32(0)) {
					return false
				}
			}
		}
		for i, it := range e.items {
			if it.fresh && !change(e.form, e.roots[i].first, e.roots[i+1].first, 1) {
				return false
			}
		}
	}
	return true
}

// freshCounts counts the statements that come.
func (m *mender) freshCounts() keywords {
	var k keywords
	for _, e := range m.edits {
		for i, it := range e.items {
			if it.fresh {
				for at := e.roots[i].first; at < e.roots[i+1].first; at++ {
					kw, _ := e.form.stmts[at].place(0)
					k[kw]++
				}
			}
		}
	}
	return k
}

// forget removes the declarations of the statements that go.
func (m *mender) forget() bool {
	c := m.compiler
	m.gone = newBitset(uint32(m.first))
	for _, e := range m.edits {
		if e.old < 0 {
			continue
		}
		roots := m.parts[e.old].roots
		for i, stays := range e.stay(len(roots)) {
			if !stays {
				m.gone.set(uint32(roots[i]))
			}
		}
	}
	goes := func(s stmtID) bool { return m.gone.has(uint32(c.rootOf(s))) }
	for i := 1; i < m.before; i++ {
		id := datumID(i)
		d := &c.data[id]
		if d.tab == 0 || d.first == 0 {
			continue
		}
		if d.kind == isOptional && d.tab == rootTab {
			for _, s := range append([]stmtID{d.first}, d.more...) {
				if goes(s) {
					c.remove(s)
				}
			}
			continue
		}
		first := goes(d.first)
		for _, s := range d.more {
			if goes(s) != first {
				return false // one of several declarations goes
			}
		}
		switch {
		case !first:
		case d.tab != rootTab:
			d.tab, d.first, d.more = 0, 0, nil
		case len(d.more) > 0:
			return false
		case adoptable(d.kind):
			m.old[id] = *d
		default:
			m.addDatum(d)
			c.put(rootTab, d.table, d.name, 0)
			d.tab, d.first = 0, 0
		}
	}
	return m.mayGo(goes)
}

// mayGo reports whether all live statements that go, and what calls made of them, can;
// aliases only together with the statements that say what they stand for.
func (m *mender) mayGo(goes func(s stmtID) bool) bool {
	for _, e := range m.edits {
		if e.old >= 0 && !m.mayGoFrom(m.base.liveOf(m.parts, e.old), goes) {
			return false
		}
	}
	return true
}

// liveOf returns the live statements of a part.
func (c *compiler) liveOf(parts []part, at int) []stmtID {
	list := c.live[slices.Index(c.live, parts[at].home):]
	if at+1 < len(parts) {
		list = list[:slices.Index(list, parts[at+1].home)]
	}
	return list
}

func (m *mender) mayGoFrom(live []stmtID, goes func(s stmtID) bool) bool {
	b := m.base
	going := false
	for _, s := range live {
		if at := b.stmts[s].scope; at == rootScope || b.scopes[at].parent == rootScope {
			going = m.gone.has(uint32(s))
		}
		if !going {
			continue
		}
		kw := symID(b.stmts[s].kind)
		if !local(kw) {
			return false
		}
		if kw == wTypeAliasActual {
			u, a := b.args(s)
			id := b.find(b.stmts[s].scope, tTypes, u.word(a))
			if id == 0 || !goes(b.data[id].first) {
				return false
			}
			m.loose[id] = true
		}
	}
	return true
}

// addDatum notes that what the name of a datum means is another thing now.
func (m *mender) addDatum(d *datum) {
	if d.kind == isBlock || d.kind == isMacro {
		m.addContainer(uint32(d.name))
		return
	}
	m.addName(uint32(d.name))
}

// declareFresh enters the statements that come. They stand in scopes of their own in
// the root, which has no others while they are expanded.
func (m *mender) declareFresh() bool {
	c := m.compiler
	c.scopes[rootScope].head, c.scopes[rootScope].tail = 0, 0
	c.mending = m
	for _, e := range m.ordered() {
		if e.module == nil {
			continue
		}
		e.home = c.newStmt(rootScope, wSourceInfo, e.unit, 0)
		home := c.scopeOf(e.home)
		for i := range e.items {
			if !e.items[i].fresh {
				continue
			}
			e.items[i].stmt = stmtID(len(c.stmts))
			base := scopeID(len(c.scopes) - 2 - e.roots[i].scopes)
			for at := e.roots[i].first; at < e.roots[i+1].first; at++ {
				kw, parent := e.form.stmts[at].place(base)
				if parent == rootScope {
					parent = home
				}
				s := c.newStmt(parent, kw, e.unit, e.form.stmts[at].node)
				if grammar[kw].what != isNothing && !c.enter(s, parent, false) {
					return false
				}
			}
		}
	}
	for id, was := range m.old {
		if d := &c.data[id]; d.kind == isTunable && !m.isNew(d.first) {
			c.put(rootTab, was.table, was.name, 0)
			d.tab, d.first = 0, 0
		}
	}
	return true
}

// ordered returns the edits in the order of the modules.
func (m *mender) ordered() []*edit {
	list := slices.Clone(m.edits)
	key := func(e *edit) int {
		if e.old < 0 {
			return 2 * e.at
		}
		return 2*e.old + 1
	}
	slices.SortStableFunc(list, func(a, b *edit) int { return key(a) - key(b) })
	return list
}

// adopt makes a statement the declaration of what one that went declared, if it is the
// same kind of thing. It reports whether it did.
func (m *mender) adopt(id datumID, s stmtID) bool {
	was, ok := m.old[id]
	d := &m.data[id]
	if !ok || d.first == 0 || m.isNew(d.first) {
		return false
	}
	if d.kind != grammar[m.stmts[s].kind].what {
		m.put(rootTab, was.table, was.name, 0)
		d.tab, d.first = 0, 0
		return false
	}
	d.first = s
	m.setDatum(s, id)
	if d.kind == isBool || d.kind == isTunable {
		u := m.unitOf(s)
		d.state = u.word(u.file.Next(u.file.Next(m.stmts[s].node+1))) == wTrue
	}
	return true
}

// isNew reports whether a statement is one that comes.
func (m *mender) isNew(s stmtID) bool { return s >= m.first }

// resolve looks the names of the new statements up, until no more of their optionals go
// away.
func (m *mender) resolve() bool {
	for id, was := range m.old {
		if d := &m.data[id]; d.tab != 0 && !m.isNew(d.first) {
			m.put(rootTab, was.table, was.name, 0)
			d.tab, d.first = 0, 0
		}
	}
	c := m.compiler
	whole := c.resolved
	for again := true; again; {
		c.resolved = whole.values()
		c.resolved.clearFrom(&m.base.resolved)
		for _, s := range m.todo[ofActual] {
			if id := c.datumOf(s); int(id) >= m.before || m.loose[id] {
				c.data[id].actual = 0
			}
		}
		var ok bool
		if again, ok = m.round(); !ok {
			return false
		}
	}
	whole.take(&c.resolved)
	m.lists, c.resolved = c.resolved, whole
	return true
}

// round mirrors that of the compiler.
func (m *mender) round() (again, ok bool) {
	c := m.compiler
	for pass := uint8(1); pass < numPass; pass++ {
		var doomed []scopeID
		for _, s := range m.todo[pass] {
			switch c.resolveStmt(s, pass) {
			case foundIt:
				continue
			case failed:
				return false, false
			case notFound:
			}
			opt := c.scopes[c.stmts[s].scope].optional
			if opt == 0 {
				return false, false
			}
			if !c.scopes[opt].doomed {
				c.scopes[opt].doomed = true
				m.lost = append(m.lost, goneOptional{opt, s, c.miss, c.missTable})
				doomed = append(doomed, opt)
			}
		}
		if len(c.diags.list) > 0 {
			return false, false
		}
		if len(doomed) > 0 {
			c.killAll(doomed)
			for p := range m.todo {
				m.todo[p] = c.alive(m.todo[p])
			}
			m.live = c.alive(m.live)
			return true, true
		}
	}
	return false, true
}

// disturbed reports whether names mean something else than the plan knows, so that more
// has to be done anew; ok is false if that is too much.
func (m *mender) disturbed() (again, ok bool) {
	for id, was := range m.old {
		if d := &m.data[id]; d.tab == 0 || d.actual != was.actual || d.kind == isTunable && d.state != was.state {
			m.addName(uint32(was.name))
		}
	}
	for _, id := range m.fresh {
		m.addDatum(&m.data[id]) // even if its optional went away: it may be declared in another that did
	}
	pulled := m.pulled
	ok = m.close()
	return m.pulled > pulled, ok
}
