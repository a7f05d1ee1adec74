package bzip2

const (
	maxLength = 20 // bits of a code word that may be read
	fastBits  = 10 // bits of a code word that are looked up at once
)

// A code is a canonical Huffman code to be read: shorter code words come first,
// words of one length in the order of their symbols.
type code struct {
	// fast has symbol<<8 | length for every word of at most fastBits bits, whatever
	// follows it; 0 where longer words begin.
	fast [1 << fastBits]uint32
	// Of the words of each length: one more than the last, as maxLength bits; and
	// what their number less the first one's index into symbols is.
	limit   [maxLength + 2]uint32
	base    [maxLength + 2]int32
	symbols [maxSymbols]uint16
	longest uint
	n       int
}

func (c *code) set(lengths []uint8) {
	var count [maxLength + 2]int
	for _, l := range lengths {
		count[l]++
	}
	clear(c.fast[:])
	c.n = 0
	c.longest = 0
	word := uint32(0)
	for l := uint(1); l <= maxLength; l++ {
		c.base[l] = int32(word) - int32(c.n)
		for s, length := range lengths {
			if uint(length) != l {
				continue
			}
			if l <= fastBits {
				first := word << (fastBits - l)
				for i := range uint32(1) << (fastBits - l) {
					// A code that has more words than fit is refused when one is met.
					if j := first + i; j < uint32(len(c.fast)) {
						c.fast[j] = uint32(s)<<8 | uint32(l)
					}
				}
			}
			c.symbols[c.n] = uint16(s)
			c.n++
			word++
		}
		if count[l] > 0 {
			c.longest = l
		}
		c.limit[l] = word << (maxLength - l)
		word <<= 1
	}
}

// next reads a symbol; ok is false where no code word stands.
func (c *code) next(r *bitReader) (symbol uint16, ok bool) {
	if r.n < maxLength {
		r.fill()
	}
	bits := uint32(r.acc>>(r.n-maxLength)) & (1<<maxLength - 1)
	if f := c.fast[bits>>(maxLength-fastBits)]; f != 0 {
		r.n -= uint(f & 0xff)
		r.check()
		return uint16(f >> 8), true
	}
	for l := uint(fastBits) + 1; l <= c.longest; l++ {
		if bits >= c.limit[l] {
			continue
		}
		i := int32(bits>>(maxLength-l)) - c.base[l]
		if i < 0 || int(i) >= c.n {
			return 0, false
		}
		r.n -= l
		r.check()
		return c.symbols[i], true
	}
	return 0, false
}

// check notes whether more bits were taken than there are.
func (r *bitReader) check() {
	if r.off-int(r.n/8) > len(r.s) {
		r.short = true
	}
}
