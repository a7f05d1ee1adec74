package compile

// constraint accepts the expression of a constrain or validatetrans. It mirrors
// cil_gen_constraint_expr.
func (k checker) constraint(i uint32, validate bool) bool {
	f := k.u.file
	if !f.IsList(i) || f.IsList(i+1) {
		return k.bad(i, "want an operator at the start of a constraint's expression")
	}
	op := k.u.word(i + 1)
	var want shape
	switch op {
	case wNot:
		want = shapeConsNot
	case wAnd, wOr:
		want = shapeConsAnd
	case wEq, wNeq:
		want = shapeConsEq
	case wDom, wDomBy, wIncomp:
		want = shapeConsDom
	default:
		return k.bad(i+1, "%s is no operator of constraints; want and, or, not, eq, neq, dom, domby or incomp",
			f.Text(i+1))
	}
	if !k.u.fits(i+1, f.End(i), want) {
		return k.bad(i, "bad operands of %s; want (%s %s)", words[op], words[op], operandsOf(op))
	}
	left := f.Next(i + 1)
	switch op {
	case wNot:
		return k.constraint(left, validate)
	case wAnd, wOr:
		return k.constraint(left, validate) && k.constraint(f.Next(left), validate)
	}
	return k.comparison(i, op, left, f.Next(left), validate)
}

func operand(w symID) bool { return w >= wT1 && w <= wH2 }

// comparison mirrors cil_verify_constraint_leaf_expr_syntax.
func (k checker) comparison(i uint32, op symID, left, right uint32, validate bool) bool {
	f := k.u.file
	l, r := k.u.word(left), k.u.word(right)
	if !operand(l) {
		return k.bad(left, "%s cannot stand on the left", f.Text(left))
	}
	level := l == wL1 || l == wL2 || l == wH1 || l == wH2
	if !operand(r) {
		switch {
		case level:
			return k.bad(right, "%s can only be compared with another level", words[l])
		case (l == wU3 || l == wR3 || l == wT3) && !validate:
			return k.bad(left, "%s exists in validatetrans and mlsvalidatetrans only", words[l])
		}
		return k.words(right)
	}
	var with []symID
	equal := op == wEq || op == wNeq
	switch r {
	case wU2:
		with = []symID{wU1}
	case wR2:
		with, equal = []symID{wR1}, true
	case wT2:
		with = []symID{wT1}
	case wL2:
		with, equal = []symID{wL1, wH1}, true
	case wH2:
		with, equal = []symID{wL1, wL2, wH1}, true
	case wH1:
		with, equal = []symID{wL1}, true
	case wL1:
		return true // libsepol checks nothing here
	}
	for _, w := range with {
		if w == l && equal {
			return true
		}
	}
	return k.bad(i, "%s cannot be compared with %s by %s", words[l], words[r], words[op])
}

// operandsOf says what an operator of constraints stands before.
func operandsOf(op symID) string {
	switch op {
	case wNot:
		return "(EXPRESSION)"
	case wAnd, wOr:
		return "(EXPRESSION) (EXPRESSION)"
	}
	return "LEFT RIGHT"
}
