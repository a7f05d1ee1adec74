package compile

// categories evaluates all sets of categories. It mirrors
// __evaluate_cat_expression: a plain list stays as it is written, everything
// else becomes a list in the order of the categories.
func (p *post) categories() {
	for n := range p.cats {
		p.evalCats(uint32(n))
	}
}

func (p *post) evalCats(n uint32) {
	l := &p.cats[n]
	if l.done {
		return
	}
	l.done = true
	plain := true
	for _, tok := range p.exprs[l.expr.start:l.expr.end] {
		if tok&tokenKind != tokenDatum || p.data[tok&tokenValue].kind == isCatSet {
			plain = false
			break
		}
	}
	if plain {
		list := make([]datumID, 0, l.expr.end-l.expr.start)
		for _, tok := range p.exprs[l.expr.start:l.expr.end] {
			list = append(list, datumID(tok&tokenValue))
		}
		p.cats[n].list = list
		return
	}
	order := p.order[orderCat]
	set := p.catExpr(l.expr.start, l.expr.end)
	list := []datumID{}
	for v := range set.all() {
		list = append(list, order[v])
	}
	p.cats[n].list = list
}

// catMember returns the categories of a category set, or a category itself.
func (p *post) catMember(id datumID) bitset {
	b := newBitset(uint32(len(p.order[orderCat])))
	if p.data[id].kind != isCatSet {
		b.set(p.data[id].value)
		return b
	}
	p.evalCats(p.data[id].ext)
	for _, cat := range p.cats[p.data[id].ext].list {
		b.set(p.data[cat].value)
	}
	return b
}

// emptyRange reports a range of categories that has none, where it is written.
func (p *post) emptyRange(low, high symID) {
	const msg = "the range of categories from %s to %s is empty"
	for _, s := range p.live {
		u, node := p.unitOf(s), p.stmts[s].node
		for i := node + 1; i < u.file.End(node); i++ {
			if u.word(i) == wRange && u.file.IsList(i-1) && u.file.End(i-1) == i+3 && u.word(i+1) == low &&
				u.word(i+2) == high {
				p.fail(s, i-1, msg, p.names[low], p.names[high]).want("the lower category of the categoryorder first")
				return
			}
		}
	}
	p.failPolicy(msg, p.names[low], p.names[high]) // by parameters of a macro
}

// catExpr evaluates an expression that may have ranges.
func (p *post) catExpr(i, stop uint32) bitset {
	size := uint32(len(p.order[orderCat]))
	op := wNone
	if i < stop && p.exprs[i]&tokenKind == tokenOp {
		op = symID(p.exprs[i] & tokenValue)
		i++
	}
	if op == wRange {
		b := newBitset(size)
		low, high := &p.data[p.exprs[i]&tokenValue], &p.data[p.exprs[i+1]&tokenValue]
		if low.value > high.value {
			p.emptyRange(low.name, high.name)
			return b
		}
		for v := low.value; v <= high.value; v++ {
			b.set(v)
		}
		return b
	}
	var values []bitset
	for i < stop {
		tok := p.exprs[i]
		if tok&tokenKind == tokenList {
			next := tok & tokenValue
			values = append(values, p.catExpr(i+1, next))
			i = next
			continue
		}
		values = append(values, p.catMember(datumID(tok&tokenValue)))
		i++
	}
	return combine(op, values, size)
}
