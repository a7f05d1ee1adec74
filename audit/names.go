package audit

import "hash/maphash"

// names numbers texts, from 1: the names of files may be as many as the denials of
// them. Open addressing, a power of two of slots of which at
// most half are taken; the texts lie one behind the other.
type names struct {
	seed   maphash.Seed
	slots  []int32 // numbers, 0 for none
	places list[namePlace]
	texts  pieces
}

// A namePlace is where a text is.
type namePlace struct {
	at           place
	length, hash uint32
}

func newNames() names { return names{seed: maphash.MakeSeed()} }

// len is the highest number.
func (s *names) len() int { return s.places.len() }

// text returns a text, which must not be changed; nil for 0.
func (s *names) text(n int32) []byte {
	if n == 0 {
		return nil
	}
	p := s.places.at(n - 1)
	return s.texts.from(p.at)[:p.length]
}

// find returns the number of a text, 0 if it has none.
func (s *names) find(text []byte) int32 {
	n, _ := s.look(text, s.hash(text))
	return n
}

// number returns the number of a text, and gives it one.
func (s *names) number(text []byte) int32 {
	hash := s.hash(text)
	n, at := s.look(text, hash)
	if n > 0 {
		return n
	}
	if 2*(s.len()+1) > len(s.slots) {
		s.grow()
		_, at = s.look(text, hash)
	}
	s.places.add(namePlace{s.texts.add(text), uint32(len(text)), hash})
	n = int32(s.len())
	s.slots[at] = n
	return n
}

func (s *names) hash(text []byte) uint32 { return uint32(maphash.Bytes(s.seed, text)) }

// look returns the number of a text, or 0 and the slot where it belongs.
func (s *names) look(text []byte, hash uint32) (n int32, at uint32) {
	if len(s.slots) == 0 {
		return 0, 0
	}
	mask := uint32(len(s.slots) - 1)
	for at = hash & mask; s.slots[at] != 0; at = (at + 1) & mask {
		n := s.slots[at]
		if s.places.at(n-1).hash == hash && string(s.text(n)) == string(text) {
			return n, at
		}
	}
	return 0, at
}

func (s *names) grow() {
	s.slots = fresh[int32](max(256, 2*len(s.slots)))
	mask := uint32(len(s.slots) - 1)
	for i := range int32(s.len()) {
		at := s.places.at(i).hash & mask
		for s.slots[at] != 0 {
			at = (at + 1) & mask
		}
		s.slots[at] = i + 1
	}
}
