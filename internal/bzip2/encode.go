package bzip2

import "fmt"

// Encode returns the stream that libbz2 makes of text at a level of 1 to 9, each
// for blocks of 100,000 bytes more.
func Encode(text []byte, level int) []byte {
	if level < 1 || level > 9 {
		panic(fmt.Sprintf("bzip2: level %d is not 1 to 9", level))
	}
	w := bitWriter{out: make([]byte, 0, len(text)/4+64)}
	w.put(24, 'B'<<16|'Z'<<8|'h')
	w.put(8, uint32('0'+level))
	combined := uint32(0)
	blocks := blockWriter{max: level*100_000 - 19}
	emit := func() {
		if len(blocks.block) == 0 {
			return
		}
		crc := ^blocks.crc
		combined = combineCRC(combined, crc)
		writeBlock(&w, blocks.block, crc)
		blocks.reset()
	}
	blocks.reset()
	for _, b := range text {
		// A run that began in a full block goes into the next.
		if blocks.add(b); len(blocks.block) >= blocks.max {
			emit()
		}
	}
	blocks.flush()
	emit()
	w.magic(endMagic)
	w.put(32, combined)
	w.flush()
	return w.out
}

// A blockWriter shortens runs: of 4 to 255 equal bytes it keeps 4 and the number
// of the others.
type blockWriter struct {
	max   int
	block []byte
	crc   uint32 // of the text of the block
	last  byte   // the byte of the run that is not written yet
	run   int    // its length
}

func (w *blockWriter) reset() { w.block, w.crc = w.block[:0], ^uint32(0) }

func (w *blockWriter) add(b byte) {
	if w.run > 0 && (b != w.last || w.run == 255) {
		w.flush()
	}
	w.last = b
	w.run++
}

func (w *blockWriter) flush() {
	for range w.run {
		w.crc = addCRC(w.crc, w.last)
	}
	for range min(w.run, 4) {
		w.block = append(w.block, w.last)
	}
	if w.run >= 4 {
		w.block = append(w.block, byte(w.run-4))
	}
	w.run = 0
}

func writeBlock(w *bitWriter, block []byte, crc uint32) {
	kept, origin := transform(block)
	symbols, counts, used := moveToFront(kept)
	w.magic(blockMagic)
	w.put(32, crc)
	w.put(1, 0) // not randomised
	w.put(24, uint32(origin))
	writeUsed(w, used)
	writeSymbols(w, symbols, counts)
}

// transform sorts the rotations of a block. It returns the last byte of each and
// which of them is the block itself.
func transform(block []byte) (kept []byte, origin int) {
	kept = make([]byte, len(block))
	for i, start := range sortRotations(block) {
		if start == 0 {
			origin = i
			start = int32(len(block))
		}
		kept[i] = block[start-1]
	}
	return kept, origin
}

// moveToFront replaces each byte by its place in a list of those in use, where
// what was used stands in front, and runs of zeros by their length. The last
// symbol is the end. counts has the number of each symbol.
func moveToFront(kept []byte) (symbols []uint16, counts []int, used [256]bool) {
	for _, b := range kept {
		used[b] = true
	}
	var order [256]byte
	n := 0
	for b, in := range used {
		if in {
			order[n] = byte(b)
			n++
		}
	}
	symbols = make([]uint16, 0, len(kept)+1)
	counts = make([]int, n+2)
	put := func(s uint16) {
		symbols = append(symbols, s)
		counts[s]++
	}
	zeros := 0
	putZeros := func() {
		for ; zeros > 0; zeros = (zeros - 1) / 2 {
			if zeros%2 == 1 {
				put(runA)
			} else {
				put(runB)
			}
		}
	}
	for _, b := range kept {
		if b == order[0] {
			zeros++
			continue
		}
		putZeros()
		place := 1
		for order[place] != b {
			place++
		}
		copy(order[1:place+1], order[:place])
		order[0] = b
		put(uint16(place + 1))
	}
	putZeros()
	put(uint16(n + 1))
	return symbols, counts, used
}

// writeUsed writes which bytes occur: which of 16 ranges have one, then each range.
func writeUsed(w *bitWriter, used [256]bool) {
	var rows [16]uint32
	ranges := uint32(0)
	for b, in := range used {
		if in {
			ranges |= 1 << (15 - b>>4)
			rows[b>>4] |= 1 << (15 - b&15)
		}
	}
	w.put(16, ranges)
	for _, row := range rows {
		if row != 0 {
			w.put(16, row)
		}
	}
}
