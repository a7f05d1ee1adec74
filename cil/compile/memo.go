package compile

import (
	"math/bits"
	"slices"
)

// A memo holds the results of finishing a policy, for the next policy that is mended of it: what
// comes out the same need not be made again. All forks of a compilation share one.
type memo struct {
	// The labels, sorted.
	of        []label
	sorted    map[symID][]label
	conflicts []stmtID
	fileText  []byte

	// What no neverallow rule was found violated in: the first so many statements, with
	// these types and attributes.
	stmts stmtID
	types []datumID
	attrs []attrInfo
}

// labels reports whether labels are those that it has sorted.
func (m *memo) labels(list []label) bool {
	return m.sorted != nil && len(list) == len(m.of) && (len(list) == 0 || &list[0] == &m.of[0])
}

// remember takes over what was made of a policy in which nothing is wrong.
func (m *memo) remember(e *emitter) {
	m.of, m.sorted, m.conflicts, m.fileText = e.labels, e.sorted, e.conflicts, e.fileText
	m.stmts = 0
	if !e.opts.DisableNeverallow {
		m.stmts, m.types, m.attrs = stmtID(len(e.stmts)), e.types, e.attrs
	}
}

// A familiar tells the allow and neverallow rules that need not be compared: those which both
// were when the last policy was made, and whose types are still the same.
type familiar struct {
	*emitter
	stmts   stmtID
	changed []bool // by attribute: it has other types
}

// familiar compares the types and attributes with those of the last policy.
func (e *emitter) familiar() familiar {
	m := e.memo
	f := familiar{emitter: e, stmts: m.stmts}
	if m.stmts == 0 {
		return f
	}
	f.changed = make([]bool, len(e.attrs))
	var value []uint32 // of the types of the last policy; nil if they are the same
	if !slices.Equal(m.types, e.types) {
		value = make([]uint32, len(m.types))
		for n, id := range m.types {
			value[n] = noRank
			if d := &e.data[id]; d.kind == isType && d.tab != 0 {
				value[n] = d.value
			}
		}
	}
	for i := range e.attrs {
		f.changed[i] = i >= len(m.attrs) || !equalSets(m.attrs[i].set, e.attrs[i].set, value)
	}
	return f
}

// equalSets reports whether a set has the types of an older one, whose numbers are those
// of value now.
func equalSets(old, now bitset, value []uint32) bool {
	if value == nil {
		return slices.Equal(old, now)
	}
	if old.count() != now.count() {
		return false
	}
	for i, w := range old {
		for ; w != 0; w &= w - 1 {
			if v := value[i*64+bits.TrailingZeros64(w)]; v == noRank || !now.has(v) {
				return false
			}
		}
	}
	return true
}

// known reports whether a rule was there, with the same types.
func (f *familiar) known(s stmtID, src, tgt datumID) bool {
	return s < f.stmts && f.unchanged(src) && tgt != toNotSelf && (!named(tgt) || f.unchanged(tgt))
}

func (f *familiar) unchanged(id datumID) bool {
	d := &f.data[id]
	return d.kind != isTypeAttribute || !f.changed[d.ext]
}
