package policydiff

import (
	"maps"
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A typeCell is one type rule without its result.
type typeCell struct {
	source, target, class, cond uint32
	name                        string // the name of a file
}

// typeCells returns the cells of type rules that differ, with the default types of both
// policies, 0 for none. Of two rules for one cell, the last one counts.
func (u *universe) typeCells(kind policy.RuleKind) map[typeCell][2]uint32 {
	all := u.rulesOf(kind)
	cells := make(map[typeCell][2]uint32)
	put := func(list []entry, sides ...int) {
		for _, e := range list {
			for source := range u.members(e.source) {
				for target := range u.members(e.target) {
					c := typeCell{source: source, target: target, class: e.class, cond: e.cond}
					pair, known := cells[c]
					if !known && len(sides) == 2 {
						continue // both policies have it
					}
					for _, side := range sides {
						pair[side] = uint32(e.data)
					}
					cells[c] = pair
				}
			}
		}
	}
	put(all.only[0], 0)
	put(all.only[1], 1)
	if len(cells) > 0 {
		put(all.common, 0, 1)
	}
	if kind == policy.TypeTransition {
		u.filenameCells(cells)
	}
	maps.DeleteFunc(cells, func(_ typeCell, pair [2]uint32) bool { return pair[0] == pair[1] })
	return cells
}

// filenameCells adds the transitions with a file name that only one policy has.
func (u *universe) filenameCells(cells map[typeCell][2]uint32) {
	type rule struct {
		source, target, class, result uint32
		name                          string
	}
	var lists [2]map[rule]struct{}
	for i := range u.sides {
		s := &u.sides[i]
		lists[i] = make(map[rule]struct{})
		for f := range s.p.FilenameTransitions() {
			r := rule{u.filenameSources(s, &f), s.extents[f.Target], s.classes[f.Class], s.types[f.Result], f.Name}
			lists[i][r] = struct{}{}
		}
	}
	for i := range lists {
		for r := range lists[i] {
			if _, both := lists[1-i][r]; both {
				continue
			}
			for source := range u.members(r.source) {
				for target := range u.members(r.target) {
					c := typeCell{source: source, target: target, class: r.class, name: r.name}
					pair := cells[c]
					pair[i] = r.result
					cells[c] = pair
				}
			}
		}
	}
}

func (u *universe) filenameSources(s *side, f *policydb.FilenameTrans) uint32 {
	if f.Source != 0 {
		return s.extents[f.Source]
	}
	return u.extentOf(s, f.Sources)
}

// members yields the types of an extent.
func (u *universe) members(extent uint32) func(func(uint32) bool) {
	switch {
	case extent == 0:
		return func(func(uint32) bool) {}
	case extent < u.firstSet:
		return func(yield func(uint32) bool) { yield(extent) }
	}
	return u.sets[extent-u.firstSet].all()
}

// typeChanges yields the differences of the type rules of one kind.
func (c *Comparison) typeChanges(kind policy.RuleKind, yield func(RuleChange) bool) bool {
	cells := c.u.typeCells(kind)
	keys := slices.Collect(maps.Keys(cells))
	slices.SortFunc(keys, c.compareTypeCells)
	for _, k := range keys {
		r := c.ruleOf(kind, k.source, k.target, k.class, k.cond)
		r.FileName = k.name
		r.DefaultBefore, r.DefaultAfter = c.u.types.list[cells[k][0]], c.u.types.list[cells[k][1]]
		if !yield(r) {
			return false
		}
	}
	return true
}
