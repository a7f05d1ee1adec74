package compile

// walk calls f for each statement in a scope and below, in the order of the
// tree, and for those that f appends while it runs. It does not enter scopes for
// which f returns false.
func (c *compiler) walk(at scopeID, f func(s stmtID) bool) {
	for s := c.scopes[at].head; s != 0; s = c.stmts[s].next {
		if f(s) && isScope(symID(c.stmts[s].kind)) {
			c.walk(c.scopeOf(s), f)
		}
	}
}

// early runs the passes that change the tree. It mirrors the first seven passes
// of cil_resolve_ast, from tunables to calls.
func (c *compiler) early() error {
	for _, pass := range []func(){
		c.tunables,
		func() { c.ins(false) },
		c.linkInherits,
		c.copyInherits,
		c.abstractBlocks,
		func() { c.inAfter = true; c.ins(true) },
		c.calls,
	} {
		pass()
		if err := c.failed(); err != nil {
			return err
		}
	}
	return nil
}

// collect returns the statements of a kind in the order of the tree, those in
// macros too.
func (c *compiler) collect(kw symID) []stmtID {
	var list []stmtID
	c.walk(rootScope, func(s stmtID) bool {
		if symID(c.stmts[s].kind) == kw {
			list = append(list, s)
		}
		return true
	})
	return list
}

// missing handles a statement with a missing name in the early passes: the
// optional that holds it is to be taken away. Outside of optionals it is an
// error.
func (c *compiler) missing(s stmtID, doomed *[]scopeID, name symID, t table) {
	if opt := c.scopes[c.stmts[s].scope].optional; opt != 0 {
		*doomed = append(*doomed, opt)
		return
	}
	c.unknown(s, name, t)
}

func (c *compiler) killAll(doomed []scopeID) {
	for _, id := range doomed {
		if !c.scopes[id].dead {
			c.kill(id)
		}
	}
}

// tunables replaces each tunableif by what its branch holds, at the end of the
// scope that it stands in. It is the first pass, in which libsepol sees what may
// not stand in a block.
func (c *compiler) tunables() {
	if !c.counts.has(wTunableIf) && !c.counts.has(wBlock) {
		return
	}
	var doomed []scopeID
	c.walk(rootScope, func(s stmtID) bool {
		switch kw := symID(c.stmts[s].kind); {
		case (kw == wCategory || kw == wSensitivity) && c.scopes[c.stmts[s].scope].block != 0:
			c.failStmt(s, "%s is not allowed in a block", words[kw])
			return true
		case kw != wTunableIf:
			return true
		}
		value, missing, got := c.tunableValue(s)
		switch got {
		case notFound:
			c.missing(s, &doomed, missing, tTunables)
			return true
		case failed:
			return false
		}
		sc := c.scopeOf(s)
		for b := c.scopes[sc].head; b != 0; b = c.stmts[b].next {
			kw := symID(c.stmts[b].kind)
			if kw == wTrue && value || kw == wFalse && !value {
				parent := c.stmts[s].scope
				c.copyInto(c.scopeOf(b), parent, c.scopes[parent].kind)
			}
		}
		c.kill(sc)
		return false
	})
	c.killAll(doomed)
}

// tunableValue evaluates the expression of a tunableif. It mirrors
// __cil_evaluate_tunable_expr.
func (c *compiler) tunableValue(s stmtID) (value bool, missing symID, got found) {
	u := c.unitOf(s)
	return c.tunableExpr(s, u.file.Next(c.stmts[s].node+1))
}

func (c *compiler) tunableExpr(s stmtID, i uint32) (value bool, missing symID, got found) {
	u := c.unitOf(s)
	f := u.file
	if !f.IsList(i) {
		id, got := c.resolve(s, tTunables, u.word(i))
		return got == foundIt && c.data[id].state, u.word(i), got
	}
	op := u.word(i + 1)
	at := i + 1
	if operator(op) {
		at = f.Next(at)
	} else {
		op = wOr
	}
	var values []bool
	for ; at < f.End(i); at = f.Next(at) {
		v, missing, got := c.tunableExpr(s, at)
		if got != foundIt {
			return false, missing, got
		}
		values = append(values, v)
	}
	switch op {
	case wNot:
		value = !values[0]
	case wAnd:
		value = values[0] && values[1]
	case wXor, wNeq:
		value = values[0] != values[1]
	case wEq:
		value = values[0] == values[1]
	default:
		for _, v := range values {
			value = value || v
		}
	}
	return value, 0, foundIt
}

// ins copies what in statements hold to where they say, the last one first. It
// mirrors cil_resolve_in_list.
func (c *compiler) ins(after bool) {
	if !c.counts.has(wIn) {
		return
	}
	var list []stmtID
	for _, s := range c.collect(wIn) {
		if c.scopes[c.scopeOf(s)].after == after && !(after && c.hidden(s)) {
			list = append(list, s)
		}
	}
	for len(list) > 0 {
		var left []stmtID
		for n := len(list) - 1; n >= 0; n-- {
			s := list[n]
			name := c.inTarget(s)
			id, got := c.resolve(s, tBlocks, name)
			if got != foundIt {
				left = append(left, s)
				continue
			}
			d := &c.data[id]
			if d.kind == isOptional && len(d.more) > 0 {
				c.failStmt(s, "there are several optionals called %s", c.names[name])
				return
			}
			to := c.scopeOf(d.first)
			if !c.copyInto(c.scopeOf(s), to, c.scopes[to].kind) {
				return
			}
			c.kill(c.scopeOf(s))
		}
		if len(left) == len(list) {
			for _, s := range left {
				c.unknown(s, c.inTarget(s), tBlocks)
				c.diags.list[len(c.diags.list)-1].Kind = Other // as libsepol has it
			}
			return
		}
		// left is last first; list goes in the order of the tree.
		for i, j := 0, len(left)-1; i < j; i, j = i+1, j-1 {
			left[i], left[j] = left[j], left[i]
		}
		list = left
	}
}

// hidden reports whether a statement is in an abstract block.
func (c *compiler) hidden(s stmtID) bool {
	for at := c.scopes[c.stmts[s].scope].block; at != 0; at = c.scopes[c.scopes[at].parent].block {
		if c.data[c.scopes[at].datum].abstract {
			return true
		}
	}
	return false
}

func (c *compiler) inTarget(s stmtID) symID {
	u := c.unitOf(s)
	f := u.file
	name := f.Next(c.stmts[s].node + 1)
	if second := f.Next(name); second < f.End(c.stmts[s].node) && !f.IsList(second) {
		return u.word(second)
	}
	return u.word(name)
}
