package compile

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// An optimizer removes rules that other rules contain. It mirrors
// policydb_optimize: which rules go, and which permissions remain in the others,
// depends on the order of the table.
type optimizer struct {
	*emitter
	// supersets holds for each value those of the attributes that contain it,
	// and its own, ascending.
	supersets [][]uint16
	index     map[policydb.AVKey]uint32 // the first live rule of a key, +1
	dead      []bool
}

func (e *emitter) optimize() {
	if e.pol.Version >= 20 && e.pol.Version <= 23 {
		e.failPolicy("version %d cannot be optimized", e.pol.Version)
		return
	}
	o := &optimizer{emitter: e, index: make(map[policydb.AVKey]uint32, len(e.table)), dead: make([]bool, len(e.table))}
	o.findSupersets()
	for i := len(e.table) - 1; i >= 0; i-- {
		o.index[e.table[i].key] = uint32(i + 1)
	}
	for i := range e.table {
		if o.redundant(&e.table[i], true) {
			o.dead[i] = true
			o.unindex(i)
		}
	}
	o.conditions()
	o.sweep()
}

// findSupersets mirrors build_type_map.
func (o *optimizer) findSupersets() {
	o.supersets = make([][]uint16, len(o.typeOf))
	var attrs []uint16
	for v, id := range o.typeOf[1:] {
		if o.data[id].kind == isTypeAttribute {
			attrs = append(attrs, uint16(v+1))
		}
	}
	for v, id := range o.typeOf[1:] {
		list := &o.supersets[v+1]
		if o.data[id].kind == isTypeAttribute {
			own := o.typeSet(id)
			for _, a := range attrs {
				if o.typeSet(o.typeOf[a]).contains(own) {
					*list = append(*list, a)
				}
			}
			continue
		}
		for bit := range o.pol.TypeAttrMap[v].All() {
			*list = append(*list, uint16(bit+1))
		}
	}
}

// unindex makes the index forget a rule; the next one of its key takes its
// place.
func (o *optimizer) unindex(i int) {
	key := o.table[i].key
	if o.index[key] != uint32(i+1) {
		return
	}
	if n := i + 1; n < len(o.table) && o.table[n].key == key && !o.dead[n] {
		o.index[key] = uint32(n + 1)
		return
	}
	delete(o.index, key)
}

// redundant removes from a rule the permissions that the table gives to supersets of its source and
// target, and reports whether nothing is left. It mirrors is_avrule_redundant.
func (o *optimizer) redundant(r *finalRule, inTable bool) bool {
	kind := r.key.Kind() &^ policydb.AVEnabled
	if kind&(policydb.AVAccess|policydb.AVXPerms) == 0 {
		return false
	}
	s, t := r.key.Source(), r.key.Target()
	for _, a := range o.supersets[s] {
		for _, b := range o.supersets[t] {
			if inTable && a == s && b == t {
				continue
			}
			n := o.index[policydb.NewAVKey(a, b, r.key.Class(), kind)]
			if n != 0 && o.subtract(r, &o.table[n-1]) {
				return true
			}
		}
	}
	return false
}

// subtract takes from a rule what another of its kind and class has, and reports
// whether nothing is left. It mirrors process_avtab_datum.
func (o *optimizer) subtract(r, by *finalRule) bool {
	kind := r.key.Kind() &^ policydb.AVEnabled
	switch {
	case kind == policydb.AVAuditDeny:
		r.data |= ^by.data
		return r.data == 1<<32-1
	case kind&policydb.AVAccess != 0:
		r.data &^= by.data
		return r.data == 0
	}
	x, y := &o.xrecords[r.data], &o.xrecords[by.data].XPerms
	switch {
	case x.Specified == y.Specified && (x.Specified == policydb.XPermsIoctlDriver || x.Driver == y.Driver):
		left := uint32(0)
		for i := range x.Perms {
			x.Perms[i] &^= y.Perms[i]
			left |= x.Perms[i]
		}
		return left == 0
	case x.Specified == policydb.XPermsIoctlFunction && y.Specified == policydb.XPermsIoctlDriver:
		return y.Has(x.Driver)
	}
	return false
}

