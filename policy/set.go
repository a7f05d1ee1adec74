package policy

import (
	"iter"
	"math/bits"

	"github.com/senet-selinux/senet/policydb"
)

// A Set is a set of ids as a bitmap indexed by id. The zero Set is empty and has no room;
// [NewSet] makes one with room.
type Set[T ~uint32] struct {
	words []uint64
}

// NewSet returns an empty set with room for the ids 0..max.
func NewSet[T ~uint32](max T) Set[T] {
	return Set[T]{words: make([]uint64, max/64+1)}
}

// Has reports whether id is in the set.
func (s Set[T]) Has(id T) bool {
	w := uint(id) / 64
	return w < uint(len(s.words)) && s.words[w]>>(id%64)&1 != 0
}

// Add adds id to the set. It ignores an id for which the set has no room: no symbol has
// it.
func (s Set[T]) Add(id T) {
	if w := uint(id) / 64; w < uint(len(s.words)) {
		s.words[w] |= 1 << (id % 64)
	}
}

// Remove removes id from the set.
func (s Set[T]) Remove(id T) {
	if w := uint(id) / 64; w < uint(len(s.words)) {
		s.words[w] &^= 1 << (id % 64)
	}
}

// AddAll adds all members of other to the set, as far as it has room.
func (s Set[T]) AddAll(other Set[T]) {
	for i := range min(len(s.words), len(other.words)) {
		s.words[i] |= other.words[i]
	}
}

// Intersects reports whether the sets have a member in common.
func (s Set[T]) Intersects(other Set[T]) bool {
	for i := range min(len(s.words), len(other.words)) {
		if s.words[i]&other.words[i] != 0 {
			return true
		}
	}
	return false
}

// Contains reports whether every member of other is in the set.
func (s Set[T]) Contains(other Set[T]) bool {
	for i, w := range other.words {
		if i < len(s.words) {
			w &^= s.words[i]
		}
		if w != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether the sets have the same members.
func (s Set[T]) Equal(other Set[T]) bool { return s.Contains(other) && other.Contains(s) }

// IsEmpty reports whether the set has no member.
func (s Set[T]) IsEmpty() bool {
	for _, w := range s.words {
		if w != 0 {
			return false
		}
	}
	return true
}

// Len returns the number of members.
func (s Set[T]) Len() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// All yields the members in ascending order.
func (s Set[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				if !yield(T(i*64 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// Clone returns a copy that shares nothing with s.
func (s Set[T]) Clone() Set[T] { return Set[T]{words: append([]uint64(nil), s.words...)} }

// addBitmap adds the ids in an ebitmap of values - 1.
func (s Set[T]) addBitmap(b policydb.Bitmap) {
	for start, word := range b.Words() {
		// Bit n of the file is id n+1: shift by one, the top bit carries over.
		w := uint(start) / 64
		if w < uint(len(s.words)) {
			s.words[w] |= word << 1
		}
		if w+1 < uint(len(s.words)) {
			s.words[w+1] |= word >> 63
		}
	}
}

// setOf returns the ids, up to max, in an ebitmap of values - 1.
func setOf[T ~uint32](b policydb.Bitmap, max T) Set[T] {
	s := NewSet(max)
	s.addBitmap(b)
	return s
}
