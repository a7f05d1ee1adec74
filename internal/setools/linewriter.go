package setools

import "io"

// A lineWriter is a buffer in front of a writer. Lines are appended to buf; after each, done writes
// what has come together. The
// first error is kept and everything after it dropped.
type lineWriter struct {
	w   io.Writer
	buf []byte
	err error
}

// lineBufferSize is that of a pipe.
const lineBufferSize = 64 << 10

func newLineWriter(w io.Writer) *lineWriter { return &lineWriter{w: w} }

// done is called after each line.
func (l *lineWriter) done() {
	if len(l.buf) >= lineBufferSize {
		l.flush()
	}
}

func (l *lineWriter) line(s string) {
	l.buf = append(append(l.buf, s...), '\n')
	l.done()
}

func (l *lineWriter) flush() {
	if l.err == nil && len(l.buf) > 0 {
		_, l.err = l.w.Write(l.buf)
	}
	l.buf = l.buf[:0]
}
