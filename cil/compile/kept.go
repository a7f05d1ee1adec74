package compile

// kept holds the results of a round for the next one. A round ends when an optional goes away;
// what it looked up stays true unless that optional declared it, so the rules and attribute
// sets, which are nearly all statements, are not looked up again. The lists are in the order in
// which the statements are resolved, and have all that remain, or none.
type kept struct {
	rules   []avRule
	sets    []attributeSet
	rule    int  // the next of rules
	set     int  // the next of sets
	spoiled bool // what went away had names of other things
	fresh   bool // the round began with nothing
	// How many expressions and lists of permissions there may be.
	exprs, mapLists int
}

// An attributeSet is a typeattributeset or one of its like.
type attributeSet struct {
	stmt stmtID
	attr datumID
	expr exprRef
}

// spoils reports whether names may mean something else, or permissions have
// other numbers, when a statement of the kind goes away.
func spoils(kw symID) bool {
	switch kw {
	case wTypeAlias, wTypeAliasActual, wClass, wClassMap, wCommon, wClassCommon,
		wSensitivityAlias, wSensitivityAliasActual, wCategoryAlias, wCategoryAliasActual,
		wBlock, wMacro, wCall, wBlockInherit:
		return true
	}
	return false
}

// keep hands the lists of the last round to the next, which writes its own over
// them: it never has more behind it than it has read. Expressions stay, and those
// that are looked up again are added, up to twice as many.
func (c *compiler) keep() {
	k, r := &c.last, &c.resolved
	if k.fresh {
		k.exprs, k.mapLists = 2*len(r.exprs), 2*len(r.mapLists)
	}
	k.fresh = k.spoiled || len(r.exprs) > k.exprs || len(r.mapLists) > k.mapLists || len(r.rules) == 0
	if k.fresh {
		r.exprs, r.mapLists = r.exprs[:0], r.mapLists[:0]
		r.rules, r.sets = r.rules[:0], r.sets[:0]
	}
	k.rules, k.sets, k.rule, k.set, k.spoiled = r.rules, r.sets, 0, 0, false
	r.rules, r.sets = r.rules[:0], r.sets[:0]
}

// there reports whether a datum is declared.
func (c *compiler) there(id datumID) bool { return c.data[id].tab != 0 }

// keptRule returns the last round's result for a rule, if it still holds.
func (c *compiler) keptRule(s stmtID) (avRule, bool) {
	k := &c.last
	for k.rule < len(k.rules) && k.rules[k.rule].stmt != s {
		k.rule++ // its statement went away
	}
	if k.rule == len(k.rules) {
		return avRule{}, false
	}
	r := k.rules[k.rule]
	k.rule++
	ok := c.there(r.src) && (!named(r.tgt) || c.there(r.tgt)) && (r.cp.class == 0 || c.there(r.cp.class)) &&
		(r.cp.set == 0 || c.there(r.cp.set))
	return r, ok
}

// keptSet is keptRule for attribute sets.
func (c *compiler) keptSet(s stmtID) (attributeSet, bool) {
	k := &c.last
	for k.set < len(k.sets) && k.sets[k.set].stmt != s {
		k.set++
	}
	if k.set == len(k.sets) {
		return attributeSet{}, false
	}
	set := k.sets[k.set]
	k.set++
	if !c.there(set.attr) {
		return set, false
	}
	for _, tok := range c.exprs[set.expr.start:set.expr.end] {
		if tok&tokenKind == tokenDatum && !c.there(datumID(tok&tokenValue)) {
			return set, false
		}
	}
	return set, true
}

// groupSets gives each attribute its expressions, in the order of the statements.
func (c *compiler) groupSets() {
	ends := make([]uint32, len(c.attrs)+1)
	for i := range c.sets {
		ends[c.data[c.sets[i].attr].ext+1]++
	}
	for n := range c.attrs {
		ends[n+1] += ends[n]
	}
	list := make([]exprRef, len(c.sets))
	for i := range c.sets {
		at := &ends[c.data[c.sets[i].attr].ext]
		list[*at] = c.sets[i].expr
		*at++
	}
	start := uint32(0)
	for n := range c.attrs {
		c.attrs[n].exprs = list[start:ends[n]:ends[n]]
		start = ends[n]
	}
}
