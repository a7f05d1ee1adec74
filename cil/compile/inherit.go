package compile

// linkInherits finds the block of each blockinherit.
func (c *compiler) linkInherits() {
	if !c.counts.has(wBlockInherit) {
		return
	}
	doomed := c.namedBlocks(wBlockInherit, func(s stmtID, block datumID) {
		c.scopes[c.scopeOf(s)].target = block
		info := &c.blocks[c.data[block].ext]
		info.inherits = append(info.inherits, s)
	})
	if len(c.diags.list) > 0 {
		return
	}
	if !c.saneInheritance() {
		return
	}
	c.killAll(doomed)
}

// namedBlocks calls found for each statement of a keyword and the block that it names. It
// returns the optionals that go because a block is not there.
func (c *compiler) namedBlocks(keyword symID, found func(s stmtID, block datumID)) (doomed []scopeID) {
	for _, s := range c.collect(keyword) {
		_, name := c.declaredName(s)
		id, got := c.resolve(s, tBlocks, name)
		switch {
		case got == notFound:
			c.missing(s, &doomed, name, tBlocks)
		case got == failed:
		case c.data[id].kind != isBlock:
			c.notA(s, id, "a block")
		default:
			found(s, id)
		}
	}
	return doomed
}

// The bounds of cil_check_for_bad_inheritance.
const (
	inheritGrowth  = 10
	inheritMinimum = 1 << 10
)

// saneInheritance refuses loops of inheritance, and inheritance that makes more
// than ten blocks of each blockinherit.
func (c *compiler) saneInheritance() bool {
	limit := max(inheritGrowth*len(c.collect(wBlockInherit)), inheritMinimum)
	count := 0
	var stack []datumID
	var visit func(at scopeID) bool
	visit = func(at scopeID) bool {
		for s := c.scopes[at].head; s != 0; s = c.stmts[s].next {
			kw := symID(c.stmts[s].kind)
			if !isScope(kw) {
				continue
			}
			if kw == wBlockInherit {
				if count++; count > limit {
					c.failStmt(s, "inheritance makes more than %d blocks", limit)
					return false
				}
				if target := c.scopes[c.scopeOf(s)].target; target != 0 {
					for _, d := range stack {
						if d == target {
							c.failStmt(s, "block %s inherits itself", c.names[c.data[target].name])
							return false
						}
					}
					stack = append(stack, target)
					ok := visit(c.scopeOf(c.data[target].first))
					stack = stack[:len(stack)-1]
					if !ok {
						return false
					}
				}
			}
			if !visit(c.scopeOf(s)) {
				return false
			}
		}
		return true
	}
	ok := visit(rootScope)
	c.inherited += count
	return ok
}

// copyInherits copies each block to the statements that inherit it.
func (c *compiler) copyInherits() {
	if !c.counts.has(wBlockInherit) {
		return
	}
	ok := true
	c.walk(rootScope, func(s stmtID) bool {
		if !ok || symID(c.stmts[s].kind) != wBlock {
			return ok
		}
		id := c.datumOf(s)
		if c.data[id].first != s {
			return true
		}
		ext := c.data[id].ext
		for i := 0; ok && i < len(c.blocks[ext].inherits); i++ {
			ok = c.copyInto(c.scopeOf(s), c.scopeOf(c.blocks[ext].inherits[i]), wBlockInherit)
		}
		return ok
	})
}

// abstractBlocks marks the blocks that are there to be inherited only.
func (c *compiler) abstractBlocks() {
	if !c.counts.has(wBlockAbstract) {
		return
	}
	var marked []stmtID
	doomed := c.namedBlocks(wBlockAbstract, func(_ stmtID, block datumID) {
		marked = append(marked, c.data[block].first)
	})
	for _, s := range marked {
		c.markAbstract(s)
	}
	c.killAll(doomed)
}

// markAbstract mirrors cil_mark_subtree_abstract: only blocks that stand
// directly in a marked one are marked with it.
func (c *compiler) markAbstract(s stmtID) {
	c.data[c.datumOf(s)].abstract = true
	for b := c.scopes[c.scopeOf(s)].head; b != 0; b = c.stmts[b].next {
		if symID(c.stmts[b].kind) == wBlock {
			c.markAbstract(b)
		}
	}
}
