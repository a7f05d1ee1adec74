package policydiff

import (
	"iter"
	"math/bits"
)

// words is a set of shared ids of types.
type words []uint64

func (w words) add(id uint32)      { w[id/64] |= 1 << (id % 64) }
func (w words) has(id uint32) bool { return w[id/64]&(1<<(id%64)) != 0 }

func (w words) empty() bool {
	for _, x := range w {
		if x != 0 {
			return false
		}
	}
	return true
}

func (w words) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i, x := range w {
			for ; x != 0; x &= x - 1 {
				if !yield(uint32(i*64 + bits.TrailingZeros64(x))) {
					return
				}
			}
		}
	}
}
