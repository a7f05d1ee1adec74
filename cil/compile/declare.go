package compile

import (
	"strings"

	"github.com/senet-selinux/senet/internal/near"
)

// A declarer checks the statements of a source and enters them into scopes. It
// mirrors cil_build_ast; names are entered later, by instantiate.
type declarer struct {
	*compiler
	u    *unit
	unit uint16
	// The scopes that forbid statements at this place, as libsepol tracks them:
	// it forgets an outer tunableif when it leaves an inner one.
	tunif, in, macro, optional, boolif scopeID
}

// declare enters all statements of a source into the root scope.
func (c *compiler) declare(unit int) {
	d := &declarer{compiler: c, u: &c.units[unit], unit: uint16(unit)}
	if stop := d.u.file.End(0); d.roots(1, stop) {
		d.statements(rootScope, 1, stop)
	}
}

// roots reports whether the nodes from i to stop can be statements.
func (d *declarer) roots(i, stop uint32) bool {
	f := d.u.file
	for ; i < stop; i = f.Next(i) {
		if !f.IsList(i) || f.End(i) == i+1 {
			d.failNode(d.u, i, "want a statement")
			return false
		}
	}
	return true
}

// statements enters the statements from node i to stop, all of them lists, into
// a scope.
func (d *declarer) statements(parent scopeID, i, stop uint32) {
	f := d.u.file
	for ; i < stop; i = f.Next(i) {
		switch d.scopes[parent].kind {
		case wTunableIf:
			d.tunif = parent
		case wIn:
			d.in = parent
		case wMacro:
			d.macro = parent
		case wOptional:
			d.optional = parent
		case wBooleanIf:
			d.boolif = parent
		}
		d.statement(parent, i)
	}
}

func (d *declarer) statement(parent scopeID, i uint32) {
	if d.u.file.IsList(i + 1) {
		d.failNode(d.u, i+1, "want the keyword of a statement, not a list")
		return
	}
	kw := d.u.word(i + 1)
	if n := firstRelease(kw); n != 0 && !d.opts.since(n) {
		d.failNode(d.u, i+1, "%s is in the language since libsepol %s, not in %s", words[kw], n, d.opts.Libsepol)
		return
	}
	if kw == wNone || kw >= numStatements {
		e := d.failNode(d.u, i+1, "no statement is called %q", d.u.file.Text(i+1))
		e.Notes = append(e.Notes, maybe(nearestWord(d.u.file.Text(i+1)))...)
		return
	}
	if d.forbidden(parent, kw, i) {
		return
	}
	if (kw == wTrue || kw == wFalse) && d.scopes[parent].kind != wBooleanIf && d.scopes[parent].kind != wTunableIf {
		d.failNode(d.u, i, "(%s ...) stands directly in a tunableif or booleanif only", words[kw])
		return
	}
	if d.opts.PreserveTunables && (kw == wTunable || kw == wTunableIf) {
		kw = map[symID]symID{wTunable: wBoolean, wTunableIf: wBooleanIf}[kw]
	}
	g := &grammar[kw]
	if !d.u.fits(i+1, d.u.file.End(i), g.shape) {
		bad := d.failNode(d.u, i, "bad %s statement", words[d.u.word(i+1)])
		bad.want(g.usage)
		if d.braces(i) {
			const braces = "CIL has no braces: a set of types is a typeattribute, one of permissions a list"
			bad.Notes = append(bad.Notes, Note{Msg: braces})
		}
		return
	}
	if d.opts.QualifiedNames && (kw == wBlock || kw == wBlockInherit || kw == wBlockAbstract || kw == wIn) {
		d.failNode(d.u, i, "%s is not allowed with qualified names", words[kw])
		return
	}
	if !d.check(parent, kw, i) {
		return
	}
	s := d.newStmt(parent, kw, d.unit, i)
	if !g.holds {
		return
	}
	d.statements(d.scopeOf(s), d.body(kw, i), d.u.file.End(i))
	switch kw {
	case wTunableIf:
		d.tunif = 0
	case wIn:
		d.in = 0
	case wMacro:
		d.macro = 0
	case wOptional:
		d.optional = d.scopes[parent].optional
	case wBooleanIf:
		d.boolif = 0
	}
}

// braces reports whether a statement has braces, as those of other languages of
// policies do.
func (d *declarer) braces(i uint32) bool {
	f := d.u.file
	for at := i + 1; at < f.End(i); at++ {
		if !f.IsList(at) && strings.ContainsAny(f.Text(at), "{}") {
			return true
		}
	}
	return false
}

// want notes the shape that a statement should have.
func (d *Diagnostic) want(usage string) {
	d.Notes = append(d.Notes, Note{Msg: "want " + usage})
}

func maybe(names []string) []Note {
	if len(names) == 0 {
		return nil
	}
	msg := "near: " + names[0]
	for _, n := range names[1:] {
		msg += ", " + n
	}
	return []Note{{Msg: msg}}
}

