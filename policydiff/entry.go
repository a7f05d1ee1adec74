package policydiff

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// An entry is one rule with shared ids.
type entry struct {
	source, target uint32 // extents
	class          uint32
	cond           uint32 // 0, or twice the id of the conditional, + 1 in its true branch
	data           uint64 // permissions, or the default type
}

func compareEntries(a, b entry) int {
	return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.class, b.class), cmp.Compare(a.cond, b.cond),
		cmp.Compare(a.target, b.target), cmp.Compare(a.data, b.data))
}

func condOf(s *side, r *policy.Rule) uint32 {
	if r.Cond == 0 {
		return 0
	}
	c := 2 * s.conds[r.Cond]
	if r.Branch {
		c++
	}
	return c
}

// entries are the rules of one kind that both policies have, and those that only one has, each list
// sorted.
type entries struct {
	common []entry
	only   [2][]entry
}

// rulesOf collects the rules of one kind, except those of extended permissions.
func (u *universe) rulesOf(kind policy.RuleKind) entries {
	lists := [2][]entry{}
	for i := range u.sides {
		s := &u.sides[i]
		n := 0
		for range s.p.Rules(policy.RuleFilter{Kinds: kind}) {
			n++
		}
		lists[i] = slices.Grow(u.lists[i][:0], n)
		for r := range s.p.Rules(policy.RuleFilter{Kinds: kind}) {
			e := entry{source: s.extents[r.Source], target: s.extents[r.Target], class: s.classes[r.Class]}
			e.cond = condOf(s, &r)
			if kind&policy.TypeRules != 0 {
				e.data = uint64(s.types[r.Default])
			} else {
				e.data = s.access(r.Class, r.Perms)
			}
			if e.source != 0 && e.target != 0 && e.class != 0 && e.data != 0 {
				lists[i] = append(lists[i], e)
			}
		}
	}
	u.lists = lists
	return cancel(lists)
}

// cancel removes the entries that are in both lists: a rule with the same extents grants the same
// access in both policies. It keeps the common entries only for classes that differ, in the memory
// of the first list.
func cancel(lists [2][]entry) entries {
	var out entries
	t := newTable(lists[0])
	for _, e := range lists[1] {
		if !t.mark(e) {
			out.only[1] = append(out.only[1], e)
		}
	}
	for i, e := range lists[0] {
		if t.state[i] == single {
			out.only[0] = append(out.only[0], e)
		}
	}
	if len(out.only[0])+len(out.only[1]) == 0 {
		return entries{}
	}
	var sources, classes uint32
	for i := range out.only {
		slices.SortFunc(out.only[i], compareEntries)
		out.only[i] = slices.Compact(out.only[i])
		for _, e := range out.only[i] {
			classes = max(classes, e.class)
		}
	}
	concerned := make([]bool, classes+1)
	for i := range out.only {
		for _, e := range out.only[i] {
			concerned[e.class] = true
		}
	}
	out.common = lists[0][:0]
	for i, e := range lists[0] {
		if t.state[i] == marked && e.class <= classes && concerned[e.class] {
			out.common = append(out.common, e)
			sources = max(sources, e.source)
		}
	}
	// Lookups go by source and class: the order within them does not matter. The second list is no
	// longer needed: its memory has room for the common entries.
	spare := lists[1][:len(out.common)]
	distribute(spare, out.common, classes, func(e *entry) uint32 { return e.class })
	distribute(out.common, spare, sources, func(e *entry) uint32 { return e.source })
	return out
}

// distribute sorts by a number up to most, keeping the order of equal ones.
func distribute[E any](to, from []E, most uint32, number func(*E) uint32) {
	next := make([]uint32, most+2)
	for i := range from {
		next[number(&from[i])+1]++
	}
	for i := range next[1:] {
		next[i+1] += next[i]
	}
	for i := range from {
		n := number(&from[i])
		to[next[n]] = from[i]
		next[n]++
	}
}

// A table finds entries of a list: a hash table with open addressing.
type table struct {
	list  []entry
	slots []uint32 // positions + 1
	state []uint8
}

const (
	double uint8 = iota // already in the list
	single
	marked
)

func newTable(list []entry) *table {
	size := 16
	for size < 2*len(list) {
		size *= 2
	}
	t := &table{list: list, slots: make([]uint32, size), state: make([]uint8, len(list))}
	for i, e := range list {
		if slot := t.find(e); t.slots[slot] == 0 {
			t.slots[slot] = uint32(i) + 1
			t.state[i] = single
		}
	}
	return t
}

// find returns the slot of an entry, or the free slot for it.
func (t *table) find(e entry) int {
	h := (uint64(e.source)<<32 | uint64(e.target)) * 0x9e3779b97f4a7c15
	h ^= h >> 29
	h = (h ^ uint64(e.class)<<32 ^ uint64(e.cond) ^ e.data<<7) * 0xbf58476d1ce4e5b9
	h ^= h >> 32
	mask := len(t.slots) - 1
	for slot := int(h) & mask; ; slot = (slot + 1) & mask {
		if n := t.slots[slot]; n == 0 || t.list[n-1] == e {
			return slot
		}
	}
}

func (t *table) mark(e entry) bool {
	n := t.slots[t.find(e)]
	if n != 0 {
		t.state[n-1] = marked
	}
	return n != 0
}
