package policydiff

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"

	"github.com/senet-selinux/senet/policy"
)

// A cell holds the permissions in both policies for one source, target, class and conditional.
type cell struct {
	source, target, class, cond uint32
	had, has                    uint64
}

func (c cell) place() typeCell { return typeCell{c.source, c.target, c.class, c.cond, ""} }

// An accessDiff compares the access rules of one kind: allow, auditallow or dontaudit.
//
// Rules that are in both policies cancel out. The remaining rules are compared source by source, as
// bitmaps of targets for each permission; the exclusive or of two bitmaps gives the cells that may
// differ. Only for these it consults the rules of both policies again, which may grant the access
// anyway. An unconditional difference exposes or hides conditional rules, so it looks at the
// targets of all conditionals of a class.
type accessDiff struct {
	u *universe
	entries
	from   [][]uint32 // by type: the extents of sources of the remaining rules that contain it
	inSets [][]uint32 // by type: the extents that contain it, its own first
	groups map[string][]suspect
	rows   rows
}

// A suspect is a class with the targets for which the remaining rules differ.
type suspect struct {
	class   uint32
	targets words
}

func (u *universe) newAccessDiff(kind policy.RuleKind) *accessDiff {
	d := &accessDiff{u: u, entries: u.rulesOf(kind), groups: make(map[string][]suspect)}
	d.from, d.inSets = make([][]uint32, u.firstSet), make([][]uint32, u.firstSet)
	if len(d.only[0])+len(d.only[1]) == 0 {
		return d
	}
	for id := range d.inSets {
		d.inSets[id] = []uint32{uint32(id)}
	}
	for i, set := range u.sets {
		for id := range set.all() {
			d.inSets[id] = append(d.inSets[id], u.firstSet+uint32(i))
		}
	}
	var sources []uint32
	for _, list := range d.only {
		for _, e := range list {
			sources = append(sources, e.source)
		}
	}
	slices.Sort(sources)
	for _, extent := range slices.Compact(sources) {
		if extent < u.firstSet {
			d.from[extent] = append(d.from[extent], extent)
			continue
		}
		for id := range u.sets[extent-u.firstSet].all() {
			d.from[id] = append(d.from[id], extent)
		}
	}
	return d
}

// bySource returns the entries of a sorted list with a source.
func bySource(list []entry, source uint32) []entry {
	low := sort.Search(len(list), func(i int) bool { return list[i].source >= source })
	n := sort.Search(len(list)-low, func(i int) bool { return list[low+i].source > source })
	return list[low : low+n]
}

// byClass returns the entries of one source with a class.
func byClass(list []entry, class uint32) []entry {
	low := sort.Search(len(list), func(i int) bool { return list[i].class >= class })
	n := sort.Search(len(list)-low, func(i int) bool { return list[low+i].class > class })
	return list[low : low+n]
}

// cells returns the cells of a source that differ, unsorted. The list is valid until the next call.
func (d *accessDiff) cells(source uint32, dst []cell) []cell {
	dst = dst[:0]
	if len(d.from[source]) == 0 {
		return dst
	}
	suspects := d.suspects(d.from[source])
	if len(suspects) == 0 {
		return dst
	}
	var common [][]entry
	for _, extent := range d.inSets[source] {
		if list := bySource(d.common, extent); len(list) > 0 {
			common = append(common, list)
		}
	}
	for _, s := range suspects {
		d.rows.reset(s.targets)
		for i := range d.only {
			for _, extent := range d.from[source] {
				for _, e := range byClass(bySource(d.only[i], extent), s.class) {
					d.rows.grant(d.u, e, 1<<i)
				}
			}
		}
		for _, list := range common {
			for _, e := range byClass(list, s.class) {
				d.rows.grant(d.u, e, 3)
			}
		}
		dst = d.rows.cells(source, s.class, dst)
	}
	return dst
}

// suspects compares the remaining rules of a set of sources. Types in the same sources share the
// result.
func (d *accessDiff) suspects(sources []uint32) []suspect {
	key := make([]byte, 0, 4*len(sources))
	for _, extent := range sources {
		key = binary.LittleEndian.AppendUint32(key, extent)
	}
	if list, ok := d.groups[string(key)]; ok {
		return list
	}
	var classes []uint32
	for i := range d.only {
		for _, extent := range sources {
			for _, e := range bySource(d.only[i], extent) {
				classes = append(classes, e.class)
			}
		}
	}
	slices.Sort(classes)
	var list []suspect
	everything := d.u.newWords()
	for i := range everything {
		everything[i] = ^uint64(0)
	}
	for _, class := range slices.Compact(classes) {
		d.rows.reset(everything)
		for i := range d.only {
			for _, extent := range sources {
				for _, e := range byClass(bySource(d.only[i], extent), class) {
					d.rows.grant(d.u, e, 1<<i)
				}
			}
		}
		if targets := d.rows.differing(); !targets.empty() {
			list = append(list, suspect{class, targets})
		}
	}
	d.groups[string(key)] = list
	return list
}

