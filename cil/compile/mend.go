package compile

import "slices"

// This file and its neighbours change what was resolved where modules changed. A
// statement that stands in nothing, with all that it holds, is the piece that comes,
// goes or is done anew. Those of a changed module that read as before stay, as do all
// others, unless they name something that now means something else, or stand for it:
// the calls of a macro go with the macro. What cannot be done so is built anew.

// A part is a module of a resolved policy.
type part struct {
	module *Module
	units  []uint16 // what its statements are read from
	home   stmtID   // the statement that holds it
	roots  []stmtID // what it holds, in the order of the source
	// whole says that not each of the roots stands where it is in the source.
	whole bool
}

// A formRoot is a statement of a form that stands in nothing: its index, and how many
// scopes there are before it.
type formRoot struct{ first, scopes int }

// roots returns the statements that stand in nothing, and one more at the end.
func (f *form) roots() []formRoot {
	f.findRoots.Do(func() { f.rootList = f.listRoots() })
	return f.rootList
}

func (f *form) listRoots() []formRoot {
	list := make([]formRoot, 0, len(f.stmts)/2+1)
	scopes := 0
	for i := range f.stmts {
		kw, parent := f.stmts[i].place(0)
		if parent == rootScope {
			list = append(list, formRoot{i, scopes})
		}
		if isScope(kw) {
			scopes++
		}
	}
	return append(list, formRoot{len(f.stmts), scopes})
}

// whole reports whether statements of the form move, or have places that depend on
// others: then all of a module is one piece.
func (f *form) whole() bool {
	return f.counts.has(wTunableIf) || f.counts.has(wSourceInfo)
}

// splitParts returns the parts of a policy that was built as a whole.
func (c *compiler) splitParts(modules []*Module) []part {
	parts := make([]part, 0, len(modules))
	for home := c.scopes[rootScope].head; home != 0; home = c.stmts[home].next {
		n := len(parts)
		parts = append(parts, c.partOf(modules[n], c.forms[n], uint16(n), home))
	}
	return parts
}

func (c *compiler) partOf(m *Module, f *form, unit uint16, home stmtID) part {
	p := part{module: m, units: []uint16{unit}, home: home, whole: f.whole()}
	for s := c.scopes[c.scopeOf(home)].head; s != 0; s = c.stmts[s].next {
		p.roots = append(p.roots, s)
		p.whole = p.whole || c.stmts[s].copied
	}
	return p
}

// mendable reports whether a policy can be mended.
func (c *compiler) mendable() bool {
	return len(c.units) < maxMended && len(c.stmts) < 2*len(c.live)+maxMended && !c.counts.has(wDeny)
}

// maxMended bounds what is left behind before all is built anew, maxInherited how many
// inherited blocks there can be: then libsepol counts them against the statements.
const (
	maxMended    = 1 << 12
	maxInherited = inheritMinimum
)

// local reports whether the statements of a keyword can come and go: they are in
// lists, or declare what only lists name.
func local(kw symID) bool {
	switch kw {
	case wType, wTypeAttribute, wTypeAttributeSet, wTypeAlias, wTypeAliasActual, wTypePermissive, wTypeTransition,
		wTypeChange, wTypeMember, wRangeTransition, wRole, wRoleAttribute, wRoleAttributeSet, wRoleType,
		wRoleTransition,
		wRoleAllow, wUserRole, wBoolean, wBooleanIf, wTrue, wFalse, wAllow, wAuditAllow, wDontAudit, wNeverAllow,
		wAllowX, wAuditAllowX, wDontAuditX, wNeverAllowX, wOptional, wSourceInfo, wFilecon, wPortCon, wNodeCon,
		wGenFSCon, wNetifCon, wFSUse, wIBPKeyCon, wIBEndPortCon, wUserPrefix, wSELinuxUser,
		wBlock, wBlockInherit, wBlockAbstract, wMacro, wCall, wIn, wTunable, wTunableIf,
		wContext, wLevel, wLevelRange, wIPAddr, wPermissionX, wClassPermission, wUserAttribute, wUserAttributeSet:
		return true
	}
	return false
}

// adoptable reports whether what is declared again can be what was declared before:
// all that is known of it is in its datum, and in lists.
func adoptable(kind what) bool {
	switch kind {
	case isType, isTypeAttribute, isTypeAlias, isRole, isRoleAttribute, isBool, isTunable:
		return true
	}
	return false
}

// fork returns a compilation that has the same names, and can be mended: what mending
// and later stages write into is copied, the root's tables once they are written into.
// Lists that only grow are shared; of those that are forked from one, only the last may
// grow.
func (c *compiler) fork() *compiler {
	n := c.resolvedFork()
	n.scopes, n.blocks = slices.Clone(c.scopes), slices.Clone(c.blocks)
	n.shared = [numTables]bool{}
	for t := range n.shared {
		n.shared[t] = true
	}
	return n
}

// resolvedFork returns a compilation that stays as it is when the other is finished: what
// the stages after names write into is copied.
func (c *compiler) resolvedFork() *compiler {
	n := *c
	n.data, n.classes = slices.Clone(c.data), slices.Clone(c.classes)
	n.attrs, n.users, n.roles = slices.Clone(c.attrs), slices.Clone(c.users), slices.Clone(c.roles)
	n.cats, n.permxs = slices.Clone(c.cats), slices.Clone(c.permxs)
	n.last, n.todo, n.mustOrder = kept{}, [numPass][]stmtID{}, nil
	return &n
}

// rootOf returns the statement in no other that holds a statement: itself, if none does.
func (c *compiler) rootOf(s stmtID) stmtID {
	for {
		at := &c.scopes[c.stmts[s].scope]
		if at.parent == rootScope || at.parent == 0 {
			return s
		}
		s = at.stmt
	}
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
	for n := range c.parts {
		for _, u := range c.parts[n].units {
			places[u] = uint32(n)
		}
	}
	return places
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
