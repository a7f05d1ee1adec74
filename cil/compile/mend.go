package compile

import (
	"slices"
	"sort"
	"strings"
)

// This file changes what was resolved where a module changed. It does not try
// where that is rare or hard: where a name can mean different things in different
// places, and for statements that all others depend on.

// mendable reports whether a policy is made of statements whose names are those of
// the root: nothing was copied, and nothing is declared twice.
func (c *compiler) mendable() bool {
	return !c.opts.MultipleDecls && len(c.units) < maxMended && len(c.stmts) < 2*len(c.live)+maxMended && c.counts.of(
		wBlock, wBlockInherit, wBlockAbstract, wMacro, wCall, wIn, wTunable, wTunableIf, wDeny) == 0
}

// maxMended bounds what is left behind before all is built anew.
const maxMended = 1 << 12

// local reports whether the statements of a keyword can come and go with their
// module: they are in lists, or declare what only lists name.
func local(kw symID) bool {
	switch kw {
	case wType, wTypeAttribute, wTypeAttributeSet, wTypeAlias, wTypeAliasActual, wTypePermissive, wTypeTransition,
		wTypeChange, wTypeMember, wRangeTransition, wRole, wRoleAttribute, wRoleAttributeSet, wRoleType, wRoleTransition,
		wRoleAllow, wUserRole, wBoolean, wBooleanIf, wTrue, wFalse, wAllow, wAuditAllow, wDontAudit, wNeverAllow,
		wAllowX, wAuditAllowX, wDontAuditX, wNeverAllowX, wOptional, wSourceInfo, wFilecon, wPortCon, wNodeCon,
		wGenFSCon, wNetifCon, wFSUse, wIBPKeyCon, wIBEndPortCon, wUserPrefix, wSELinuxUser:
		return true
	}
	return false
}

func (f *form) local() bool {
	for kw, n := range f.counts {
		if n > 0 && !local(symID(kw)) {
			return false
		}
	}
	return len(f.diags.list) == 0
}

// fork returns a compilation that has the same names, and can go on on its own:
// what later stages and mending write into is copied. Lists that only grow are
// shared; of those that are forked from one, only the last may grow.
func (c *compiler) fork() *compiler {
	n := *c
	n.data, n.classes = slices.Clone(c.data), slices.Clone(c.classes)
	n.attrs, n.users, n.roles = slices.Clone(c.attrs), slices.Clone(c.users), slices.Clone(c.roles)
	n.cats, n.permxs, n.scopes = slices.Clone(c.cats), slices.Clone(c.permxs), slices.Clone(c.scopes)
	for t := range n.root {
		n.root[t] = slices.Clone(c.root[t])
	}
	n.last, n.todo, n.mustOrder = kept{}, [numPass][]stmtID{}, nil
	return &n
}

// mend replaces modules in what was resolved; modules are those of the whole
// build. It returns false, and spoils the compilation, if all has to be built anew.
func (c *compiler) mend(h hunk, modules []*Module) bool {
	if c.sequence == nil {
		for u := range c.units {
			c.sequence = append(c.sequence, uint16(u))
		}
	}
	old := c.sequence[h.at:h.oldEnd]
	for _, u := range old {
		if !c.forms[u].local() {
			return false
		}
	}
	for _, m := range h.modules {
		if m.file.Table() != c.table || !m.form(c.opts.dialect()).local() {
			return false
		}
	}
	c.growNames()
	m := mender{compiler: c, old: make(map[datumID]datumID), before: len(c.data), first: stmtID(len(c.stmts))}
	c.places = c.unitPlaces()
	if !m.forget(h) {
		return false
	}
	for _, mod := range h.modules {
		c.forms = append(slices.Clone(c.forms), mod.form(c.opts.dialect()))
		c.units = append(slices.Clone(c.units), unit{file: mod.file})
		if !m.declare(len(c.units)-1, c.forms[len(c.forms)-1]) {
			return false
		}
	}
	if !m.resolve() || m.mentioned(h, modules) {
		return false
	}
	m.splice(h)
	c.countUses()
	c.groupSets()
	return true
}

// growNames takes the names over that the table has got since.
func (c *compiler) growNames() {
	known := len(c.names)
	if c.table.Len() == known {
		return
	}
	c.names = c.table.Texts()
	c.permNum, c.legal = slices.Clone(c.permNum), slices.Clone(c.legal)
	for _, text := range c.names[known:] {
		c.permNum = append(c.permNum, 0)
		c.legal = append(c.legal, dotted(text))
	}
}

// unitPlaces returns where each unit stands.
func (c *compiler) unitPlaces() []uint32 {
	places := make([]uint32, len(c.units))
	for n := range places {
		places[n] = uint32(n)
	}
	for n, u := range c.sequence {
		places[u] = uint32(n)
	}
	return places
}

