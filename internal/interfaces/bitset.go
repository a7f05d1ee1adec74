package interfaces

import (
	"iter"
	"math/bits"

	"github.com/senet-selinux/senet/policy"
)

// A bitset is a set of types that is counted and compared by words, as most attributes
// have thousands of types.
type bitset []uint64

// slabSets is the number of sets that are allocated at a time.
const slabSets = 64

// newSet returns an empty set.
func (f *Finder) newSet() bitset {
	s := f.anySet()
	clear(s)
	return s
}

// anySet returns a set with any contents.
func (f *Finder) anySet() bitset {
	if n := len(f.free); n > 0 {
		s := f.free[n-1]
		f.free = f.free[:n-1]
		return s
	}
	n := int(f.p.MaxType()/64 + 1)
	if len(f.slab) < n {
		f.slab = make([]uint64, slabSets*n)
	}
	s := f.slab[:n:n]
	f.slab = f.slab[n:]
	return s
}

func (b bitset) add(id policy.TypeID) { b[id/64] |= 1 << (id % 64) }

func (b bitset) has(id policy.TypeID) bool { return b[id/64]>>(id%64)&1 != 0 }

func (b bitset) len() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// addWithout adds the bits of a that not lacks, and returns how many they are.
func (b bitset) addWithout(a, not bitset) (n int) {
	for i, w := range a {
		if i < len(not) {
			w &^= not[i]
		}
		if w != 0 {
			b[i] |= w
			n += bits.OnesCount64(w)
		}
	}
	return n
}

// addCounting adds the bits of a that not lacks, and returns how many of them b lacked.
func (b bitset) addCounting(a, not bitset) (added int) {
	for i, w := range a {
		if i < len(not) {
			w &^= not[i]
		}
		if w &^= b[i]; w != 0 {
			b[i] |= w
			added += bits.OnesCount64(w)
		}
	}
	return added
}

func (b bitset) intersects(a bitset) bool {
	for i, w := range a {
		if b[i]&w != 0 {
			return true
		}
	}
	return false
}

func (b bitset) all() iter.Seq[policy.TypeID] {
	return func(yield func(policy.TypeID) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(policy.TypeID(i*64 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}
