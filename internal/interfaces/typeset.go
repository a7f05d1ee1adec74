package interfaces

import (
	"iter"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// A typeSet is a set of types: a list of a few, or a bitset of many. It does not change.
type typeSet struct {
	few  []policy.TypeID // ascending
	many bitset          // nil if few has them all
}

// fewTypes is the number of types up to which a list is cheaper than a bitset.
const fewTypes = 8

// setOf returns the types in a bitset. The set keeps the bitset.
func (f *Finder) setOf(b bitset) typeSet {
	if b.len() > fewTypes {
		return typeSet{many: b}
	}
	s := typeSet{few: make([]policy.TypeID, 0, fewTypes)}
	for id := range b.all() {
		s.few = append(s.few, id)
	}
	f.free = append(f.free, b)
	return s
}

func (s typeSet) has(id policy.TypeID) bool {
	if s.many != nil {
		return s.many.has(id)
	}
	return slices.Contains(s.few, id)
}

func (s typeSet) len() int {
	if s.many != nil {
		return s.many.len()
	}
	return len(s.few)
}

func (s typeSet) all() iter.Seq[policy.TypeID] {
	if s.many != nil {
		return s.many.all()
	}
	return slices.Values(s.few)
}

// addTo adds the types to a bitset.
func (s typeSet) addTo(b bitset) {
	for _, id := range s.few {
		b.add(id)
	}
	for i, w := range s.many {
		b[i] |= w
	}
}
