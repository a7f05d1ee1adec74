package compile

import (
	"github.com/senet-selinux/senet/policydb"
)

// A rawRule is one rule of the unconditional table before rules of one key are
// joined, with the statement it comes from. The data of one of extended permissions
// are the index of its record.
type rawRule struct {
	key  policydb.AVKey
	data uint32
	stmt stmtID
}

// An xRecord is one record of extended permissions and the statements that it
// comes from.
type xRecord struct {
	policydb.XPerms
	stmts []stmtID
}

// newRecord keeps a record and returns its index.
func (e *emitter) newRecord(x *xRecord) uint32 {
	e.xrecords = append(e.xrecords, *x)
	return uint32(len(e.xrecords) - 1)
}

// ruleKind returns the kind of rule that a keyword stands for, 0 for all that become no
// rule of the policy.
func ruleKind(keyword symID) policydb.AVKind {
	switch keyword {
	case wAllow:
		return policydb.AVAllowed
	case wAuditAllow:
		return policydb.AVAuditAllow
	case wDontAudit:
		return policydb.AVAuditDeny
	case wTypeTransition:
		return policydb.AVTransition
	case wTypeChange:
		return policydb.AVChange
	case wTypeMember:
		return policydb.AVMember
	case wAllowX:
		return policydb.AVXPermsAllowed
	case wAuditAllowX:
		return policydb.AVXPermsAuditAllow
	case wDontAuditX:
		return policydb.AVXPermsDontAudit
	}
	return 0
}

// expanded reports whether a rule is written for each type of an attribute
// instead of for the attribute. It mirrors __cil_should_expand_attribute.
func (e *emitter) expanded(id datumID) bool {
	d := &e.data[id]
	return d.kind == isTypeAttribute && d.wide
}

// eachPair calls f for the source and target values that a rule is written for.
// It mirrors __cil_avrule_to_avtab.
func (e *emitter) eachPair(src, tgt datumID, f func(s, t uint16)) {
	if len(e.raw) > maxRules {
		return // reported by checkSize
	}
	switch tgt {
	case toSelf:
		if e.single(src) {
			f(uint16(e.val[src]), uint16(e.val[src]))
			return
		}
		for n := range e.typeSet(src).all() {
			v := uint16(e.val[e.types[n]])
			f(v, v)
		}
		return
	case toNotSelf, toOther:
		others := e.typeSet(src)
		if tgt == toNotSelf {
			others = e.allTypes()
		}
		for s := range e.typeSet(src).all() {
			for t := range others.all() {
				if s != t {
					f(uint16(e.val[e.types[s]]), uint16(e.val[e.types[t]]))
				}
			}
		}
		return
	}
	srcs, tgts := e.written(src), e.written(tgt)
	for _, s := range srcs {
		for _, t := range tgts {
			f(s, t)
		}
	}
}

// allTypes returns the set of all types.
func (p *post) allTypes() bitset {
	all := newBitset(uint32(len(p.types)))
	for n := range p.types {
		all.set(uint32(n))
	}
	return all
}

// written returns the values that a type or attribute is written as in rules of
// access.
func (e *emitter) written(id datumID) []uint16 {
	if !e.expanded(id) {
		return []uint16{uint16(e.val[id])}
	}
	return e.members(id)
}

// members returns the values of an attribute's types, or of a type itself.
func (e *emitter) members(id datumID) []uint16 {
	if e.single(id) {
		return []uint16{uint16(e.val[id])}
	}
	set := e.typeSet(id)
	list := make([]uint16, 0, set.count())
	for n := range set.all() {
		list = append(list, uint16(e.val[e.types[n]]))
	}
	return list
}

// inCondition reports whether a statement is in a booleanif.
func (e *emitter) inCondition(s stmtID) bool { return e.scopes[e.stmts[s].scope].boolif != 0 }

