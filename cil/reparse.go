package cil

import (
	"crypto/sha256"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A block is a run of whole top-level statements of a source that may be parsed again.
type block struct {
	end, node, line uint32 // where it ends, the node behind it, how many lines before
	sum             [sha256.Size]byte
}

// blockBytes is the size of blocks, which is larger than most edits: base.cil of Debian has
// a hundred blocks.
const blockBytes = 16 << 10

// NewRereader returns a reader whose files [Reader.Reparse] can parse again. That takes time
// for the changed part only.
func NewRereader(table *Table) *Reader {
	r := NewReader(table)
	r.blockSize = blockBytes
	return r
}

// A Kept says which nodes of a file are those of another that it was made of.
type Kept struct {
	// The nodes before Front are the same. Those from Back on are the other file's from
	// OldBack on, moved by the same distance. A top-level statement begins at both, or
	// the file ends.
	Front, Back, OldBack uint32
}

// Reparse is [Reader.Parse] for a new state of a source that the reader has parsed: the
// statements before and after the change are taken over. Where the source is the same,
// the file is the old one.
func (r *Reader) Reparse(old *File, source []byte, again func() (string, error)) (*File, Kept, error) {
	p := parser{
		src: unsafe.String(unsafe.SliceData(source), len(source)), lent: true, recent: r.recent, blockSize: r.blockSize,
		file: &File{Name: old.Name, table: r.table, again: again},
	}
	if old.table == r.table && len(old.blocks) > 0 && uint64(len(source)) < listBit {
		if kept, ok := p.again(old); ok {
			return p.file, kept, nil
		}
	}
	f, err := r.Parse(old.Name, source, again)
	if err != nil {
		return nil, Kept{}, err
	}
	return f, Kept{Front: 1, Back: f.Len(), OldBack: old.Len()}, nil
}

// block ends a block.
func (p *parser) block(end int) {
	p.file.blocks = append(p.file.blocks, block{
		end: uint32(end), node: uint32(len(p.file.words)), line: uint32(len(p.file.lines)),
		sum: p.sum(p.blockStart, end),
	})
	p.blockStart = end
}

func (p *parser) sum(from, to int) [sha256.Size]byte {
	return sha256.Sum256(unsafe.Slice(unsafe.StringData(p.src[from:to]), to-from))
}

// again takes over the blocks at the start and at the end of the source that are those of
// old, and parses what is between them. It returns false if it cannot, as for a mistake in
// the source.
func (p *parser) again(old *File) (Kept, bool) {
	blocks := old.blocks
	moved := len(p.src) - blockStart(blocks, len(blocks))
	// front is the number of blocks that are the same. The last block is not one of them: it
	// need not end with a statement, and a comment at its end may go on.
	front := firstNot(len(blocks)-1, func(n int) bool { return p.has(blocks, n, 0) })
	if front == len(blocks)-1 && moved == 0 && p.has(blocks, front, 0) {
		p.file = old
		return Kept{Front: old.Len(), Back: old.Len(), OldBack: old.Len()}, true
	}
	begin := blockStart(blocks, front)
	// The blocks from back on are the same. The text before them must end with a statement,
	// so that no token reaches into them.
	back := len(blocks) - firstNot(min(len(blocks)-front, len(blocks)-1), func(n int) bool {
		n = len(blocks) - 1 - n
		start := blockStart(blocks, n) + moved
		return start > begin && p.src[start-1] == ')' && p.has(blocks, n, moved)
	})
	first := uint32(1)
	if front > 0 {
		first = blocks[front-1].node
	}
	p.takeFront(old, blocks[:front], first)
	stop := blockStart(blocks, back) + moved
	p.blockStart = begin
	if off, err := p.statements(begin, stop); err != nil || off != stop || p.depth > 0 || p.marks > 0 {
		return Kept{}, false
	}
	kept := Kept{Front: first, Back: uint32(len(p.file.words)), OldBack: old.Len()}
	if back < len(blocks) {
		if stop > p.blockStart {
			p.block(stop)
		}
		kept.OldBack = blocks[back-1].node
		p.takeBack(old, back, kept, moved)
		p.pop()
	} else {
		p.end()
	}
	return kept, true
}

// has reports whether the source has the text of block n of another source, moved by some bytes.
func (p *parser) has(blocks []block, n, moved int) bool {
	from, to := blockStart(blocks, n)+moved, int(blocks[n].end)+moved
	return from >= 0 && to <= len(p.src) && p.sum(from, to) == blocks[n].sum
}

// firstNot returns the first number below n for which a function returns false, or n if there is
// none. It calls the function on all processors, in any order, and also for some numbers after the
// first.
func firstNot(n int, is func(int) bool) int {
	const run = 16 // numbers at a time
	var next, first atomic.Int64
	first.Store(int64(max(n, 0)))
	search := func() {
		for {
			from := next.Add(run) - run
			for i := from; i < from+run; i++ {
				least := first.Load()
				for i < least && !is(int(i)) && !first.CompareAndSwap(least, i) {
					least = first.Load()
				}
				if i >= first.Load() {
					return
				}
			}
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n/run) - 1 {
		others.Add(1)
		go func() {
			defer others.Done()
			search()
		}()
	}
	search()
	others.Wait()
	return int(first.Load())
}

// Reads reports whether the file was read from a source with the same text. It returns false if the
// file's reader cannot read it again.
func (f *File) Reads(source []byte) bool {
	p := parser{src: unsafe.String(unsafe.SliceData(source), len(source))}
	return len(f.blocks) > 0 && blockStart(f.blocks, len(f.blocks)) == len(source) &&
		firstNot(len(f.blocks), func(n int) bool { return p.has(f.blocks, n, 0) }) == len(f.blocks)
}

// blockStart returns where a block begins, or the text ends.
func blockStart(blocks []block, n int) int {
	if n == 0 {
		return 0
	}
	return int(blocks[n-1].end)
}

// takeFront takes over the first nodes of another state of the source.
func (p *parser) takeFront(old *File, blocks []block, nodes uint32) {
	f := p.file
	room := len(old.words) + len(p.src)/64 + 16
	f.words = append(make([]uint32, 0, room), old.words[:nodes]...)
	f.gaps = append(make([]uint8, 0, room), old.gaps[:nodes]...)
	f.starts = append(f.starts, old.starts[:(nodes+checkpoint-1)/checkpoint]...)
	f.wide = append(f.wide,
		old.wide[:sort.Search(len(old.wide), func(n int) bool { return old.wide[n].node >= nodes })]...)
	f.marks = append(f.marks,
		old.marks[:sort.Search(len(old.marks), func(n int) bool { return old.marks[n].node >= nodes })]...)
	if len(blocks) > 0 {
		f.lines = append(f.lines, old.lines[:blocks[len(blocks)-1].line]...)
	}
	f.blocks = append(f.blocks, blocks...)
	p.open = append(p.open, 0)
	p.last = old.offset(nodes - 1)
}

// takeBack takes over the last nodes of another state of the source, whose places have
// moved.
func (p *parser) takeBack(old *File, back int, kept Kept, moved int) {
	f := p.file
	nodes, lines := kept.Back-kept.OldBack, uint32(len(f.lines))-old.blocks[back-1].line
	off := uint32(old.offset(kept.OldBack - 1))
	wide := sort.Search(len(old.wide), func(n int) bool { return old.wide[n].node >= kept.OldBack })
	for i, word := range old.words[kept.OldBack:] {
		if gap := old.gaps[int(kept.OldBack)+i]; gap != wideGap {
			off += uint32(gap)
		} else {
			off = old.wide[wide].off
			wide++
		}
		if word&listBit != 0 {
			word += nodes // which may be less than nothing
		}
		p.node(word, int(off)+moved)
	}
	for _, at := range old.lines[old.blocks[back-1].line:] {
		f.lines = append(f.lines, uint32(int(at)+moved))
	}
	for _, m := range old.marks {
		if m.node >= kept.OldBack {
			m.node, m.line = m.node+nodes, m.line+lines
			f.marks = append(f.marks, m)
		}
	}
	for _, b := range old.blocks[back:] {
		b.end, b.node, b.line = uint32(int(b.end)+moved), b.node+nodes, b.line+lines
		f.blocks = append(f.blocks, b)
	}
}
