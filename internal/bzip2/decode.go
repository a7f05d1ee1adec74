package bzip2

import (
	"errors"
	"fmt"
)

var (
	errTruncated  = errors.New("the stream ends too early")
	errChecksum   = errors.New("the checksum differs")
	errRandomised = errors.New("the block is randomised, as only bzip2 0.9.0 wrote them")
)

// ErrTooLarge says that a text has more bytes than the caller allows.
var ErrTooLarge = errors.New("the text is larger than allowed")

// A DecodeError tells the place at which a stream is damaged.
type DecodeError struct {
	Block  int // counted from 0; the number of blocks for what follows them
	Offset int // of the byte of the stream up to which it was read
	Err    error
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("bzip2: block %d, before byte %d: %v", e.Block, e.Offset, e.Err)
}

func (e *DecodeError) Unwrap() error { return e.Err }

// Is reports whether b begins as a stream of bzip2 does.
func Is(b []byte) bool {
	return len(b) >= 4 && string(b[:3]) == "BZh" && b[3] >= '1' && b[3] <= '9'
}

// Decode returns the text of the stream that b begins with, as libsemanage does: what
// follows the first stream is not looked at. A text of more than limit bytes is
// refused with ErrTooLarge. The error is a *DecodeError.
func Decode(b []byte, limit int) ([]byte, error) {
	d := decoder{bits: bitReader{s: b}, limit: limit}
	if err := d.stream(); err != nil {
		return nil, &DecodeError{Block: d.blocks, Offset: min(d.bits.off-int(d.bits.n/8), len(b)), Err: err}
	}
	return d.out, nil
}

type decoder struct {
	bits   bitReader
	limit  int
	blocks int
	out    []byte
	// Of one block:
	max       int      // its largest size
	words     []uint32 // its bytes, then with the index of the next above them
	selectors []byte   // the code of each group of symbols
	codes     [maxGroups]code
}

func (d *decoder) stream() error {
	if !Is(d.bits.s) {
		return errors.New("not a stream of bzip2")
	}
	d.bits.off = 4
	d.max = int(d.bits.s[3]-'0') * 100_000
	d.words = make([]uint32, 0, min(d.max, 8*len(d.bits.s)))
	d.out = make([]byte, 0, min(d.limit, 6*len(d.bits.s)))
	combined := uint32(0)
	for {
		switch magic := d.bits.magic(); {
		case d.bits.short:
			return errTruncated
		case magic == endMagic:
			if crc := d.bits.take(32); d.bits.short {
				return errTruncated
			} else if crc != combined {
				return errChecksum
			}
			return nil
		case magic != blockMagic:
			return fmt.Errorf("neither a block nor the end: %012x", magic)
		}
		crc, err := d.block()
		if err != nil {
			return err
		}
		combined = combineCRC(combined, crc)
		d.blocks++
	}
}

// block reads a block and returns its checksum, which is right.
func (d *decoder) block() (uint32, error) {
	want := d.bits.take(32)
	if d.bits.take(1) != 0 {
		return 0, errRandomised
	}
	origin := int(d.bits.take(24))
	symbols, err := d.header()
	if err != nil {
		return 0, err
	}
	if err := d.symbols(symbols); err != nil {
		return 0, err
	}
	if origin >= len(d.words) {
		return 0, fmt.Errorf("row %d of %d is the text", origin, len(d.words))
	}
	crc, err := d.restore(origin)
	if err == nil && crc != want {
		err = errChecksum
	}
	return want, err
}

// header reads which bytes occur, which code each group has, and the codes. It
// returns the bytes.
func (d *decoder) header() ([]byte, error) {
	ranges := d.bits.take(16)
	used := make([]byte, 0, 256)
	for hi := range 16 {
		if ranges&(1<<(15-hi)) == 0 {
			continue
		}
		row := d.bits.take(16)
		for lo := range 16 {
			if row&(1<<(15-lo)) != 0 {
				used = append(used, byte(hi<<4|lo))
			}
		}
	}
	groups, selectors := int(d.bits.take(3)), int(d.bits.take(15))
	switch {
	case d.bits.short:
		return nil, errTruncated
	case len(used) == 0:
		return nil, errors.New("no byte occurs")
	case groups < 2 || groups > maxGroups:
		return nil, fmt.Errorf("%d codes, not 2 to 6", groups)
	case selectors == 0:
		return nil, errors.New("no group of symbols")
	}
	if err := d.readSelectors(groups, selectors); err != nil {
		return nil, err
	}
	for i := range groups {
		if err := d.readCode(&d.codes[i], len(used)+2); err != nil {
			return nil, err
		}
	}
	return used, nil
}