// rows holds the targets that each side grants, by conditional and permission, limited to the
// targets of interest.
type rows struct {
	targets words
	index   []int    // the indexes of the nonzero words of targets
	rows    []row    // in use, unsorted
	free    []words  // memory to use again
	conds   []uint32 // the conditional of each row
}

type row struct {
	perms uint64 // granted by either side anywhere
	by    [2][64]words
}

func (r *rows) reset(targets words) {
	for i := range r.rows {
		row := &r.rows[i]
		for side := range row.by {
			for p := row.perms; p != 0; p &= p - 1 {
				n := bits.TrailingZeros64(p)
				if w := row.by[side][n]; w != nil {
					r.free = append(r.free, w)
					row.by[side][n] = nil
				}
			}
		}
		row.perms = 0
	}
	r.rows, r.conds = r.rows[:0], r.conds[:0]
	r.targets, r.index = targets, r.index[:0]
	for i, w := range targets {
		if w != 0 {
			r.index = append(r.index, i)
		}
	}
}

func (r *rows) row(cond uint32) *row {
	i := slices.Index(r.conds, cond)
	if i < 0 {
		i = len(r.conds)
		r.conds = append(r.conds, cond)
		if i < cap(r.rows) {
			r.rows = r.rows[:i+1]
		} else {
			r.rows = append(r.rows, row{})
		}
	}
	return &r.rows[i]
}

func (r *rows) words(size int) words {
	n := len(r.free)
	if n == 0 || len(r.free[n-1]) < size {
		return make(words, size)
	}
	w := r.free[n-1][:size]
	r.free = r.free[:n-1]
	clear(w)
	return w
}

// grant adds the permissions that a rule grants in some of the sides, a set of two bits.
func (r *rows) grant(u *universe, e entry, sides int) {
	var one [1]int
	index := r.index
	if e.target < u.firstSet {
		if !r.targets.has(e.target) {
			return
		}
		one[0] = int(e.target / 64)
		index = one[:]
	} else {
		set := u.sets[e.target-u.firstSet]
		if !slices.ContainsFunc(index, func(i int) bool { return set[i]&r.targets[i] != 0 }) {
			return
		}
	}
	row := r.row(e.cond)
	row.perms |= e.data
	for side := range row.by {
		if sides&(1<<side) == 0 {
			continue
		}
		for p := e.data; p != 0; p &= p - 1 {
			n := bits.TrailingZeros64(p)
			w := row.by[side][n]
			if w == nil {
				w = r.words(len(r.targets))
				row.by[side][n] = w
			}
			if e.target < u.firstSet {
				w.add(e.target)
				continue
			}
			set := u.sets[e.target-u.firstSet]
			for _, i := range index {
				w[i] |= set[i] & r.targets[i]
			}
		}
	}
}

// at returns a word of a set that may be nil.
func (w words) at(i int) uint64 {
	if w == nil {
		return 0
	}
	return w[i]
}

// differing returns the targets for which the two sides differ.
func (r *rows) differing() words {
	w := make(words, len(r.targets))
	for i := range r.rows {
		row := &r.rows[i]
		for p := row.perms; p != 0; p &= p - 1 {
			n := bits.TrailingZeros64(p)
			for k := range w {
				w[k] |= row.by[0][n].at(k) ^ row.by[1][n].at(k)
			}
		}
	}
	return w
}

// cells appends the cells that differ.
func (r *rows) cells(source, class uint32, dst []cell) []cell {
	always := -1
	for i, cond := range r.conds {
		if cond == 0 {
			always = i
		}
	}
	for i, cond := range r.conds {
		row := &r.rows[i]
		if cond != 0 && always >= 0 {
			row.without(&r.rows[always], r.index)
		}
		for _, k := range r.index {
			var differ uint64
			for p := row.perms; p != 0; p &= p - 1 {
				n := bits.TrailingZeros64(p)
				differ |= row.by[0][n].at(k) ^ row.by[1][n].at(k)
			}
			for ; differ != 0; differ &= differ - 1 {
				bit := bits.TrailingZeros64(differ)
				c := cell{source: source, target: uint32(k*64 + bit), class: class, cond: cond}
				for p := row.perms; p != 0; p &= p - 1 {
					n := bits.TrailingZeros64(p)
					c.had |= row.by[0][n].at(k) >> bit & 1 << n
					c.has |= row.by[1][n].at(k) >> bit & 1 << n
				}
				dst = append(dst, c)
			}
		}
	}
	return dst
}

// without removes the permissions that each side grants in another row.
func (r *row) without(other *row, index []int) {
	for side := range r.by {
		for p := r.perms & other.perms; p != 0; p &= p - 1 {
			n := bits.TrailingZeros64(p)
			w, o := r.by[side][n], other.by[side][n]
			if w == nil || o == nil {
				continue
			}
			for _, i := range index {
				w[i] &^= o[i]
			}
		}
	}
}
