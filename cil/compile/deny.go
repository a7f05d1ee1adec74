package compile

import (
	"slices"
	"strconv"
)

// A denier takes from allow rules what deny rules deny. A rule that a deny rule
// meets is replaced by rules for what remains, with new attributes where a set of
// types needs one. It mirrors cil_process_deny_rules_in_ast: which rules, which
// attributes and in which order shows in the policy.
type denier struct {
	*post
	numbered int // how many types and attributes there are
	// after holds the declarations that are inserted behind another, the last
	// one first.
	after map[stmtID][]stmtID
	deny  *avRule
	cover map[datumID]uint32 // what the deny rule denies, by class
	out   []avRule
}

// deny takes the denied permissions from the allow rules.
func (p *post) deny() {
	if len(p.denies) == 0 {
		return
	}
	d := &denier{post: p, after: make(map[stmtID][]stmtID), numbered: len(p.types)}
	for _, s := range p.live {
		if symID(p.stmts[s].kind) == wTypeAttribute && p.data[p.datumOf(s)].first == s {
			d.numbered++
		}
	}
	p.names = slices.Clone(p.names) // others have the same array
	for i := range p.denies {
		d.apply(&p.denies[i])
	}
	live := make([]stmtID, 0, len(p.live)+len(d.after))
	for _, s := range p.live {
		live = d.insert(live, s)
	}
	p.live = live
	p.chooseFew()
}

// insert appends a statement and what is inserted behind it.
func (d *denier) insert(live []stmtID, s stmtID) []stmtID {
	live = append(live, s)
	for _, n := range slices.Backward(d.after[s]) {
		live = d.insert(live, n)
	}
	return live
}

// apply takes the permissions that one rule denies from all allow rules.
func (d *denier) apply(deny *avRule) {
	d.deny, d.cover = deny, make(map[datumID]uint32)
	d.expandPerms(deny.cp, func(class datumID, mask uint32) { d.cover[class] |= mask })
	d.out = make([]avRule, 0, len(d.rules))
	for i := range d.rules {
		r := &d.rules[i]
		if r.kind == wAllow && d.meets(r) && d.matchesAny(r.cp) {
			d.replace(r)
		} else {
			d.out = append(d.out, *r)
		}
		if len(d.out) > maxRules {
			d.failPolicy("deny rules leave more than %d rules", maxRules)
			return
		}
	}
	d.rules = d.out
}

// add adds a rule in the place of the one that is replaced.
func (d *denier) add(of *avRule, src, tgt datumID, perms []classPerm) {
	if src == none || tgt == none || len(perms) == 0 {
		return
	}
	d.out = append(d.out, avRule{stmt: of.stmt, src: src, tgt: tgt, cp: d.listOf(perms), kind: wAllow})
}

// none is a set of types without types. As a source or target, 0 is self.
const none datumID = toOther - 1

// several reports whether a set has more than one type.
func (d *denier) several(id datumID) bool { return id != none && d.typeSet(id).count() > 1 }

// replace adds the rules that remain of a rule. It mirrors
// cil_remove_permissions_from_rule, of which the names are.
func (d *denier) replace(r *avRule) {
	s1, t1, s2, t2 := r.src, r.tgt, d.deny.src, d.deny.tgt
	d.add(r, s1, t1, d.permsWithout(r.cp))
	p4 := d.permsWith(r.cp)
	s3 := d.without(s1, s2)
	d.add(r, s3, t1, p4)
	if t1 == t2 && (t1 == toSelf || t1 == toNotSelf) {
		return
	}
	s4 := d.both(s1, s2)
	switch {
	case t1 == toNotSelf:
		d.fromNotSelf(r, s4, p4)
	case t1 == toOther:
		d.fromOther(r, s3, s4, p4)
	case t2 == toNotSelf || t2 == toOther:
		d.add(r, d.both(s4, t1), toSelf, p4)
		if t2 == toOther {
			d.add(r, s4, d.without(t1, s2), p4)
		}
	case t1 == toSelf:
		d.add(r, d.without(s4, t2), toSelf, p4)
	case t2 == toSelf:
		s7, s8, t8 := d.without(s4, t1), d.both(s4, t1), d.without(t1, s4)
		d.add(r, s7, t1, p4)
		d.add(r, s8, t8, p4)
		if d.several(s8) {
			d.add(r, s8, toOther, p4)
		}
	default:
		d.add(r, s4, d.without(t1, t2), p4)
	}
}

// fromNotSelf adds what remains of a rule about all others.
func (d *denier) fromNotSelf(r *avRule, s4 datumID, p4 []classPerm) {
	t2 := d.deny.tgt
	if t2 == toOther {
		d.add(r, s4, d.complement(d.deny.src), p4)
		return
	}
	s5, s6, ta := d.without(s4, t2), d.both(s4, t2), d.complement(t2)
	tb := d.without(ta, s4)
	d.add(r, s6, ta, p4)
	d.add(r, s5, tb, p4)
	if d.several(s5) {
		d.add(r, s5, toOther, p4)
	}
}

