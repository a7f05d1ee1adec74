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

// A familiar tells which allow rules need not be compared again with the neverallow rules of the last
// policy: those that the last policy had too, and none of whose types is new, or new in an
// attribute. Such a rule has no new pair of types, and no neverallow rule has gained one of its pairs.
type familiar struct {
	*emitter
	stmts  stmtID
	gained bitset // types that are new, or new in an attribute
	any    bool   // gained is not empty
	touch  []uint8
}

// The values of touch: whether an attribute has a type of gained.
const (
	touchUnknown = iota
	touchNo
	touchYes
)

// familiar compares the types and attributes with those of the last policy.
func (e *emitter) familiar() familiar {
	m := e.memo
	f := familiar{
		emitter: e, stmts: m.stmts, gained: newBitset(uint32(len(e.types))), touch: make([]uint8, len(e.attrs)),
	}
	if m.stmts == 0 {
		return f
	}
	var value []uint32 // of the types of the last policy; nil if they are the same
	if !slices.Equal(m.types, e.types) {
		value = make([]uint32, len(m.types))
		f.gained.complement(uint32(len(e.types)))
		for n, id := range m.types {
			value[n] = noRank
			if d := &e.data[id]; d.kind == isType && d.tab != 0 {
				value[n] = d.value
				f.gained.clear(d.value)
			}
		}
	}
	was := newBitset(uint32(len(e.types)))
	for i := range e.data {
		d := &e.data[i]
		if d.kind != isTypeAttribute || d.tab == 0 || int(d.ext) >= len(m.attrs) {
			continue // only new statements name a new attribute
		}
		old, now := m.attrs[d.ext].set, e.attrs[d.ext].set
		if value != nil {
			clear(was)
			old.renumber(value, was)
			old = was
		}
		for n, w := range now {
			if n < len(old) {
				w &^= old[n]
			}
			f.gained[n] |= w
		}
	}
	f.any = slices.ContainsFunc(f.gained, func(w uint64) bool { return w != 0 })
	return f
}

// renumber adds the members of a set to out, with the numbers of value.
func (b bitset) renumber(value []uint32, out bitset) {
	for i, w := range b {
		for ; w != 0; w &= w - 1 {
			if v := value[i*64+bits.TrailingZeros64(w)]; v != noRank {
				out.set(v)
			}
		}
	}
}

// known reports whether the last policy had an allow rule, and no type of it is in gained.
func (f *familiar) known(r *avRule) bool {
	if r.stmt >= f.stmts || f.touches(r.src) {
		return false
	}
	if named(r.tgt) {
		return !f.touches(r.tgt)
	}
	return r.tgt != toNotSelf || !f.any
}

// touches reports whether a type is in gained, or a type of an attribute.
func (f *familiar) touches(id datumID) bool {
	d := &f.data[id]
	if d.kind != isTypeAttribute {
		return f.any && f.gained.has(d.value)
	}
	t := &f.touch[d.ext]
	if *t == touchUnknown {
		*t = touchNo
		if int(d.ext) >= len(f.memo.attrs) || f.gained.meets(f.attrs[d.ext].set) {
			*t = touchYes
		}
	}
	return *t == touchYes
}