// emitRules collects the unconditional rules of access, and notes the indexes of the conditional ones.
func (e *emitter) emitRules() {
	e.raw = append(make([]rawRule, 0, len(e.raw)+len(e.rules)*5/4), e.raw...)
	for i := range e.rules {
		r := &e.rules[i]
		if r.kind == wNeverAllow {
			continue
		}
		if e.inCondition(r.stmt) {
			e.conditional = append(e.conditional, i)
			continue
		}
		if r.kind == wDontAudit && e.opts.DisableDontAudit {
			continue
		}
		kind := ruleKind(r.kind)
		if r.cp.set == 0 && named(r.tgt) && e.data[r.cp.class].kind == isClass && !e.expanded(r.src) &&
			!e.expanded(r.tgt) {
			if r.cp.mask != 0 {
				e.addAccess(uint16(e.val[r.src]), uint16(e.val[r.tgt]), r.cp.class, r.cp.mask, kind, r.stmt)
			}
			continue
		}
		e.eachPair(r.src, r.tgt, func(s, t uint16) {
			e.expandPerms(r.cp, func(class datumID, mask uint32) {
				if mask != 0 {
					e.addAccess(s, t, class, mask, kind, r.stmt)
				}
			})
		})
	}
}

func (e *emitter) addAccess(s, t uint16, class datumID, mask uint32, kind policydb.AVKind, stmt stmtID) {
	if kind == policydb.AVAuditDeny {
		mask = ^mask
	}
	key := policydb.NewAVKey(s, t, uint16(e.val[class]), kind)
	e.raw = append(e.raw, rawRule{key: key, data: mask, stmt: stmt})
}

// emitTypeRules collects the unconditional type rules, and the transitions of
// file names.
func (e *emitter) emitTypeRules() {
	e.uncond = make(map[policydb.AVKey]uint32)
	names := newFileNames(e)
	for i := range e.typeRules {
		r := &e.typeRules[i]
		if e.inCondition(r.stmt) {
			continue
		}
		if r.fileName != 0 && e.data[r.fileName].name != wStar {
			names.add(r)
			continue
		}
		e.eachType(r, func(key policydb.AVKey, result uint32) {
			if old, ok := e.uncond[key]; ok {
				if old != result {
					e.conflict(r, key, old)
					return
				}
			} else {
				e.uncond[key] = result
			}
			// One that is there already is joined with it, so that both are its origins.
			e.raw = append(e.raw, rawRule{key: key, data: result, stmt: r.stmt})
		})
	}
	e.pol.FilenameTrans = names.table()
}

// maxRules bounds the rules that a few lines about attributes can make.
const maxRules = 1 << 24

// checkSize refuses a policy of more rules.
func (e *emitter) checkSize() {
	if len(e.raw) > maxRules {
		e.failPolicy("the policy has more than %d rules", maxRules)
	}
}

// eachType calls f for all rules that a type rule is written as: one for each
// type of the source, of the target, and each class.
func (e *emitter) eachType(r *typeRule, f func(key policydb.AVKey, result uint32)) {
	classes := e.expandClass(r.class)
	result := e.val[r.result]
	kind := ruleKind(r.kind)
	one := func(s, t uint16) {
		for _, c := range classes {
			f(policydb.NewAVKey(s, t, uint16(e.val[c]), kind), result)
		}
	}
	if len(e.raw) > maxRules {
		return
	}
	srcs := e.members(r.src)
	if r.tgt == 0 {
		for _, s := range srcs {
			one(s, s)
		}
		return
	}
	tgts := e.members(r.tgt)
	for _, s := range srcs {
		for _, t := range tgts {
			one(s, t)
		}
	}
}

// conflict reports two type rules with different results.
func (e *emitter) conflict(r *typeRule, key policydb.AVKey, old uint32) {
	e.failStmt(r.stmt, "another rule gives %s %s %s the type %s, not %s", e.fqn(e.typeOf[key.Source()]),
		e.fqn(e.typeOf[key.Target()]), e.fqn(e.classOf[key.Class()]), e.fqn(e.typeOf[old]), e.fqn(r.result))
}