func nearestWord(name string) []string {
	var out []string
	for limit := 1; limit <= max(1, len(name)/3) && len(out) == 0; limit++ {
		for _, w := range words[1:wSourceInfo] {
			if near.Distance(name, w, limit) <= limit {
				out = append(out, w)
			}
		}
	}
	return out[:min(3, len(out))]
}

// body returns the first node of a container that is a statement in it.
func (d *declarer) body(kw symID, i uint32) uint32 {
	f := d.u.file
	at := f.Next(i + 1)
	switch kw {
	case wTrue, wFalse:
		return at
	case wSourceInfo:
		return f.Next(f.Next(f.Next(at)))
	case wMacro:
		return f.Next(f.Next(at))
	case wIn:
		if at = f.Next(at); at < f.End(i) && !f.IsList(at) {
			at = f.Next(at)
		}
		return at
	}
	return f.Next(at)
}

// forbidden reports, and refuses, a statement that may not stand where it does.
// It mirrors check_for_illegal_statement.
func (d *declarer) forbidden(parent scopeID, kw symID, i uint32) bool {
	where := ""
	switch {
	case d.tunif != 0 && kw == wTunable:
		where = "a tunableif"
	case d.in != 0 && (kw == wTunable || kw == wIn):
		where = "an in statement"
	case d.in != 0 && d.scopes[d.in].after && (kw == wBlockInherit || kw == wBlockAbstract):
		where = "an in statement that is done after inheritance"
	case d.macro != 0 && inMacro(kw):
		where = "a macro"
	case d.optional != 0 && inOptional(kw):
		where = "an optional"
	case d.boolif != 0 && !d.inBoolif(kw):
		where = "a booleanif"
	default:
		return false
	}
	e := d.failNode(d.u, i, "%s is not allowed in %s", words[kw], where)
	d.chain(e, parent)
	return true
}

// inMacro reports whether a macro may not hold a statement.
func inMacro(kw symID) bool { return inOptional(kw) || kw == wBlockInherit }

// inOptional reports whether an optional may not hold a statement.
func inOptional(kw symID) bool {
	switch kw {
	case wTunable, wIn, wBlock, wBlockAbstract, wMacro:
		return true
	}
	return false
}

// inBoolif reports whether a booleanif may hold a statement.
func (c *compiler) inBoolif(kw symID) bool {
	switch kw {
	case wAllowX, wAuditAllowX, wDontAuditX:
		return c.opts.condXPerms()
	case wTunableIf, wCall, wTrue, wFalse, wAllow, wDontAudit, wAuditAllow, wTypeTransition, wTypeChange, wTypeMember:
		return true
	}
	return false
}

// firstRelease returns the release of libsepol since which a statement is in the
// language, 0 for all that are older than the oldest that is known here.
func firstRelease(keyword symID) Release {
	switch keyword {
	case wDeny:
		return 6
	case wTypeNeverAudit:
		return 9
	}
	return 0
}

// newStmt appends a statement to a scope.
func (c *compiler) newStmt(parent scopeID, kw symID, unit uint16, node uint32) stmtID {
	s := stmtID(len(c.stmts))
	c.stmts = append(c.stmts, stmt{node: node, unit: unit, kind: uint8(kw), scope: parent})
	sc := &c.scopes[parent]
	if sc.head == 0 {
		sc.head = s
	} else {
		c.stmts[sc.tail].next = s
	}
	sc.tail = s
	switch kw {
	case wBlock, wMacro, wOptional, wIn, wTunableIf, wBooleanIf, wTrue, wFalse, wSourceInfo, wCall, wBlockInherit:
		c.stmts[s].x = uint32(c.newScope(parent, kw, s))
	}
	return s
}

func (c *compiler) newScope(parent scopeID, kw symID, s stmtID) scopeID {
	id := scopeID(len(c.scopes))
	p := &c.scopes[parent]
	sc := scope{
		kind: kw, stmt: s, parent: parent, tab: p.tab,
		block: p.block, macro: p.macro, optional: p.optional, boolif: p.boolif, tunif: p.tunif,
		names: p.names,
	}
	switch kw {
	case wBlock:
		sc.block, sc.names = id, id
	case wMacro:
		sc.macro, sc.names = id, id
	case wCall, wBlockInherit:
		sc.names = id
	case wOptional:
		sc.optional = id
	case wBooleanIf:
		sc.boolif = id
	case wTunableIf:
		sc.tunif = id
	case wIn:
		st := &c.stmts[s]
		u := &c.units[st.unit]
		name := u.file.Next(st.node + 1)
		second := u.file.Next(name)
		sc.after = second < u.file.End(st.node) && !u.file.IsList(second) && u.word(name) == wAfter
		sc.tab = c.newTab(id)
	case wTrue, wFalse:
		if p.kind == wTunableIf {
			sc.tab = c.newTab(id)
		}
	}
	c.scopes = append(c.scopes, sc)
	return id
}

func (c *compiler) scopeOf(s stmtID) scopeID { return scopeID(c.stmts[s].x) }

func (c *compiler) newTab(owner scopeID) tabID {
	c.tabs = append(c.tabs, nil)
	c.owner = append(c.owner, owner)
	return tabID(len(c.tabs) - 1)
}
