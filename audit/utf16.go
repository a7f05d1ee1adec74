package audit

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// wide returns a reader for UTF-16, which Windows programs write, if the first two bytes are its byte order mark.
func wide(in *bufio.Reader) (io.Reader, bool) {
	mark, _ := in.Peek(2)
	switch {
	case bytes.Equal(mark, []byte{0xff, 0xfe}):
		return &wideReader{src: in, low: 0}, true
	case bytes.Equal(mark, []byte{0xfe, 0xff}):
		return &wideReader{src: in, low: 1}, true
	}
	return nil, false
}

// A wideReader reads UTF-16 as UTF-8. Half of a surrogate pair, and a single byte at the end, become U+FFFD.
type wideReader struct {
	src    *bufio.Reader
	low    int // the index of the low byte in a unit
	held   rune
	hold   bool
	text   []byte
	failed error
}

func (w *wideReader) Read(b []byte) (int, error) {
	for len(w.text) == 0 {
		if w.failed != nil {
			return 0, w.failed
		}
		w.fill()
	}
	n := copy(b, w.text)
	w.text = w.text[n:]
	return n, nil
}

// fill decodes about 4 KiB.
func (w *wideReader) fill() {
	w.text = w.text[:0]
	for len(w.text) < 4096 {
		r, ok := w.next()
		if !ok {
			return
		}
		if utf16.IsSurrogate(r) {
			second, ok := w.next()
			if pair := utf16.DecodeRune(r, second); ok && pair != utf8.RuneError {
				r = pair
			} else {
				r, w.held, w.hold = utf8.RuneError, second, ok
			}
		}
		if r != '\ufeff' {
			w.text = utf8.AppendRune(w.text, r)
		}
	}
}

// next reads one unit.
func (w *wideReader) next() (rune, bool) {
	if w.hold {
		w.hold = false
		return w.held, true
	}
	var unit [2]byte
	n, err := io.ReadFull(w.src, unit[:])
	if err == nil {
		return rune(unit[w.low]) | rune(unit[1-w.low])<<8, true
	}
	if w.failed = err; n == 1 {
		w.failed = io.EOF
		return utf8.RuneError, true
	}
	return 0, false
}