// sortRules writes the unconditional rules as libsepol's table has them: by
// bucket, then source, target and class, and those of one key in the order in
// which they came. Access vectors of one key and kind are joined.
func (e *emitter) sortRules() {
	raw := e.raw
	// A stable radix sort by the two halves of the bucket, which is above the
	// index of the rule.
	const half = 10
	order, other := make([]uint64, len(raw)), make([]uint64, len(raw))
	var low, high [1<<half + 1]uint32
	for i := range raw {
		b := raw[i].key.CompiledBucket()
		order[i] = uint64(b)<<32 | uint64(i)
		low[b&(1<<half-1)+1]++
		high[b>>half+1]++
	}
	for i := 1; i < len(low); i++ {
		low[i] += low[i-1]
		high[i] += high[i-1]
	}
	for _, o := range order {
		at := &low[o>>32&(1<<half-1)]
		other[*at] = o
		*at++
	}
	for _, o := range other {
		at := &high[o>>(32+half)]
		order[*at] = o
		*at++
	}
	// Fetched in one loop, in which no rule waits for another.
	sorted := make([]rawRule, len(raw))
	for i, o := range order {
		sorted[i] = raw[uint32(o)]
	}
	e.table = make([]finalRule, 0, len(raw))
	e.origins.begin(len(raw))
	for i := 0; i < len(order); {
		n := i + 1
		for n < len(order) && order[n]>>32 == order[i]>>32 {
			n++
		}
		if n == i+1 && !sorted[i].key.Kind().IsXPerms() {
			e.origins.rule()
			e.origins.add(sorted[i].stmt)
			e.table = append(e.table, finalRule{sorted[i].key, sorted[i].data})
		} else {
			e.writeBucket(sorted[i:n])
		}
		i = n
	}
}

// A finalRule is a rule of the unconditional table, with data as a rawRule has.
type finalRule struct {
	key  policydb.AVKey
	data uint32
}

func (r *finalRule) rule() policydb.AVRule {
	return avRuleOf(r.key, r.data)
}

// writeTable writes the unconditional rules.
func (e *emitter) writeTable() {
	var b policydb.AVTabBuilder
	b.Grow(len(e.table))
	for i := range e.table {
		if r := &e.table[i]; r.key.Kind().IsXPerms() {
			if e.pol.Version < versionXPerms || e.pol.Target != policydb.TargetSELinux {
				e.failPolicy("version %d for %s has no extended permissions, and the policy has some", e.pol.Version,
					e.pol.Target)
				return
			}
			b.AddXPerms(r.rule(), &e.xrecords[r.data].XPerms)
		} else {
			b.Add(r.rule())
		}
	}
	e.pol.AVTab = b.Table()
}

// writeBucket writes the rules of one bucket.
func (e *emitter) writeBucket(run []rawRule) {
	for i := 1; i < len(run); i++ { // nearly always short
		for j := i; j > 0 && run[j-1].key.Order() > run[j].key.Order(); j-- {
			run[j-1], run[j] = run[j], run[j-1]
		}
	}
	for len(run) > 0 {
		n := 1
		for n < len(run) && run[n].key.Order() == run[0].key.Order() {
			n++
		}
		e.writeKey(run[:n])
		run = run[n:]
	}
}

// writeKey writes the rules of one source, target and class.
func (e *emitter) writeKey(run []rawRule) {
	// The kinds in the order in which each first came; extended permissions of one
	// kind were inserted one in front of the other.
	var done policydb.AVKind
	for i := range run {
		first := &run[i]
		kind := first.key.Kind()
		if done&kind != 0 {
			continue
		}
		done |= kind
		if kind.IsXPerms() {
			for j := len(run) - 1; j >= i; j-- {
				if run[j].key.Kind() == kind {
					e.writeXRule(&run[j])
				}
			}
			continue
		}
		e.origins.rule()
		data := first.data
		for j := i; j < len(run); j++ {
			if run[j].key.Kind() != kind {
				continue
			}
			e.origins.add(run[j].stmt)
			if kind == policydb.AVAuditDeny {
				data &= run[j].data
			} else if kind&policydb.AVAccess != 0 {
				data |= run[j].data
			}
		}
		e.table = append(e.table, finalRule{first.key, data})
	}
}

func (e *emitter) writeXRule(r *rawRule) {
	e.origins.rule()
	for _, s := range e.xrecords[r.data].stmts {
		e.origins.add(s)
	}
	e.table = append(e.table, finalRule{r.key, r.data})
}
