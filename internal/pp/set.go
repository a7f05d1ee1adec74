package pp

import (
	"errors"
	"iter"
	"math/bits"
	"slices"
)

// A Set is a set of non-negative numbers, stored as an ebitmap. Bit n of a set of symbols stands
// for the value n+1. The zero Set is empty.
type Set struct {
	words []word // in ascending order, none empty
}

// A word holds 64 bits that begin at start, a multiple of 64.
type word struct {
	start uint32
	bits  uint64
}

const wordBits = 64

// SetOf returns the set of some bits.
func SetOf(all ...uint32) Set {
	var s Set
	for _, bit := range all {
		s.Add(bit)
	}
	return s
}

// Add adds a bit to the set.
func (s *Set) Add(bit uint32) {
	start := bit / wordBits * wordBits
	i, found := s.find(start)
	if !found {
		s.words = slices.Insert(s.words, i, word{start: start})
	}
	s.words[i].bits |= 1 << (bit % wordBits)
}

// Remove removes a bit from the set.
func (s *Set) Remove(bit uint32) {
	i, found := s.find(bit / wordBits * wordBits)
	if !found {
		return
	}
	if s.words[i].bits &^= 1 << (bit % wordBits); s.words[i].bits == 0 {
		s.words = slices.Delete(s.words, i, i+1)
	}
}

// find returns the index of the word that begins at start, or where it would be.
func (s Set) find(start uint32) (int, bool) {
	n := len(s.words)
	if n == 0 || s.words[n-1].start < start {
		return n, false
	}
	return slices.BinarySearchFunc(s.words, start, func(w word, start uint32) int {
		switch {
		case w.start < start:
			return -1
		case w.start > start:
			return 1
		}
		return 0
	})
}

// Has reports whether the set has a bit.
func (s Set) Has(bit uint32) bool {
	i, found := s.find(bit / wordBits * wordBits)
	return found && s.words[i].bits>>(bit%wordBits)&1 != 0
}

// IsEmpty reports whether the set has no bit.
func (s Set) IsEmpty() bool { return len(s.words) == 0 }

// Len returns the number of bits.
func (s Set) Len() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w.bits)
	}
	return n
}

// Equal reports whether two sets have the same bits.
func (s Set) Equal(o Set) bool { return slices.Equal(s.words, o.words) }

// Contains reports whether all bits of o are in s.
func (s Set) Contains(o Set) bool {
	for _, w := range o.words {
		i, found := s.find(w.start)
		if !found || w.bits&^s.words[i].bits != 0 {
			return false
		}
	}
	return true
}

// Union adds all bits of o.
func (s *Set) Union(o Set) {
	for _, w := range o.words {
		i, found := s.find(w.start)
		if !found {
			s.words = slices.Insert(s.words, i, w)
			continue
		}
		s.words[i].bits |= w.bits
	}
}

// Clone returns a copy that shares no memory.
func (s Set) Clone() Set { return Set{slices.Clone(s.words)} }

// All yields the bits in ascending order.
func (s Set) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, w := range s.words {
			for b := w.bits; b != 0; b &= b - 1 {
				if !yield(w.start + uint32(bits.TrailingZeros64(b))) {
					return
				}
			}
		}
	}
}

var (
	errSetUnit  = errors.New("set: its unit is not 64 bits")
	errSetHigh  = errors.New("set: the high bit does not fit the words")
	errSetWords = errors.New("set: a word is empty, out of order, or does not begin at a multiple of 64")
)

// set mirrors ebitmap_read and ebitmap_write.
func (c *codec) set(s *Set) {
	unit, high, n := uint32(wordBits), uint32(0), uint32(len(s.words))
	if n > 0 {
		high = s.words[n-1].start + wordBits
	}
	c.u32(&unit)
	c.u32(&high)
	c.u32(&n)
	if c.reading {
		if unit != wordBits {
			c.fail(errSetUnit)
		} else if high%wordBits != 0 || high != 0 && n == 0 {
			c.fail(errSetHigh)
		}
		if high == 0 {
			n = 0 // its value does not matter: libsepol reads no words then
		}
		s.words = nil
		if count := c.bound(n, 12); count > 0 {
			s.words = make([]word, count)
		}
	}
	for i := range s.words {
		w := &s.words[i]
		c.u32(&w.start)
		c.u64(&w.bits)
		if c.reading && c.err == nil &&
			(w.start%wordBits != 0 || w.bits == 0 || i > 0 && w.start <= s.words[i-1].start) {
			c.fail(errSetWords)
		}
		if c.err != nil {
			return
		}
	}
	if c.reading && c.err == nil && len(s.words) > 0 && uint64(s.words[len(s.words)-1].start)+wordBits != uint64(high) {
		c.fail(errSetHigh)
	}
}
