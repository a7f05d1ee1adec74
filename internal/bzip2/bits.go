package bzip2

// A bitReader reads bits of s, the highest of each byte first. Past the end it
// reads zeros and sets short.
type bitReader struct {
	s     []byte
	off   int    // the next byte
	acc   uint64 // the bits that were read and not taken, right-aligned
	n     uint   // their number
	short bool
}

// fill makes at least 32 bits available.
func (r *bitReader) fill() {
	for r.n <= 56 {
		b := byte(0)
		if r.off < len(r.s) {
			b = r.s[r.off]
		}
		r.off++
		r.acc = r.acc<<8 | uint64(b)
		r.n += 8
	}
}

// take returns the next n bits, at most 32.
func (r *bitReader) take(n uint) uint32 {
	if r.n < n {
		r.fill()
	}
	r.n -= n
	if r.off-int(r.n/8) > len(r.s) {
		r.short = true
	}
	return uint32(r.acc>>r.n) & (1<<n - 1)
}

func (r *bitReader) magic() uint64 { return uint64(r.take(24))<<24 | uint64(r.take(24)) }

// A bitWriter appends bits to out.
type bitWriter struct {
	out []byte
	acc uint64
	n   uint
}

// put appends the lowest n bits of v, at most 32.
func (w *bitWriter) put(n uint, v uint32) {
	w.acc = w.acc<<n | uint64(v)
	w.n += n
	for w.n >= 8 {
		w.n -= 8
		w.out = append(w.out, byte(w.acc>>w.n))
	}
}

func (w *bitWriter) magic(v uint64) {
	w.put(24, uint32(v>>24))
	w.put(24, uint32(v&0xffffff))
}

// flush fills the last byte with zeros.
func (w *bitWriter) flush() {
	if w.n > 0 {
		w.put(8-w.n, 0)
	}
}
