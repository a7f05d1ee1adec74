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

func (f *Finder) newSet() bitset {
	if n := len(f.free); n > 0 {
		s := f.free[n-1]
		f.free = f.free[:n-1]
		clear(s)
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

func (f *Finder) setOf(s policy.Set[policy.TypeID]) bitset {
	b := f.newSet()
	for id := range s.All() {
		b.add(id)
	}
	return b
}

func (b bitset) add(id policy.TypeID) { b[id/64] |= 1 << (id % 64) }

func (b bitset) has(id policy.TypeID) bool { return b[id/64]>>(id%64)&1 != 0 }

func (b bitset) len() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// addWithout adds the bits of a that not lacks, and reports whether there are any.
func (b bitset) addWithout(a, not bitset) bool {
	any := uint64(0)
	for i := range b {
		w := a[i] &^ not[i]
		b[i] |= w
		any |= w
	}
	return any != 0
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
