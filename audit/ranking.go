package audit

import (
	"cmp"
	"iter"
	"slices"
)

// Groups yields the groups of denials, or of granted accesses, up to now, the
// most frequent first, and in the order of their signatures where they are
// equally frequent. They are valid until the Folder counts another.
func (f *Folder) Groups(result Result) iter.Seq[Group] {
	return func(yield func(Group) bool) {
		for _, r := range slices.SortedFunc(f.ranked(result), compareRanked) {
			if !yield(f.group(r.n)) {
				return
			}
		}
	}
}

// Top returns the first n of Groups, without ordering the others.
func (f *Folder) Top(result Result, n int) []Group {
	n = min(n, f.groups.len())
	best := make([]ranked, 0, n+1)
	for r := range f.ranked(result) {
		if len(best) == n && (n == 0 || compareRanked(best[n-1], r) <= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, r, compareRanked)
		best = slices.Insert(best, at, r)[:min(n, len(best)+1)]
	}
	groups := make([]Group, len(best))
	for i := range best {
		groups[i] = f.group(best[i].n)
	}
	return groups
}

// A Kind is the denials that differ at most in the port.
type Kind struct {
	Signature Signature // of the group that came first
	Groups    int
	Count     int64
}

// Kinds returns all kinds, in the order in which their first groups came.
func (f *Folder) Kinds() []Kind {
	kinds := make([]Kind, 0, len(f.kinds))
	places := make([]int32, len(f.kinds)) // in kinds, from 1
	for i := range int32(f.groups.len()) {
		g := f.groups.at(i)
		at := &places[g.kind]
		if *at == 0 {
			kinds = append(kinds, Kind{Signature: f.kinds[g.kind].signature})
			*at = int32(len(kinds))
			kinds[*at-1].Signature.Port = g.port
		}
		k := &kinds[*at-1]
		k.Groups++
		k.Count += g.count
	}
	return kinds
}

// Find returns the group with a signature.
func (f *Folder) Find(s Signature) (Group, bool) {
	port := s.Port
	s.Port = 0
	k, ok := f.kindOf[s]
	if !ok {
		return Group{}, false
	}
	n := f.index.find(&f.groups, groupKey{k, port})
	if n < 0 {
		return Group{}, false
	}
	return f.group(n), true
}

func (f *Folder) group(n int32) Group {
	g := f.groups.at(n)
	out := Group{Signature: f.kinds[g.kind].signature, Count: g.count, OnlyLogged: g.onlyLogged, First: fromMicros(g.first), Last: fromMicros(g.last), folder: f, at: n}
	out.Signature.Port = g.port
	for _, c := range g.commands {
		if c > 0 {
			out.Commands = append(out.Commands, string(f.commands.text(int32(c))))
		}
	}
	if g.sample > 0 {
		s := f.samples.at(g.sample - 1)
		for _, n := range s.objects {
			if n > 0 {
				out.Objects = append(out.Objects, string(f.objects.text(n)))
			}
		}
		out.MoreObjects = s.more
	}
	return out
}

// ranked is what orders a group among others.
type ranked struct {
	count      int64
	head, tail int32
	port       uint16
	n          int32
}

func compareRanked(a, b ranked) int {
	switch {
	case a.count != b.count:
		return cmp.Compare(b.count, a.count)
	case a.head != b.head:
		return cmp.Compare(a.head, b.head)
	case a.port != b.port:
		return cmp.Compare(a.port, b.port)
	}
	return cmp.Compare(a.tail, b.tail)
}

// ranked yields the groups with a result, in no order.
func (f *Folder) ranked(result Result) iter.Seq[ranked] {
	return func(yield func(ranked) bool) {
		// A few kinds have many ports: compare kinds once.
		head, tail := f.ranks(compareHead), f.ranks(compareTail)
		for n := range int32(f.groups.len()) {
			g := f.groups.at(n)
			if f.kinds[g.kind].signature.Result == result && !yield(ranked{g.count, head[g.kind], tail[g.kind], g.port, n}) {
				return
			}
		}
	}
}

// ranks returns for every kind its place in an order; equal kinds have one.
func (f *Folder) ranks(compare func(a, b *Signature) int) []int32 {
	order := make([]int32, len(f.kinds))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compare(&f.kinds[a].signature, &f.kinds[b].signature) })
	ranks := make([]int32, len(order))
	rank := int32(0)
	for i, k := range order {
		if i > 0 && compare(&f.kinds[order[i-1]].signature, &f.kinds[k].signature) != 0 {
			rank++
		}
		ranks[k] = rank
	}
	return ranks
}
