package cil

import (
	"strings"
	"sync"
	"sync/atomic"
)

// A Table numbers the distinct texts of symbols. Files that are parsed into one
// table share it, at the same time too. It never forgets a text.
type Table struct {
	// Lookups take no lock: a slot is written after the text that it stands for, and
	// neither changes afterwards.
	slots  atomic.Pointer[[]atomic.Uint64] // open addressing: the hash, and the number + 1
	blocks atomic.Pointer[[]*textBlock]
	n      atomic.Uint32

	mu     sync.Mutex
	copies strings.Builder // the texts that were copied last
}

const (
	blockBits   = 8
	firstSlots  = 512
	copiesBytes = 1 << 14
)

type textBlock [1 << blockBits]string

// NewTable returns a table in which some texts, which must differ, have the first
// numbers.
func NewTable(known ...string) *Table {
	t := &Table{}
	slots := make([]atomic.Uint64, firstSlots)
	t.slots.Store(&slots)
	t.blocks.Store(new([]*textBlock))
	for _, text := range known {
		t.Number(text)
	}
	return t
}

// Len returns how many texts there are.
func (t *Table) Len() int { return int(t.n.Load()) }

// Text returns the text of a number.
func (t *Table) Text(n uint32) string { return (*t.blocks.Load())[n>>blockBits][n&(1<<blockBits-1)] }

// Texts returns all texts by their numbers.
func (t *Table) Texts() []string {
	n := t.Len()
	list := make([]string, 0, n)
	for _, b := range *t.blocks.Load() {
		list = append(list, b[:min(len(b), n-len(list))]...)
	}
	return list
}

// Lookup returns the number of a text, if it has one.
func (t *Table) Lookup(text string) (uint32, bool) { return t.find(text, hash(text)) }

// Number returns the number of a text, which gets one if it has none.
func (t *Table) Number(text string) uint32 { return t.number(text, hash(text), false) }

// number is Number for a text whose hash is known. If lent is set, the text is in memory that the table
// must not keep, and is copied.
func (t *Table) number(text string, h uint32, lent bool) uint32 {
	if n, ok := t.find(text, h); ok {
		return n
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.find(text, h); ok {
		return n
	}
	if lent {
		text = t.copy(text)
	}
	n := t.n.Load()
	blocks := *t.blocks.Load()
	if int(n>>blockBits) == len(blocks) {
		more := append(blocks[:len(blocks):len(blocks)], new(textBlock))
		t.blocks.Store(&more)
		blocks = more
	}
	blocks[n>>blockBits][n&(1<<blockBits-1)] = text
	slots := *t.slots.Load()
	if int(n+1)*2 > len(slots) {
		slots = grown(slots)
		t.slots.Store(&slots)
	}
	enter(slots, uint64(h)<<32|uint64(n+1))
	t.n.Store(n + 1)
	return n
}

func (t *Table) find(text string, h uint32) (uint32, bool) {
	slots := *t.slots.Load()
	mask := uint32(len(slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := slots[i].Load()
		if s == 0 {
			return 0, false
		}
		if n := uint32(s) - 1; uint32(s>>32) == h && t.Text(n) == text {
			return n, true
		}
	}
}

// enter stores a number in the slot of its hash. Lookups may run at the same time.
func enter(slots []atomic.Uint64, s uint64) {
	mask := uint32(len(slots) - 1)
	i := uint32(s>>32) & mask
	for slots[i].Load() != 0 {
		i = (i + 1) & mask
	}
	slots[i].Store(s)
}

func grown(old []atomic.Uint64) []atomic.Uint64 {
	slots := make([]atomic.Uint64, 4*len(old))
	for i := range old {
		if s := old[i].Load(); s != 0 {
			enter(slots, s)
		}
	}
	return slots
}

func (t *Table) copy(text string) string {
	if t.copies.Cap()-t.copies.Len() < len(text) {
		t.copies = strings.Builder{}
		t.copies.Grow(max(copiesBytes, len(text)))
	}
	start := t.copies.Len()
	t.copies.WriteString(text)
	return t.copies.String()[start:]
}

// hash mixes a text eight bytes at a time; the last bytes may count twice.
func hash(text string) uint32 {
	const k = 0x9e3779b97f4a7c15
	n := len(text)
	h := uint64(n) * k
	switch {
	case n >= 8:
		for i := 0; i+8 < n; i += 8 {
			h = (h ^ word64(text, i)) * k
			h ^= h >> 29
		}
		h = (h ^ word64(text, n-8)) * k
	case n >= 4:
		h = (h ^ (uint64(word32(text, 0))<<32 | uint64(word32(text, n-4)))) * k
	default:
		v := uint64(0)
		for i := range n {
			v = v<<8 | uint64(text[i])
		}
		h = (h ^ v) * k
	}
	// 0 is the hash of no text: it marks what is empty.
	return max(uint32(h>>32), 1)
}

const eightBlanks = 0x2020202020202020

func word64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func word32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
