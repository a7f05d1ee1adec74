package setools

import "io"

// A lineWriter is a buffer in front of a writer. Callers append a line to buf and then call done, which writes the
// buffer once it is full. The first error is kept, and nothing is written after it.
type lineWriter struct {
	w   io.Writer
	buf []byte
	err error
}

// lineBufferSize is the size of a pipe's buffer.
const lineBufferSize = 64 << 10

func newLineWriter(w io.Writer) *lineWriter { return &lineWriter{w: w} }

// done must be called after each line.
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
