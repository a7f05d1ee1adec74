package compile

import (
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

const versionAVTab = 20

// expandOld writes rules of attributes as rules of their types, which versions
// before 20 need. It mirrors expand_avtab and expand_cond_av_list.
func (e *emitter) expandOld() {
	if e.pol.Version >= versionAVTab {
		return
	}
	e.raw = e.raw[:0]
	for i := range e.table {
		r := &e.table[i]
		from := e.origins.of(i)
		for _, s := range e.values(r.key.Source()) {
			for _, t := range e.values(r.key.Target()) {
				key := policydb.NewAVKey(s, t, r.key.Class(), r.key.Kind())
				e.raw = append(e.raw, rawRule{key: key, data: r.data, stmt: from[0]})
			}
		}
	}
	e.sortRules()
	for i := range e.pol.Conditionals {
		c := &e.pol.Conditionals[i]
		c.True, e.condOrigins[i][0] = e.expandBranch(c.True, e.condOrigins[i][0])
		c.False, e.condOrigins[i][1] = e.expandBranch(c.False, e.condOrigins[i][1])
	}
}

// values returns the values of the types of an attribute's value, or a type's value itself.
func (e *emitter) values(v uint16) []uint16 {
	if e.data[e.typeOf[v]].kind != isTypeAttribute {
		return []uint16{v}
	}
	return e.members(e.typeOf[v])
}

func (e *emitter) expandBranch(t policydb.AVTab, from []stmtID) (policydb.AVTab, []stmtID) {
	var list []policydb.AVRule
	var origins []stmtID
	known := make(map[policydb.AVKey]int)
	n := 0
	for _, r := range t.All() {
		for _, s := range e.values(r.Source) {
			for _, tgt := range e.values(r.Target) {
				one := r
				one.Source, one.Target = s, tgt
				key := policydb.NewAVKey(s, tgt, r.Class, r.Kind)
				if at, ok := known[key]; ok {
					if r.Kind&policydb.AVAuditDeny != 0 {
						list[at].Data &= r.Data
					} else {
						list[at].Data |= r.Data
					}
					continue
				}
				known[key] = len(list)
				list = append(list, one)
				origins = append(origins, from[n])
			}
		}
		n++
	}
	slices.Reverse(list)
	slices.Reverse(origins)
	var b policydb.AVTabBuilder
	for _, r := range list {
		b.Add(r)
	}
	return b.Table(), origins
}
