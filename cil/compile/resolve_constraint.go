package compile

// constraint mirrors cil_resolve_constrain and cil_resolve_validatetrans.
func (c *compiler) constraint(s stmtID, kw symID) found {
	u, a := c.args(s)
	r := constraintRule{stmt: s, kind: kw}
	var got found
	if kw == wConstrain || kw == wMLSConstrain {
		r.cp, got = c.classPerms(s, u, a)
	} else {
		r.class, got = c.name(s, tClasses, u, a)
	}
	if got != foundIt {
		return got
	}
	start := uint32(len(c.exprs))
	if got := c.constraintExpr(s, u, u.file.Next(a)); got != foundIt {
		return got
	}
	r.expr = exprRef{start, uint32(len(c.exprs))}
	c.cons = append(c.cons, r)
	return foundIt
}

// constraintExpr writes the expression of a constraint in postfix order: a
// comparison as its two operands and its operator.
func (c *compiler) constraintExpr(s stmtID, u *unit, i uint32) found {
	f := u.file
	op := u.word(i + 1)
	left := i + 2
	switch op {
	case wNot, wAnd, wOr:
		if got := c.constraintExpr(s, u, left); got != foundIt {
			return got
		}
		if op != wNot {
			if got := c.constraintExpr(s, u, f.Next(left)); got != foundIt {
				return got
			}
		}
		c.exprs = append(c.exprs, tokenOp|uint32(op))
		return foundIt
	}
	l := u.word(left)
	c.exprs = append(c.exprs, tokenOperand|uint32(l))
	right := left + 1
	if r := u.word(right); operand(r) {
		c.exprs = append(c.exprs, tokenOperand|uint32(r))
	} else {
		t := tTypes
		switch l {
		case wR1, wR2, wR3:
			t = tRoles
		case wU1, wU2, wU3:
			t = tUsers
		}
		at := len(c.exprs)
		c.exprs = append(c.exprs, tokenList)
		first, stop := right, f.Next(right)
		if f.IsList(right) {
			first++
		}
		for n := first; n < stop; n++ {
			if got := c.exprName(s, u, n, t, true, wNone); got != foundIt {
				return got
			}
		}
		c.exprs[at] = tokenList | uint32(len(c.exprs))
	}
	c.exprs = append(c.exprs, tokenOp|uint32(op))
	return foundIt
}
