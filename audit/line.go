package audit

import (
	"bytes"
	"io"
)

// A lineReader splits its input into lines with a buffer of fixed size. It skips a line that is longer than max
// while reading it, so the line costs no memory.
type lineReader struct {
	src        io.Reader
	buf        []byte
	start, end int
	max        int
	err        error
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
			l.start += n + 1
			if n > l.max {
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
			l.start = l.end
			return line, int64(len(line)), false, len(line) > 0
		}
		l.fill()
	}
}

// skip skips the rest of a line.
func (l *lineReader) skip() int64 {
	size := int64(l.end - l.start)
	l.start, l.end = 0, 0
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

// fill moves the unread beginning of a line to the front of the buffer and reads more after it.
func (l *lineReader) fill() {
	if l.start > 0 {
		l.end = copy(l.buf, l.buf[l.start:l.end])
		l.start = 0
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