// span returns which items of a list, which is in the order of the tree, are of
// the modules that a hunk replaces.
func span[T any](c *compiler, h hunk, list []T, stmtOf func(*T) stmtID) (from, to int) {
	at := func(place int) int {
		return sort.Search(len(list), func(i int) bool {
			return c.places[c.stmts[stmtOf(&list[i])].unit] >= uint32(place)
		})
	}
	return at(h.at), at(h.oldEnd)
}

// A mender replaces modules.
type mender struct {
	*compiler
	// old holds what the replaced modules declared, with what it stood for if it is
	// an alias.
	old    map[datumID]datumID
	before int    // how many data there were
	first  stmtID // of the new modules
	live   []stmtID
	todo   [numPass][]stmtID
	lists  resolved // what the new modules resolve to
	gone   []goneOptional
}

// forget collects what the replaced modules declare.
func (m *mender) forget(h hunk) bool {
	from, to := span(m.compiler, h, m.compiler.live, func(s *stmtID) stmtID { return *s })
	for _, s := range m.compiler.live[from:to] {
		kw := symID(m.stmts[s].kind)
		if grammar[kw].what == isNothing {
			continue
		}
		id := m.datumOf(s)
		if kw == wOptional {
			m.remove(s) // nothing names it
			continue
		}
		if d := &m.data[id]; d.first != s || len(d.more) > 0 {
			return false
		}
		m.old[id] = m.data[id].actual
	}
	for _, s := range m.compiler.live[from:to] {
		if symID(m.stmts[s].kind) != wTypeAliasActual {
			continue
		}
		// The alias of another module would keep what this statement gave it.
		u, a := m.args(s)
		if _, ok := m.old[m.lookup(rootTab, tTypes, u.word(a))]; !ok {
			return false
		}
	}
	return true
}

// declare enters the statements of a new module. What has the name and kind of
// something that was replaced is that.
func (m *mender) declare(n int, f *form) bool {
	base := scopeID(len(m.scopes)) - 2
	for i := range f.stmts {
		st := &f.stmts[i]
		kw, parent := st.place(base)
		s := m.newStmt(parent, kw, uint16(n), st.node)
		m.live = append(m.live, s)
		if p := grammar[kw].pass; p != noPass {
			m.todo[p] = append(m.todo[p], s)
		}
		if grammar[kw].what != isNothing && !m.adopt(s, parent, kw) && !m.enter(s, parent, false) {
			return false
		}
	}
	return true
}

func (m *mender) adopt(s stmtID, parent scopeID, kw symID) bool {
	g := &grammar[kw]
	_, name := m.declaredName(s)
	id := m.lookup(rootTab, g.table, name)
	d := &m.data[id]
	if _, ok := m.old[id]; !ok || d.kind != g.what || m.isNew(d.first) {
		return false
	}
	d.first, d.actual = s, 0
	m.setDatum(s, id)
	if kw == wBoolean {
		u := m.unitOf(s)
		d.state = u.word(u.file.Next(u.file.Next(m.stmts[s].node+1))) == wTrue
	}
	return m.shadowsNothing(s, parent, g.what, name, false)
}

// isNew reports whether a statement is of a new module.
func (m *mender) isNew(s stmtID) bool { return s >= m.first }

