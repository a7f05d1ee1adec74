package audit

import (
	"cmp"
	"iter"
	"slices"
)

// Groups yields the groups of denials, or of granted accesses, up to now, the most frequent first. Equally frequent
// groups come in the order of their signatures. A group is valid until the Folder counts another event.
func (f *Folder) Groups(result Result) iter.Seq[Group] {
	return func(yield func(Group) bool) {
		for _, g := range slices.SortedFunc(f.of(result), compareGroups) {
			if !yield(g.public()) {
				return
			}
		}
	}
}

// Top returns the first n of Groups, without sorting the others.
func (f *Folder) Top(result Result, n int) []Group {
	n = min(n, len(f.groups))
	best := make([]*group, 0, n+1)
	for g := range f.of(result) {
		if len(best) == n && (n == 0 || compareGroups(best[n-1], g) <= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, g, compareGroups)
		best = slices.Insert(best, at, g)[:min(n, len(best)+1)]
	}
	groups := make([]Group, len(best))
	for i, g := range best {
		groups[i] = g.public()
	}
	return groups
}

// of yields the groups with a result, in no particular order.
func (f *Folder) of(result Result) iter.Seq[*group] {
	return func(yield func(*group) bool) {
		for _, g := range f.groups {
			if g.kind.signature.Result == result && !yield(g) {
				return
			}
		}
	}
}

func compareGroups(a, b *group) int {
	switch {
	case a.count != b.count:
		return cmp.Compare(b.count, a.count)
	case a.kind == b.kind:
		return cmp.Compare(a.port, b.port)
	}
	x, y := &a.kind.signature, &b.kind.signature
	return cmp.Or(compareHead(x, y), cmp.Compare(a.port, b.port), compareTail(x, y))
}

// A Kind is a set of denials that differ at most in the port.
type Kind struct {
	Signature Signature // of the group that came first
	Groups    int
	Count     int64
}

// Kinds returns all kinds, in the order of their first groups.
func (f *Folder) Kinds() []Kind {
	groups := make([]*group, 0, len(f.groups))
	for _, g := range f.groups {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Compare(a.number, b.number) })
	list := make([]Kind, 0, len(f.kinds))
	at := make(map[*kind]int, len(f.kinds))
	for _, g := range groups {
		i, ok := at[g.kind]
		if !ok {
			i = len(list)
			at[g.kind] = i
			list = append(list, Kind{Signature: g.kind.signature})
			list[i].Signature.Port = g.port
		}
		list[i].Groups++
		list[i].Count += g.count
	}
	return list
}

// Find returns the group with a signature.
func (f *Folder) Find(s Signature) (Group, bool) {
	port := s.Port
	s.Port = 0
	g := f.groups[groupKey{f.kinds[s], port}]
	if g == nil {
		return Group{}, false
	}
	return g.public(), true
}

// public returns the group in the form that callers get.
func (g *group) public() Group {
	out := Group{
		Signature: g.kind.signature, Count: g.count, OnlyLogged: g.onlyLogged, Missed: g.missed,
		First: fromMicros(g.first), Last: fromMicros(g.last),
		YearAssumed: g.yearAssumed, Objects: slices.Clone(g.objects), MoreObjects: g.moreObjects, group: g,
	}
	out.Signature.Port = g.port
	for _, c := range g.commands {
		if c != "" {
			out.Commands = append(out.Commands, c)
		}
	}
	return out
}
