package compile

import (
	"iter"
	"math/bits"
)

// A bitset is a set of small numbers.
type bitset []uint64

func newBitset(size uint32) bitset { return make(bitset, (size+63)/64) }

func (b bitset) set(n uint32) { b[n/64] |= 1 << (n % 64) }

func (b bitset) clear(n uint32) { b[n/64] &^= 1 << (n % 64) }

func (b bitset) has(n uint32) bool { return n/64 < uint32(len(b)) && b[n/64]>>(n%64)&1 != 0 }

func (b bitset) or(o bitset) {
	for i, w := range o {
		b[i] |= w
	}
}

func (b bitset) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// contains reports whether b has all numbers of o, which is not longer.
func (b bitset) contains(o bitset) bool {
	for i, w := range o {
		if w&^b[i] != 0 {
			return false
		}
	}
	return true
}

// all yields the numbers in ascending order.
func (b bitset) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(uint32(i*64 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// complement turns the set into that of the numbers below size that are not in
// it.
func (b bitset) complement(size uint32) {
	for i := range b {
		b[i] = ^b[i]
	}
	if size%64 != 0 && len(b) > 0 {
		b[len(b)-1] &= 1<<(size%64) - 1
	}
}

// combine makes the set that an operator, and or xor, makes of it and another.
func (b bitset) combine(op symID, o bitset) {
	if op == wAnd {
		for i := range b {
			b[i] &= o[i]
		}
		return
	}
	for i := range b {
		b[i] ^= o[i]
	}
}

// combine applies an operator of set expressions; without one the result is the
// union. The sets have room for size numbers. It may change the first set.
func combine(op symID, values []bitset, size uint32) bitset {
	if op == wAll || len(values) == 0 {
		b := newBitset(size)
		if op == wAll {
			b.complement(size)
		}
		return b
	}
	out := values[0]
	switch op {
	case wNot:
		out.complement(size)
	case wAnd, wXor:
		out.combine(op, values[1])
	default:
		for _, v := range values[1:] {
			out.or(v)
		}
	}
	return out
}

func (b bitset) meets(o bitset) bool {
	for i := range min(len(b), len(o)) {
		if b[i]&o[i] != 0 {
			return true
		}
	}
	return false
}

// and returns the common members of two sets of one size.
func (b bitset) and(o bitset) bitset {
	out := make(bitset, len(b))
	for i := range out {
		out[i] = b[i] & o[i]
	}
	return out
}

// andNot returns the members that another set of the size does not have.
func (b bitset) andNot(o bitset) bitset {
	out := make(bitset, len(b))
	for i := range out {
		out[i] = b[i] &^ o[i]
	}
	return out
}