// conditions mirrors optimize_cond_avtab.
func (o *optimizer) conditions() {
	var conds []policydb.Cond
	var origins [][2][]stmtID
	for i, c := range o.pol.Conditionals {
		from := o.condOrigins[i]
		c.True, from[0] = o.condition(c.True, from[0])
		c.False, from[1] = o.condition(c.False, from[1])
		if c.True.Len() > 0 || c.False.Len() > 0 {
			conds = append(conds, c)
			origins = append(origins, from)
		}
	}
	o.pol.Conditionals, o.condOrigins = conds, origins
}

type condEntry struct {
	finalRule
	from stmtID
}

// condition mirrors optimize_cond_av_list: rules with an attribute move to the
// end, in the opposite order, and then all are compared with the table and with
// those.
func (o *optimizer) condition(t policydb.AVTab, from []stmtID) (policydb.AVTab, []stmtID) {
	var list, covering []condEntry
	n := 0
	for off, r := range t.All() {
		e := condEntry{finalRule{key: policydb.NewAVKey(r.Source, r.Target, r.Class, r.Kind), data: r.Data}, from[n]}
		if r.Kind.IsXPerms() {
			e.data = o.newRecord(&xRecord{XPerms: t.XPerms(off)})
		}
		n++
		if o.isAttribute(r.Source) || o.isAttribute(r.Target) {
			covering = append(covering, e)
		} else {
			list = append(list, e)
		}
	}
	slices.Reverse(covering)
	var kept []condEntry
	for i := range list {
		if !o.redundant(&list[i].finalRule, false) && !o.covered(&list[i].finalRule, covering) {
			kept = append(kept, list[i])
		}
	}
	for i := 0; i < len(covering); {
		if o.redundant(&covering[i].finalRule, false) || o.covered(&covering[i].finalRule, covering) {
			covering = slices.Delete(covering, i, i+1)
		} else {
			i++
		}
	}
	var b policydb.AVTabBuilder
	from = nil
	for _, e := range append(kept, covering...) {
		if e.key.Kind().IsXPerms() {
			b.AddXPerms(e.rule(), &o.xrecords[e.data].XPerms)
		} else {
			b.Add(e.rule())
		}
		from = append(from, e.from)
	}
	return b.Table(), from
}

func (o *optimizer) isAttribute(v uint16) bool { return o.data[o.typeOf[v]].kind == isTypeAttribute }

// covered mirrors is_cond_rule_redundant.
func (o *optimizer) covered(r *finalRule, covering []condEntry) bool {
	if r.key.Kind()&(policydb.AVAccess|policydb.AVXPerms) == 0 {
		return false
	}
	s, t := r.key.Source(), r.key.Target()
	for i := range covering {
		by := &covering[i].finalRule
		a, b := by.key.Source(), by.key.Target()
		if by.key.Kind() != r.key.Kind() || by.key.Class() != r.key.Class() || a == s && b == t {
			continue
		}
		if _, ok := slices.BinarySearch(o.supersets[s], a); !ok {
			continue
		}
		if _, ok := slices.BinarySearch(o.supersets[t], b); !ok {
			continue
		}
		if o.subtract(r, by) {
			return true
		}
	}
	return false
}

// sweep takes the dead rules out of the table.
func (o *optimizer) sweep() {
	kept := o.table[:0]
	var origins originBuilder
	origins.begin(len(o.table))
	for i := range o.table {
		if o.dead[i] {
			continue
		}
		kept = append(kept, o.table[i])
		origins.rule()
		for _, s := range o.origins.of(i) {
			origins.add(s)
		}
	}
	o.table, o.origins = kept, origins
}
