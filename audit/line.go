package audit

import (
	"bytes"
	"io"
	"iter"
)

// A lineReader splits its input into lines with a buffer of fixed size. It skips a line that is longer than max
// while reading it, so the line costs no memory.
type lineReader struct {
	src        io.Reader
	buf        []byte
	start, end int
	max        int
	err        error
	at, floor  int // where the line begins that next returned, and the first byte that belongs to a line before it
}

func newLineReader(src io.Reader, limit int) lineReader {
	return lineReader{src: src, buf: make([]byte, limit+64<<10), max: limit}
}

// next returns a line without its newline, valid until the next call. ok is false at the end. size is the number of
// bytes read from the input. For a line that is longer than max, long is true and there is no text.
func (l *lineReader) next() (line []byte, size int64, long, ok bool) {
	scanned := 0
	for {
		if i := bytes.IndexByte(l.buf[l.start+scanned:l.end], '\n'); i >= 0 {
			n := scanned + i
			line = l.buf[l.start : l.start+n]
			l.at = l.start
			l.start += n + 1
			if n > l.max {
				l.at, l.floor = l.start, l.start
				return nil, int64(n) + 1, true, true
			}
			return line, int64(n) + 1, false, true
		}
		scanned = l.end - l.start
		if scanned > l.max {
			return nil, l.skip(), true, true
		}
		if l.err != nil {
			line = l.buf[l.start:l.end]
			l.at = l.start
			l.start = l.end
			return line, int64(len(line)), false, len(line) > 0
		}
		l.fill()
	}
}

// skip skips the rest of a line.
func (l *lineReader) skip() int64 {
	size := int64(l.end - l.start)
	l.start, l.end, l.floor = 0, 0, 0
	defer func() { l.at, l.floor = l.start, l.start }()
	for l.err == nil {
		l.fill()
		if i := bytes.IndexByte(l.buf[:l.end], '\n'); i >= 0 {
			l.start = i + 1
			return size + int64(i) + 1
		}
		size += int64(l.end)
		l.end = 0
	}
	return size
}

// readSize is the number of bytes read at a time. It is small enough for the bytes to stay in the processor's cache
// until they are split.
const readSize = 128 << 10

// keptBefore is the number of bytes before a line that stay in the buffer, for [lineReader.before].
const keptBefore = 1024

// before yields the lines before the one that next returned last, the nearest first, as far as they are whole in the
// bytes that are kept. They are valid as long as that line is.
func (l *lineReader) before() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		whole := l.at-l.floor < keptBefore // the text begins with a line
		for text := l.buf[max(l.floor, l.at-keptBefore):l.at]; len(text) > 0; {
			i := bytes.LastIndexByte(text[:len(text)-1], '\n')
			if i < 0 && !whole || !yield(bytes.TrimSuffix(text[i+1:len(text)-1], []byte("\r"))) {
				return
			}
			text = text[:i+1]
		}
	}
}

// fill moves the unread beginning of a line to the front of the buffer, with what is kept before it, and reads more
// after it.
func (l *lineReader) fill() {
	if from := l.start - min(l.start-l.floor, keptBefore); from > 0 {
		l.end = copy(l.buf, l.buf[from:l.end])
		l.start -= from
		l.floor = max(0, l.floor-from)
	}
	for tries := 0; ; tries++ {
		n, err := l.src.Read(l.buf[l.end:min(len(l.buf), l.end+readSize)])
		l.end += n
		switch {
		case err != nil:
			l.err = err
			return
		case n > 0:
			return
		case tries == 100:
			l.err = io.ErrNoProgress
			return
		}
	}
}
