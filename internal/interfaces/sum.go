package interfaces

import (
	"math/bits"

	"github.com/senet-selinux/senet/policy"
)

// A sum adds up what the rules of one call grant, so that no permission on a type is counted twice. Sets of many
// types are added first, then single types.
type sum struct {
	count int
	// perms has the permissions of each class, on any type, of the domain.
	perms []policy.AccessVector
	many  map[policy.ClassID]*manySum
	used  []*manySum // those of many that have grants
	later []*grant   // those of few types
	few   []cell     // open addressing
	fill  int        // the number of cells in use
	round uint32     // the number of this sum
}

// A manySum has the grants of one class to many types. They are counted one by one as long as no two have a
// permission on a type in common.
type manySum struct {
	grants []*grant
	union  *permSets // of all grants, if two have something in common
}

// A cell has the permissions on one type.
type cell struct {
	class, target uint32
	perms         policy.AccessVector
	round         uint32 // the cell is free unless this is the sum's
}

// begin empties the sum; its sets can be used again.
func (f *Finder) begin() {
	s := &f.sum
	for _, m := range s.used {
		m.grants = m.grants[:0]
		if m.union == nil {
			continue
		}
		for _, set := range m.union {
			if set != nil {
				f.free = append(f.free, set)
			}
		}
		m.union = nil
	}
	if s.few == nil || s.round == 1<<32-1 {
		s.many, s.few, s.round = map[policy.ClassID]*manySum{}, make([]cell, 256), 0
	}
	s.used, s.later, s.count, s.fill = s.used[:0], s.later[:0], 0, 0
	s.round++
	clear(s.perms)
}

// add adds a grant, which must stay as it is until the sum is finished.
func (f *Finder) add(c *caller, g *grant) {
	s := &f.sum
	if g.others >= 0 {
		s.count += g.others
		return
	}
	s.perms[g.class] |= g.perms
	if g.targets.many == nil {
		s.later = append(s.later, g)
		return
	}
	m := s.many[g.class]
	if m == nil {
		m = &manySum{}
		s.many[g.class] = m
	}
	if m.union == nil && m.shares(g) {
		m.union = new(permSets)
		for _, other := range m.grants {
			f.unite(c, m.union, other)
		}
	}
	if len(m.grants) == 0 {
		s.used = append(s.used, m)
	}
	m.grants = append(m.grants, g)
	if m.union == nil {
		s.count += g.count
	} else {
		s.count += f.unite(c, m.union, g)
	}
}

// shares reports whether a grant may have a permission on a type in common with another one.
func (m *manySum) shares(g *grant) bool {
	for _, other := range m.grants {
		if other.perms&g.perms != 0 && other.targets.many.intersects(g.targets.many) {
			return true
		}
	}
	return false
}

// unite adds a grant to a union, and returns how many permissions on types are new in it.
func (f *Finder) unite(c *caller, union *permSets, g *grant) (added int) {
	held := f.holds(c.domain, g.class)
	for perm := range each(g.perms) {
		bit := bits.TrailingZeros32(uint32(perm))
		if union[bit] == nil {
			union[bit] = f.newSet()
		}
		added += union[bit].addCounting(g.targets.many, held[bit])
	}
	return added
}

// finish adds the grants of few types.
func (f *Finder) finish(c *caller) {
	s := &f.sum
	for _, g := range s.later {
		for i, id := range g.targets.few {
			fresh := g.few[i] &^ f.ofMany(c, g.class, id)
			if fresh == 0 {
				continue
			}
			at := s.cell(g.class, id)
			s.count += bits.OnesCount32(uint32(fresh &^ at.perms))
			at.perms |= fresh
		}
	}
}

// ofMany returns the permissions of a class on a type that grants to many types give.
func (f *Finder) ofMany(c *caller, class policy.ClassID, target policy.TypeID) (v policy.AccessVector) {
	m := f.sum.many[class]
	if m == nil {
		return 0
	}
	for _, g := range m.grants {
		if g.targets.many.has(target) {
			v |= g.perms
		}
	}
	if v == 0 {
		return 0
	}
	return v &^ f.holds(c.domain, class).on(target)
}

// find returns the cell of a type, or the free one that it belongs into.
func (s *sum) find(class, target uint32) *cell {
	mask := uint32(len(s.few) - 1)
	for at := (class*0x9e3779b1 ^ target*0x85ebca6b) >> 7; ; at++ {
		if c := &s.few[at&mask]; c.round != s.round || c.class == class && c.target == target {
			return c
		}
	}
}

// cell returns the cell of a type, which is made if need be.
func (s *sum) cell(class policy.ClassID, target policy.TypeID) *cell {
	c := s.find(uint32(class), uint32(target))
	if c.round == s.round {
		return c
	}
	if s.fill++; 2*s.fill > len(s.few) {
		old := s.few
		s.few = make([]cell, 2*len(old))
		for i := range old {
			if old[i].round == s.round {
				*s.find(old[i].class, old[i].target) = old[i]
			}
		}
		c = s.find(uint32(class), uint32(target))
	}
	*c = cell{class: uint32(class), target: uint32(target), round: s.round}
	return c
}

// sumOn returns the permissions of a class that the sum has on a type.
func (f *Finder) sumOn(c *caller, class policy.ClassID, target policy.TypeID) policy.AccessVector {
	v := f.ofMany(c, class, target)
	if at := f.sum.find(uint32(class), uint32(target)); at.round == f.sum.round {
		v |= at.perms
	}
	return v
}