// resolve looks the names of the new modules up, until no more of their optionals
// go away.
func (m *mender) resolve() bool {
	for id := range m.old {
		if d := &m.data[id]; !m.isNew(d.first) {
			m.put(rootTab, d.table, d.name, 0)
			d.tab, d.first = 0, 0
		}
	}
	c := m.compiler
	whole := c.resolved
	for again := true; again; {
		c.resolved = whole.values()
		for _, s := range m.todo[ofActual] {
			c.data[c.datumOf(s)].actual = 0
		}
		var ok bool
		if again, ok = m.round(); !ok {
			return false
		}
		whole.take(&c.resolved)
	}
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
				m.gone = append(m.gone, goneOptional{opt, s, c.miss, c.missTable})
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

// values returns what is resolved without the lists: of what they refer to.
func (r *resolved) values() resolved {
	return resolved{
		exprs: r.exprs, mapLists: r.mapLists, permxs: r.permxs, cats: r.cats, levels: r.levels, ranges: r.ranges,
		contexts: r.contexts, attrs: r.attrs, permSets: r.permSets, setSeen: r.setSeen, users: r.users, roles: r.roles,
		senses: r.senses, sidCtx: r.sidCtx, keptPermxs: r.keptPermxs, keptCats: r.keptCats, keptLevels: r.keptLevels,
		keptRanges: r.keptRanges, keptContexts: r.keptContexts, orders: r.orders, order: r.order,
	}
}

// take takes the values over from what lists were resolved with.
func (r *resolved) take(o *resolved) {
	r.exprs, r.mapLists, r.permxs, r.cats, r.levels, r.ranges = o.exprs, o.mapLists, o.permxs, o.cats, o.levels, o.ranges
	r.contexts, r.attrs, r.permSets, r.setSeen = o.contexts, o.attrs, o.permSets, o.setSeen
	r.users, r.roles, r.senses = o.users, o.roles, o.senses
}

// mentioned reports whether another module has a name that the change brings,
// takes away, or gives another meaning.
func (m *mender) mentioned(h hunk, modules []*Module) bool {
	var names []uint32
	for id, actual := range m.old {
		if d := &m.data[id]; d.tab == 0 || d.actual != actual {
			names = append(names, uint32(d.name))
		}
	}
	for id := m.before; id < len(m.data); id++ {
		if d := &m.data[id]; d.tab != 0 && d.table != tBlocks && d.table != tNames {
			names = append(names, uint32(d.name))
		}
	}
	if len(names) == 0 {
		return false
	}
	for _, n := range names[:len(names):len(names)] {
		for other, text := range m.names { // with the names of blocks in front
			if m.legal[other]&nameDotted != 0 && strings.HasSuffix(text, "."+m.names[n]) {
				names = append(names, uint32(other))
			}
		}
	}
	for _, mod := range modules {
		if !slices.Contains(h.modules, mod) && (mod.file.Table() != m.table || mod.mentions(names)) {
			return true
		}
	}
	return false
}

// splice puts what the new modules resolve to in the place of the old.
func (m *mender) splice(h hunk) {
	c, n := m.compiler, &m.lists
	c.live = replaced(c, h, c.live, m.live, func(s *stmtID) stmtID { return *s })
	c.rules = replaced(c, h, c.rules, n.rules, func(r *avRule) stmtID { return r.stmt })
	c.sets = replaced(c, h, c.sets, n.sets, func(r *attributeSet) stmtID { return r.stmt })
	c.xrules = replaced(c, h, c.xrules, n.xrules, func(r *avxRule) stmtID { return r.stmt })
	c.typeRules = replaced(c, h, c.typeRules, n.typeRules, func(r *typeRule) stmtID { return r.stmt })
	c.rangeRules = replaced(c, h, c.rangeRules, n.rangeRules, func(r *rangeRule) stmtID { return r.stmt })
	c.roleRules = replaced(c, h, c.roleRules, n.roleRules, func(r *roleRule) stmtID { return r.stmt })
	pairOf := func(p *pair) stmtID { return p.stmt }
	c.roleAllows = replaced(c, h, c.roleAllows, n.roleAllows, pairOf)
	c.roleTypes = replaced(c, h, c.roleTypes, n.roleTypes, pairOf)
	c.userRoles = replaced(c, h, c.userRoles, n.userRoles, pairOf)
	c.permissive = replaced(c, h, c.permissive, n.permissive, pairOf)
	c.labels = replaced(c, h, c.labels, n.labels, func(l *label) stmtID { return l.stmt })
	c.boolIfs = replaced(c, h, c.boolIfs, n.boolIfs, func(b *boolIf) stmtID { return b.stmt })
	userOf := func(u *seUser) stmtID { return u.stmt }
	c.seUsers = replaced(c, h, c.seUsers, n.seUsers, userOf)
	c.prefixes = replaced(c, h, c.prefixes, n.prefixes, userOf)

	gone := make([]goneOptional, 0, len(c.gone)+len(m.gone))
	for _, g := range c.gone {
		if at := int(c.places[c.stmts[g.stmt].unit]); at < h.at || at >= h.oldEnd {
			gone = append(gone, g)
		}
	}
	c.gone = append(gone, m.gone...)
	fresh := make([]uint16, len(h.modules))
	for i := range fresh {
		fresh[i] = uint16(len(c.units) - len(h.modules) + i)
	}
	for _, u := range c.sequence[h.at:h.oldEnd] {
		for kw, n := range c.forms[u].counts {
			c.counts[kw] -= n
		}
	}
	for _, u := range fresh {
		for kw, n := range c.forms[u].counts {
			c.counts[kw] += n
		}
	}
	c.sequence = slices.Concat(c.sequence[:h.at], fresh, c.sequence[h.oldEnd:])
	c.places = nil
}

func replaced[T any](c *compiler, h hunk, list, now []T, stmtOf func(*T) stmtID) []T {
	from, to := span(c, h, list, stmtOf)
	if from == to && len(now) == 0 {
		return list
	}
	return slices.Concat(list[:from], now, list[to:])
}

// countUses notes anew how rules use attributes.
func (c *compiler) countUses() {
	for i := range c.data {
		c.data[i].used &^= usedInRule | usedInNeverallow
	}
	for i := range c.rules {
		c.typesUsed(c.rules[i].src, c.rules[i].tgt, c.rules[i].kind)
	}
	for i := range c.xrules {
		c.typesUsed(c.xrules[i].src, c.xrules[i].tgt, c.xrules[i].kind)
	}
}