// fromOther adds what remains of a rule about the others of its source.
func (d *denier) fromOther(r *avRule, s3, s4 datumID, p4 []classPerm) {
	t2 := d.deny.tgt
	d.add(r, s3, s4, p4)
	switch t2 {
	case toNotSelf:
	case toOther:
		d.add(r, s4, s3, p4)
	default:
		s5, s6 := d.without(s4, t2), d.both(s4, t2)
		tc, td := d.without(r.src, t2), d.without(s3, t2)
		d.add(r, s6, tc, p4)
		d.add(r, s5, td, p4)
		if d.several(s5) {
			d.add(r, s5, toOther, p4)
		}
	}
}

// without returns the types of a that b does not have.
func (d *denier) without(a, b datumID) datumID {
	switch {
	case b == none:
		return a
	case a == none || a == b:
		return none
	}
	return d.setOf(d.typeSet(a).andNot(d.typeSet(b)), a)
}

// both returns the types that a and b have.
func (d *denier) both(a, b datumID) datumID {
	switch {
	case a == b:
		return a
	case a == none || b == none:
		return none
	}
	return d.setOf(d.typeSet(a).and(d.typeSet(b)), a)
}

// complement returns the types that a does not have.
func (d *denier) complement(a datumID) datumID {
	return d.setOf(d.allTypes().andNot(d.typeSet(a)), a)
}

// setOf returns the datum for a set of types: a type, an attribute that is there, or a new one
// behind the declaration of another.
func (d *denier) setOf(set bitset, behind datumID) datumID {
	switch set.count() {
	case 0:
		return none
	case 1:
		for n := range set.all() {
			return d.types[n]
		}
	}
	for _, tab := range []tabID{d.data[behind].tab, rootTab} {
		if id := d.attributeIn(tab, set); id != 0 {
			return id
		}
	}
	return d.newAttribute(set, behind)
}

// The sizes of the tables of types (cil_sym_sizes).
const (
	rootTypesSize  = 1 << 13
	blockTypesSize = 32
)

// attributeIn returns the attribute of a table that has the types: of several
// the last one in the order of libsepol's table.
func (d *denier) attributeIn(tab tabID, set bitset) datumID {
	var names []string
	var ids []datumID
	matches := 0
	look := func(id datumID) {
		names, ids = append(names, d.names[d.data[id].name]), append(ids, id)
		if d.isSet(id, set) {
			matches++
		}
	}
	size := uint32(blockTypesSize)
	if tab == rootTab {
		size = rootTypesSize
		for _, id := range d.root[tTypes] {
			if id != 0 {
				look(id)
			}
		}
	} else {
		for key, id := range d.tabs[tab] {
			if key.table == tTypes {
				look(id)
			}
		}
	}
	if matches == 0 {
		return 0
	}
	last := datumID(0)
	for _, n := range d.opts.symbolHash().HashOrder(names, size) {
		if d.isSet(ids[n], set) {
			last = ids[n]
		}
	}
	return last
}

func (d *denier) isSet(id datumID, set bitset) bool {
	if d.data[id].kind != isTypeAttribute {
		return false
	}
	info := &d.attrs[d.data[id].ext]
	return info.done && slices.Equal(info.set, set)
}

// newAttribute declares an attribute behind another declaration. It mirrors
// cil_create_and_insert_attribute_and_set.
func (d *denier) newAttribute(set bitset, behind datumID) datumID {
	text := "deny_rule_attr_" + strconv.Itoa(d.numbered)
	name, ok := d.compiler.number(text)
	if !ok {
		name = symID(len(d.names))
		d.names, d.legal = append(d.names, text), append(d.legal, 0)
	}
	tab := d.data[behind].tab
	if prev := d.lookup(tab, tTypes, name); prev != 0 {
		d.failStmt(d.data[prev].first, "a deny rule needs the name %s for an attribute of its own", text)
		return prev
	}
	id := d.newDatum(isTypeAttribute, name)
	d.newValue(id)
	d.put(tab, tTypes, name, id)
	first := d.data[behind].first
	s := stmtID(len(d.stmts))
	d.stmts = append(d.stmts, stmt{
		node: d.stmts[d.deny.stmt].node, unit: d.stmts[d.deny.stmt].unit, kind: uint8(wTypeAttribute),
		scope: d.stmts[first].scope, x: uint32(id),
	})
	p := &d.data[id]
	p.table, p.tab, p.first, p.fqn, p.used = tTypes, tab, s, text, usedInRule
	p.keep = set.count() >= d.opts.expandSize()
	p.wide = !p.keep
	d.attrs[p.ext] = attrInfo{set: set, done: true}
	d.after[first] = append(d.after[first], s)
	d.numbered++
	return id
}