func (d *decoder) readSelectors(groups, n int) error {
	order := [maxGroups]byte{0, 1, 2, 3, 4, 5}
	d.selectors = d.selectors[:0]
	for range n {
		place := 0
		for d.bits.take(1) == 1 {
			if place++; place >= groups {
				return fmt.Errorf("a group has code %d of %d", place, groups)
			}
		}
		if d.bits.short {
			return errTruncated
		}
		chosen := order[place]
		copy(order[1:place+1], order[:place])
		order[0] = chosen
		d.selectors = append(d.selectors, chosen)
	}
	return nil
}

// readCode reads the lengths of the code words of n symbols.
func (d *decoder) readCode(c *code, n int) error {
	var lengths [maxSymbols]uint8
	length := int(d.bits.take(5))
	for i := range n {
		for {
			if length < 1 || length > maxLength {
				return fmt.Errorf("a code word of %d bits", length)
			}
			if d.bits.take(1) == 0 {
				break
			}
			length += 1 - 2*int(d.bits.take(1))
		}
		lengths[i] = uint8(length)
	}
	if d.bits.short {
		return errTruncated
	}
	c.set(lengths[:n])
	return nil
}

// symbols decodes the symbols of a block to the bytes that were kept of the sorted
// rotations.
func (d *decoder) symbols(order []byte) error {
	end := uint16(len(order) + 1)
	words := d.words[:0]
	run, digit := 0, 1 // the length of a run of zeros so far, what its next digit is worth
	for group := 0; ; group++ {
		if group == len(d.selectors) {
			return errors.New("more symbols than groups for them")
		}
		c := &d.codes[d.selectors[group]]
		for range groupSize {
			symbol, ok := c.next(&d.bits)
			switch {
			case !ok:
				return errors.New("no such code word")
			case d.bits.short:
				return errTruncated
			}
			if symbol <= runB {
				if digit > d.max {
					return fmt.Errorf("a run beyond %d bytes", d.max)
				}
				run += digit << symbol
				digit <<= 1
				continue
			}
			if run > 0 {
				if run > d.max-len(words) {
					return fmt.Errorf("a block beyond %d bytes", d.max)
				}
				front := uint32(order[0])
				for range run {
					words = append(words, front)
				}
				run, digit = 0, 1
			}
			if symbol == end {
				d.words = words
				return nil
			}
			if len(words) == d.max {
				return fmt.Errorf("a block beyond %d bytes", d.max)
			}
			place := symbol - 1
			b := order[place]
			copy(order[1:place+1], order[:place])
			order[0] = b
			words = append(words, uint32(b))
		}
	}
}

// restore undoes the sorting of the rotations and the shortening of runs, and
// appends the text to out. It returns the text's checksum.
func (d *decoder) restore(origin int) (uint32, error) {
	words := d.words
	var start [256]uint32
	for _, w := range words {
		start[w&0xff]++
	}
	sum := uint32(0)
	for i, n := range start {
		start[i] = sum
		sum += n
	}
	for i, w := range words {
		b := w & 0xff
		words[start[b]] |= uint32(i) << 8
		start[b]++
	}
	crc := ^uint32(0)
	out := d.out
	at := words[origin] >> 8
	last, equal := -1, 0 // the byte before, how many equal ones in a row
	for range words {
		w := words[at]
		at = w >> 8
		b := byte(w)
		if equal == 4 { // b is a count
			if len(out)+int(b) > d.limit {
				return 0, ErrTooLarge
			}
			for range b {
				crc = addCRC(crc, byte(last))
				out = append(out, byte(last))
			}
			equal, last = 0, -1
			continue
		}
		if int(b) == last {
			equal++
		} else {
			last, equal = int(b), 1
		}
		if len(out) == d.limit {
			return 0, ErrTooLarge
		}
		crc = addCRC(crc, b)
		out = append(out, b)
	}
	d.out = out
	return ^crc, nil
}
