package compile

import (
	"fmt"
	"slices"
	"strings"
)

// unknown reports a name that nothing declares.
func (c *compiler) unknown(s stmtID, name symID, t table) {
	text := c.names[name]
	d := c.fail(s, c.missingNode(s, name, t), "%s", c.unknownText(name, t))
	d.Kind = Missing
	if t != numTables {
		d.Name, d.Sort = text, tableNames[t]
	}
	names := c.nearest(t, text)
	switch {
	case t == numTables:
		names = c.permissionsNear(d, text)
	case t == tBlocks:
		names = c.blocksNear(s, d, text)
	case !c.opts.QualifiedNames && c.legal[name]&nameDotted != 0:
		names = c.partsNear(s, d, t, text)
	}
	notes := append(maybe(names), c.operatorNear(s, name, t)...)
	if text == words[wSelf] && t == tTypes {
		notes = append(notes, Note{Msg: "self is the source of a rule, and stands as its target only"})
	}
	if kind := c.otherKind(name, t); kind != isNothing {
		notes = append(notes, Note{Msg: text + " is a " + whatNames[kind]})
		switch {
		case t == tLevels && kind == isSens:
			notes = append(notes, Note{Msg: "a level that is written in place is (" + text + ")"})
		case t == tLevelRanges && kind == isSens:
			notes = append(notes, Note{Msg: "a range that is written in place is ((" + text + ") (" + text + "))"})
		case t == tLevelRanges && kind == isLevel:
			notes = append(notes, Note{Msg: "a range that is written in place is (" + text + " " + text + ")"})
		}
	}
	d.Notes = append(notes, d.Notes...)
}

func (c *compiler) unknownText(name symID, t table) string {
	return fmt.Sprintf("no %s is called %s", tableNames[t], c.names[name])
}

// permissionsNear says which class lacks a permission, and returns those of the
// class that have a like name.
func (c *compiler) permissionsNear(d *Diagnostic, text string) []string {
	id := c.missClass
	if id == 0 {
		return nil
	}
	d.Msg = fmt.Sprintf("%s %s has no permission %s", whatNames[c.data[id].kind], c.names[c.data[id].name], text)
	if text == "*" || text == "~" {
		return []string{"(all)"}
	}
	info := &c.classes[c.data[id].ext]
	names := slices.Clone(info.names)
	if info.common != 0 {
		names = append(names, c.classes[c.data[info.common].ext].names...)
	}
	texts := make([]string, len(names))
	for n, sym := range names {
		texts[n] = c.names[sym]
	}
	return nearestOf(text, texts)
}

// blocksNear says what a statement wants the name of, and returns like ones.
func (c *compiler) blocksNear(s stmtID, d *Diagnostic, text string) []string {
	var kind what
	switch symID(c.stmts[s].kind) {
	case wCall:
		kind = isMacro
	case wBlockInherit:
		kind = isBlock
	default:
		return c.nearest(tBlocks, text)
	}
	d.Msg = fmt.Sprintf("no %s is called %s", whatNames[kind], text)
	var names []string
	for _, id := range c.root[tBlocks] {
		if id != 0 && c.data[id].kind == kind {
			names = append(names, c.names[c.data[id].name])
		}
	}
	return nearestOf(text, names)
}

// partsNear says which part of a name with dots is missing, and returns what is
// there and has a like name.
func (c *compiler) partsNear(s stmtID, d *Diagnostic, t table, text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '.' })
	in := datumID(0)
	at := c.stmts[s].scope
	for _, part := range parts[:max(1, len(parts))-1] {
		sym, ok := c.number(part)
		id := datumID(0)
		switch {
		case !ok:
		case in == 0:
			id = c.find(at, tBlocks, sym)
		default:
			id = c.lookup(c.data[in].inner, tBlocks, sym)
		}
		if id == 0 || c.data[id].kind != isBlock {
			d.Msg = fmt.Sprintf("no block is called %s in %s", part, text)
			return c.nearest(tBlocks, part)
		}
		in = id
	}
	if in == 0 {
		return nil
	}
	last := parts[len(parts)-1]
	d.Msg = fmt.Sprintf("block %s has no %s %s", strings.Join(parts[:len(parts)-1], "."), tableNames[t], last)
	var names []string
	for key := range c.tabs[c.data[in].inner] {
		if key.table == t {
			names = append(names, c.names[key.name])
		}
	}
	return nearestOf(last, names)
}

// operatorNear returns the operator that a name which begins a list may be meant for.
func (c *compiler) operatorNear(s stmtID, name symID, t table) []Note {
	switch t {
	case tTypes, tRoles, tUsers, tCats, tBools, tTunables, numTables:
	default:
		return nil
	}
	f, i := c.unitOf(s).file, c.missingNode(s, name, t)
	if i == c.stmts[s].node || !f.IsList(i-1) {
		return nil
	}
	operators := []string{words[wAnd], words[wOr], words[wXor], words[wNot], words[wAll]}
	if t == tCats {
		operators = append(operators, words[wRange])
	}
	var notes []Note
	for _, op := range nearestOf(c.names[name], operators) {
		notes = append(notes, Note{Msg: "near: the operator " + op})
	}
	return notes
}

// otherKind returns the kind of thing that has the name in another table of the root.
func (c *compiler) otherKind(name symID, t table) what {
	for other := range numTables {
		if other == t || other == tNames || other == tBlocks && t != tBlocks {
			continue
		}
		if id := c.lookup(rootTab, other, name); id != 0 {
			return c.data[id].kind
		}
	}
	return isNothing
}

// missingNode returns the node of a statement that is a missing name: of a class
// one that begins a list, of a permission the last one.
func (c *compiler) missingNode(s stmtID, name symID, t table) uint32 {
	u := c.unitOf(s)
	f := u.file
	node := c.stmts[s].node
	best := node
	for i := node + 1; i < f.End(node); i++ {
		switch {
		case f.IsList(i) || u.word(i) != name:
		case t == numTables:
			best = i
		case t == tClasses && f.IsList(i-1):
			return i
		case best == node:
			best = i
		}
	}
	return best
}

// tableNames names the contents of each table; the last is that of permissions.
var tableNames = [numTables + 1]string{
	tBlocks: "block, macro or optional", tUsers: "user", tRoles: "role", tTypes: "type or attribute",
	tCommons: "common", tClasses: "class", tClassPerms: "class permission set", tBools: "boolean",
	tTunables: "tunable", tSens: "sensitivity", tCats: "category", tSIDs: "initial SID", tContexts: "context",
	tLevels: "level", tLevelRanges: "level range", tPolicyCaps: "policy capability", tIPAddrs: "address",
	tNames: "name", tPermX: "extended permission set", numTables: "permission",
}

// nodeOf returns the first node of a statement that is the name, or the
// statement.
func (c *compiler) nodeOf(s stmtID, name symID) uint32 {
	u := c.unitOf(s)
	node := c.stmts[s].node
	for i := node + 1; i < u.file.End(node); i++ {
		if !u.file.IsList(i) && u.word(i) == name {
			return i
		}
	}
	return node
}

// notA reports that a name stands for the wrong kind of thing.
func (c *compiler) notA(s stmtID, id datumID, want string) {
	d := &c.data[id]
	e := c.fail(s, c.nodeOf(s, d.name), "%s is a %s; want %s", c.names[d.name], whatNames[d.kind], want)
	c.declaredAt(e, id, "declared here")
}
