package policydb

import (
	"encoding/binary"
	"errors"
	"iter"
	"math/bits"
	"slices"
)

// A Bitmap is a set of non-negative numbers as the format stores it, an
// ebitmap: nodes of 64 bits each, in ascending order, none empty. Bit n of a
// set of types, roles or categories stands for the value n+1. The zero Bitmap
// is the empty set. Bitmaps are immutable and comparable with ==.
type Bitmap struct {
	nodes   string // 12 bytes a node: first bit, then the 64 bits
	highbit uint32 // a multiple of 64, beyond the last bit; 0 when empty
}

const (
	bitmapUnit     = 64
	bitmapNodeSize = 12
	bitmapMinSize  = 12
)

var (
	errBitmapUnit  = errors.New("bitmap: unit is not 64 bits")
	errBitmapHigh  = errors.New("bitmap: high bit is not a multiple of 64, or disagrees with the nodes")
	errBitmapStart = errors.New("bitmap: a node's first bit is not a multiple of 64, or out of order")
	errBitmapEmpty = errors.New("bitmap: a node without bits")
)

// bitmap mirrors ebitmap_read.
func (c *cursor) bitmap() Bitmap {
	if c.err != nil || c.remaining() < bitmapMinSize {
		c.fail(errTruncated)
		return Bitmap{}
	}
	unit, high, n := le32(c.s, c.off), le32(c.s, c.off+4), le32(c.s, c.off+8)
	if unit != bitmapUnit {
		c.fail(errBitmapUnit)
		return Bitmap{}
	}
	c.off += bitmapMinSize
	if (high == 0) != (n == 0) || high%bitmapUnit != 0 {
		c.fail(errBitmapHigh)
		return Bitmap{}
	}
	count := c.bound(n, bitmapNodeSize)
	if c.err != nil || count == 0 {
		return Bitmap{}
	}
	nodes := c.s[c.off : c.off+count*bitmapNodeSize]
	end := uint64(0)
	for i := 0; i+bitmapNodeSize <= len(nodes); i += bitmapNodeSize {
		start := uint64(le32(nodes, i))
		if start%bitmapUnit != 0 || start < end {
			c.off += i
			c.fail(errBitmapStart)
			return Bitmap{}
		}
		if le64(nodes, i+4) == 0 {
			c.off += i
			c.fail(errBitmapEmpty)
			return Bitmap{}
		}
		end = start + bitmapUnit
	}
	if end > uint64(high) {
		c.fail(errBitmapHigh)
		return Bitmap{}
	}
	c.off += len(nodes)
	return Bitmap{nodes: nodes, highbit: high}
}

func (b Bitmap) encode(out []byte) []byte {
	out = binary.LittleEndian.AppendUint32(out, bitmapUnit)
	out = binary.LittleEndian.AppendUint32(out, b.highbit)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(b.nodes)/bitmapNodeSize))
	return append(out, b.nodes...)
}

// BitmapOf returns the set of the given bits.
func BitmapOf(set ...uint32) Bitmap {
	sorted := slices.Clone(set)
	slices.Sort(sorted)
	var nodes []byte
	var word uint64
	for i, bit := range sorted {
		word |= 1 << (bit % bitmapUnit)
		if i+1 == len(sorted) || sorted[i+1]/bitmapUnit != bit/bitmapUnit {
			nodes = binary.LittleEndian.AppendUint32(nodes, bit/bitmapUnit*bitmapUnit)
			nodes = binary.LittleEndian.AppendUint64(nodes, word)
			word = 0
		}
	}
	b := Bitmap{nodes: string(nodes)}
	if n := len(sorted); n > 0 {
		b.highbit = sorted[n-1]/bitmapUnit*bitmapUnit + bitmapUnit
	}
	return b
}

// Has reports whether bit is in the set.
func (b Bitmap) Has(bit uint32) bool {
	for i := 0; i+bitmapNodeSize <= len(b.nodes); i += bitmapNodeSize {
		start := le32(b.nodes, i)
		if start > bit {
			return false
		}
		if bit-start < bitmapUnit {
			return le64(b.nodes, i+4)>>(bit-start)&1 != 0
		}
	}
	return false
}

// IsEmpty reports whether the set has no bit.
func (b Bitmap) IsEmpty() bool { return len(b.nodes) == 0 }

// Count returns the number of bits in the set.
func (b Bitmap) Count() int {
	n := 0
	for i := 0; i+bitmapNodeSize <= len(b.nodes); i += bitmapNodeSize {
		n += bits.OnesCount64(le64(b.nodes, i+4))
	}
	return n
}

// Words yields the nodes in ascending order: the first bit, a multiple of 64,
// and the 64 bits from there on, never zero.
func (b Bitmap) Words() iter.Seq2[uint32, uint64] {
	return func(yield func(uint32, uint64) bool) {
		for i := 0; i+bitmapNodeSize <= len(b.nodes); i += bitmapNodeSize {
			if !yield(le32(b.nodes, i), le64(b.nodes, i+4)) {
				return
			}
		}
	}
}

// All yields the bits in ascending order.
func (b Bitmap) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for start, word := range b.Words() {
			for ; word != 0; word &= word - 1 {
				if !yield(start + uint32(bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}

// With returns the set with bit added.
func (b Bitmap) With(bit uint32) Bitmap {
	if b.Has(bit) {
		return b
	}
	return BitmapOf(append(slices.Collect(b.All()), bit)...)
}

// Without returns the set with bit removed.
func (b Bitmap) Without(bit uint32) Bitmap {
	if !b.Has(bit) {
		return b
	}
	set := slices.Collect(b.All())
	return BitmapOf(slices.DeleteFunc(set, func(v uint32) bool { return v == bit })...)
}

// lastBit returns the largest bit of a set that is not empty.
func (b Bitmap) lastBit() uint32 {
	last := len(b.nodes) - bitmapNodeSize
	return le32(b.nodes, last) + uint32(bits.Len64(le64(b.nodes, last+4))) - 1
}
