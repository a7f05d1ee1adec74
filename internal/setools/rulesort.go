package setools

import (
	"math/bits"
	"slices"
)

// ruleParts are the ranks of a rule's parts.
type ruleParts struct{ kind, source, target, tail, cond uint32 }

// keyLayout is the layout of the ranks in a key.
type keyLayout struct {
	source, target, tail, cond uint8 // widths
	bits                       int   // of the whole key
}

// ruleKindBits is the width of the kind.
const ruleKindBits = 4

func newKeyLayout(sources, targets, tails, conds int) keyLayout {
	width := func(n int) uint8 { return uint8(bits.Len(uint(max(n-1, 0)))) }
	l := keyLayout{source: width(sources), target: width(targets), tail: width(tails), cond: width(conds)}
	l.bits = ruleKindBits + int(l.source) + int(l.target) + int(l.tail) + int(l.cond)
	return l
}

func (l *keyLayout) pack(r ruleParts) uint64 {
	key := uint64(r.kind)
	key = key<<l.source | uint64(r.source)
	key = key<<l.target | uint64(r.target)
	key = key<<l.tail | uint64(r.tail)
	return key<<l.cond | uint64(r.cond)
}

func (l *keyLayout) unpack(key uint64) (r ruleParts) {
	r.cond = uint32(key & (1<<l.cond - 1))
	key >>= l.cond
	r.tail = uint32(key & (1<<l.tail - 1))
	key >>= l.tail
	r.target = uint32(key & (1<<l.target - 1))
	key >>= l.target
	r.source = uint32(key & (1<<l.source - 1))
	r.kind = uint32(key >> l.source)
	return r
}

// sortKeys sorts keys of that many bits, by counting where there are many.
func sortKeys(keys []uint64, width int) {
	const digit = 11
	if len(keys) < 1<<digit {
		slices.Sort(keys)
		return
	}
	other := make([]uint64, len(keys))
	from, to := keys, other
	for shift := 0; shift < width; shift += digit {
		var start [1 << digit]uint32
		for _, k := range from {
			start[k>>shift&(1<<digit-1)]++
		}
		sum := uint32(0)
		for i, n := range start {
			start[i] = sum
			sum += n
		}
		for _, k := range from {
			at := &start[k>>shift&(1<<digit-1)]
			to[*at] = k
			*at++
		}
		from, to = to, from
	}
	copy(keys, from)
}
