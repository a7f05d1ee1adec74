package compile

import "fmt"

// unknown reports a name that nothing declares.
func (c *compiler) unknown(s stmtID, name symID, t table) {
	d := c.fail(s, c.nodeOf(s, name), "%s", c.unknownText(name, t))
	d.Kind = Missing
	if names := c.nearest(t, c.names[name]); len(names) > 0 {
		d.Notes = append(maybe(names), d.Notes...)
	}
}

func (c *compiler) unknownText(name symID, t table) string {
	return fmt.Sprintf("no %s is called %s", tableNames[t], c.names[name])
}

// tableNames says what each table holds; the last is that of permissions.
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
