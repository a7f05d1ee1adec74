package compile

import "github.com/senet-selinux/senet/policydb"

// checkX checks a neverallowx: wherever a rule allows ioctl, extended
// permissions must exist and must not meet those of the rule; the same for
// nlmsg. It mirrors check_assertion_extended_permissions.
func (a *assertions) checkX(never *avxRule) {
	a.begin(never.src, never.tgt)
	x := &a.permxs[never.permx]
	if x.perms.empty() {
		return
	}
	a.indexConditions()
	var bad []uint32
	for _, class := range a.expandClass(x.class) {
		bit, ok := a.permBit(&a.classes[a.data[class].ext], x.kind)
		if !ok {
			continue
		}
		p := pairCheck{assertions: a, class: uint16(a.val[class]), bit: 1 << bit, never: x,
			memo: make(map[pairKey]bool)}
		for _, r := range a.byClass[a.val[class]] {
			if rule := &a.rules[r.rule]; r.mask>>bit&1 != 0 && a.matches(rule) && p.ruleIsBad(rule) {
				bad = append(bad, r.rule)
			}
		}
	}
	a.violated(never.stmt, bad)
}

// A pairCheck asks of a source and a target whether what a neverallowx forbids is
// open to them.
type pairCheck struct {
	*assertions
	class uint16
	bit   uint32 // the access vector of ioctl or nlmsg
	never *permX
	memo  map[pairKey]bool
}

type pairKey struct {
	s, t        uint32
	conditional bool
}

// ruleIsBad reports whether an allow rule lets some source of the rule at hand
// use what it forbids on some target.
func (p *pairCheck) ruleIsBad(r *avRule) bool {
	conditional := p.inCondition(r.stmt)
	if conditional && !p.opts.since(8) {
		return true // no extended permissions are in conditions
	}
	for s, t := range p.pairs(r.src, r.tgt) {
		key := pairKey{s, t, conditional}
		bad, ok := p.memo[key]
		if !ok {
			bad = p.pairIsBad(key)
			p.memo[key] = bad
		}
		if bad {
			return true
		}
	}
	return false
}

// pairIsBad mirrors check_assertion_extended_permissions_avtab.
func (p *pairCheck) pairIsBad(key pairKey) bool {
	some, conflict := false, false
	for i := range p.pol.TypeAttrMap[p.val[p.types[key.s]]-1].All() {
		for j := range p.pol.TypeAttrMap[p.val[p.types[key.t]]-1].All() {
			s, t := uint16(i+1), uint16(j+1)
			for _, kind := range [...]symID{wIoctl, wNlmsg} {
				u := p.xtable.unions[xKey{policydb.NewAVKey(s, t, p.class, policydb.AVXPermsAllowed), kind}]
				if u == nil || u.set.empty() {
					continue
				}
				some = true
				if kind == p.never.kind && u.set.meets(p.never.perms) {
					return true
				}
			}
			for n := range p.conds {
				var base, found [2]bool
				for branch, index := range p.conds[n] {
					facts := index[policydb.NewAVKey(s, t, p.class, 0)]
					if facts == nil {
						continue
					}
					base[branch] = facts.mask&p.bit != 0
					found[branch] = len(facts.sets) > 0
					if set := facts.sets[p.never.kind]; set != nil && set.meets(p.never.perms) {
						return true
					}
				}
				switch {
				case found[0] && found[1]:
					some = true
				case key.conditional && (base[0] && !found[0] || base[1] && !found[1]):
					conflict = true
				}
			}
		}
	}
	return !key.conditional && !some || conflict
}

// A condIndex holds what the rules of a branch allow, by source, target and class.
type condIndex map[policydb.AVKey]*condFacts

type condFacts struct {
	mask uint32
	sets map[symID]*xpermSet // of ioctl and nlmsg
}

// indexConditions makes the indexes of the conditionals, once.
func (a *assertions) indexConditions() {
	if a.conds != nil || !a.opts.since(8) {
		return
	}
	a.conds = make([][2]condIndex, len(a.pol.Conditionals))
	for n := range a.pol.Conditionals {
		c := &a.pol.Conditionals[n]
		a.conds[n] = [2]condIndex{indexBranch(c.True), indexBranch(c.False)}
	}
}

func indexBranch(t policydb.AVTab) condIndex {
	index := make(condIndex)
	for off, r := range t.All() {
		if r.Kind&(policydb.AVAllowed|policydb.AVXPermsAllowed) == 0 {
			continue
		}
		key := policydb.NewAVKey(r.Source, r.Target, r.Class, 0)
		facts := index[key]
		if facts == nil {
			facts = &condFacts{sets: make(map[symID]*xpermSet)}
			index[key] = facts
		}
		if !r.Kind.IsXPerms() {
			facts.mask |= r.Data
			continue
		}
		x := t.XPerms(off)
		kind := symID(wIoctl)
		if x.Specified == policydb.XPermsNlmsg {
			kind = wNlmsg
		}
		if facts.sets[kind] == nil {
			facts.sets[kind] = new(xpermSet)
		}
		facts.sets[kind].addRecord(&x)
	}
	return index
}

func (x *xpermSet) empty() bool { return *x == xpermSet{} }

func (x *xpermSet) meets(o *xpermSet) bool {
	for i, w := range x {
		if w&o[i] != 0 {
			return true
		}
	}
	return false
}

// addRecord adds the rights in a record of the policy.
func (x *xpermSet) addRecord(r *policydb.XPerms) {
	for n := range 256 {
		if !r.Has(uint8(n)) {
			continue
		}
		if r.Specified == policydb.XPermsIoctlDriver {
			for i := range x.driver(uint32(n)) {
				x.driver(uint32(n))[i] = ^uint64(0)
			}
		} else {
			x.driver(uint32(r.Driver))[n/64] |= 1 << (n % 64)
		}
	}
}
