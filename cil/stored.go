package cil

import (
	"encoding/binary"
	"errors"
	"slices"
	"unsafe"
)

// ErrStored says that bytes are no stored file.
var ErrStored = errors.New("this is no stored form of a CIL file")

// storedForm is raised whenever the bytes of AppendStored change their meaning.
const storedForm = 1

// AppendStored appends a form of the file to b that [Reader.Restore] reads in a
// fraction of the time that parsing takes. It has the nodes and the texts of symbols,
// with the shortest numbers for the most frequent, and not where nodes begin.
func (f *File) AppendStored(b []byte) []byte {
	local, order := f.localNumbers()
	b = append(b, storedForm)
	b = binary.AppendUvarint(b, uint64(len(order)))
	for _, n := range order {
		b = appendText(b, f.table.Text(n))
	}
	b = binary.AppendUvarint(b, uint64(len(f.words)))
	for i, w := range f.words {
		if w&listBit != 0 {
			b = binary.AppendUvarint(b, uint64(w&^listBit-uint32(i)-1)<<1|1)
			continue
		}
		b = binary.AppendUvarint(b, uint64(local[w&symbolMask])<<2|uint64(w&quotedBit)>>29)
	}
	b = binary.AppendUvarint(b, uint64(len(f.marks)))
	for i := range f.marks {
		m := &f.marks[i]
		expand := uint64(0)
		if m.expand {
			expand = 1
		}
		for _, v := range []uint64{uint64(m.node), uint64(m.line), uint64(m.first), expand} {
			b = binary.AppendUvarint(b, v)
		}
		b = appendText(b, m.path)
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// localNumbers numbers the file's symbols, the most frequent first.
func (f *File) localNumbers() (local, order []uint32) {
	counts := make([]uint32, f.table.Len())
	for _, w := range f.words {
		if w&listBit == 0 {
			n := w & symbolMask
			if counts[n] == 0 {
				order = append(order, n)
			}
			counts[n]++
		}
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return int(counts[b]) - int(counts[a]) })
	local = counts // which are not needed any more
	for i, n := range order {
		local[n] = uint32(i)
	}
	return local, order
}

// Restore makes a file of what AppendStored wrote, and returns what follows it. Where
// nodes begin is found by parsing again, when a message asks for it; again, which may
// be nil, returns the text. The error wraps [ErrStored].
func (r *Reader) Restore(name string, stored []byte, again func() (string, error)) (*File, []byte, error) {
	f := &File{Name: name, table: r.table, again: again, unplaced: true}
	s := storedReader{rest: stored}
	if s.byte() != storedForm {
		return nil, nil, ErrStored
	}
	numbers := make([]uint32, 0, s.count(1))
	for range cap(numbers) {
		text := s.text()
		numbers = append(numbers, r.table.number(text, hash(text), true))
	}
	f.words = make([]uint32, s.count(1))
	if !s.nodes(f.words, numbers) {
		return nil, nil, ErrStored
	}
	for range s.count(5) {
		m := lineMark{node: s.number(), line: s.number(), first: s.number(), expand: s.number() != 0}
		m.path = string([]byte(s.text()))
		at := len(f.marks) - 1
		if int(m.node) >= len(f.words) || !f.IsList(m.node) || at >= 0 && m.node <= f.marks[at].node {
			s.bad = true
			break
		}
		f.marks = append(f.marks, m)
	}
	if s.bad {
		return nil, nil, ErrStored
	}
	return f, s.rest, nil
}

// A storedReader reads numbers and texts. After a mistake it reads zeros.
type storedReader struct {
	rest []byte
	bad  bool
}

func (s *storedReader) byte() byte {
	if len(s.rest) == 0 {
		s.bad = true
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return b
}

func (s *storedReader) number() uint32 {
	v, n := binary.Uvarint(s.rest)
	if n <= 0 || v >= listBit {
		s.bad, s.rest = true, nil
		return 0
	}
	s.rest = s.rest[n:]
	return uint32(v)
}

// count reads how many things of so many bytes at least follow.
func (s *storedReader) count(size int) int {
	n := int(s.number())
	if n > len(s.rest)/size {
		s.bad, s.rest = true, nil
		return 0
	}
	return n
}

// text reads a text, in the memory of the input.
func (s *storedReader) text() string {
	n := s.count(1)
	text := unsafe.String(unsafe.SliceData(s.rest), n)
	s.rest = s.rest[n:]
	return text
}

// nodes reads the nodes of a file: one list that holds all.
func (s *storedReader) nodes(words, numbers []uint32) bool {
	if len(words) == 0 {
		return false
	}
	rest := s.rest
	ends := make([]uint32, 0, 32)
	end := uint32(len(words)) // of the innermost list
	for i := range words {
		if uint32(i) == end {
			for len(ends) > 0 && end == uint32(i) {
				end, ends = ends[len(ends)-1], ends[:len(ends)-1]
			}
			if end == uint32(i) {
				return false
			}
		}
		if len(rest) == 0 {
			return false
		}
		v := uint64(rest[0])
		if v < 0x80 {
			rest = rest[1:]
		} else {
			n := 0
			if v, n = binary.Uvarint(rest); n <= 0 {
				return false
			}
			rest = rest[n:]
		}
		if v&1 == 0 {
			if v>>2 >= uint64(len(numbers)) || i == 0 {
				return false
			}
			words[i] = numbers[v>>2] | uint32(v>>1&1)<<30
			continue
		}
		after := uint64(i) + 1 + v>>1
		if after > uint64(end) || v>>1 > uint64(len(words)) || i == 0 && after != uint64(end) ||
			len(ends) > 2*maxDepth+2 {
			return false
		}
		words[i] = listBit | uint32(after)
		if uint32(after) > uint32(i)+1 {
			ends = append(ends, end)
			end = uint32(after)
		}
	}
	s.rest = rest
	return true
}

// place finds where the nodes of a restored file begin.
func (f *File) place() {
	if f.again == nil {
		return
	}
	text, err := f.again()
	if err != nil {
		return
	}
	now, err := ParseFile(f.Name, text)
	if err != nil || !f.sameNodes(now) {
		return
	}
	f.gaps, f.wide, f.starts, f.lines = now.gaps, now.wide, now.starts, now.lines
}
