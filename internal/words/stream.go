package words

import (
	"encoding/binary"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// A Stream is standard output or standard error as the whole program writes to it:
// the last place where a character that acts on a terminal becomes an escape. Line
// breaks pass, because by then a text is laid out.
type Stream struct {
	w    io.Writer
	part []byte // of a character that the next Write completes
	used bool
	pass string // characters of the layout: the line break, the tab

	width  int // of the lines, 0 for columns
	colour bool
	inside bool // a line that has begun
}

// The widths of lines: a terminal that is narrower or wider than these gets them.
const (
	minWidth = 60
	maxWidth = 200
)

// SetWidth has paragraphs broken at a width, within bounds.
func (s *Stream) SetWidth(width int) { s.width = min(max(width, minWidth), maxWidth) }

// SetColour has the verdict at the beginning of a line coloured.
func (s *Stream) SetColour(on bool) { s.colour = on }

// KeepTabs has tabs pass, for a layout that has them: those in names must be escapes by then.
// It does nothing to a writer that is not a Stream.
func KeepTabs(w io.Writer) {
	if s, ok := w.(*Stream); ok {
		s.pass = "\n\t"
	}
}

// NewStream returns a stream that writes to w. Flush it at the end.
func NewStream(w io.Writer) *Stream { return &Stream{w: w, pass: "\n"} }

// Write writes text. A character may be cut by the end of b.
func (s *Stream) Write(b []byte) (int, error) {
	s.used = s.used || len(b) > 0
	text := b
	if len(s.part) > 0 {
		text = append(s.part, b...)
		s.part = nil
	}
	if !plain(text, s.pass) {
		text = []byte(escape(string(text[:len(text)-s.keep(text)]), s.pass))
	}
	if s.colour {
		text = s.paint(text)
	}
	if _, err := s.w.Write(text); err != nil {
		return 0, err
	}
	return len(b), nil
}

// keep puts aside the bytes of a character at the end of text that is not whole,
// and returns how many those are.
func (s *Stream) keep(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		end := text[len(text)-n:]
		if !utf8.RuneStart(end[0]) {
			continue
		}
		if utf8.FullRune(end) {
			return 0
		}
		s.part = append([]byte(nil), end...)
		return n
	}
	return 0
}

// plain reports whether text is printable ASCII and characters of pass.
func plain(text []byte, pass string) bool {
	const (
		ones = 0x0101010101010101
		high = 0x8080808080808080
	)
	i := 0
	for ; i+8 <= len(text); i += 8 {
		// In which bytes the highest bit is set: those below the space, the one
		// that is DEL, those that have it.
		v := binary.LittleEndian.Uint64(text[i:])
		del := v ^ 0x7f*ones
		if ((v-' '*ones)|(del-ones)|v)&high != 0 && !plainBytes(text[i:i+8], pass) {
			return false
		}
	}
	return plainBytes(text[i:], pass)
}

func plainBytes(text []byte, pass string) bool {
	for _, c := range text {
		if (c < ' ' || c >= 0x7f) && strings.IndexByte(pass, c) < 0 {
			return false
		}
	}
	return true
}

// Flush writes what was put aside.
func (s *Stream) Flush() error {
	if len(s.part) == 0 {
		return nil
	}
	text := safeLines(string(s.part))
	s.part = nil
	_, err := io.WriteString(s.w, text)
	return err
}

// Written reports whether anything was written.
func (s *Stream) Written() bool { return s.used }

// Data writes text for a program and not for people, such as the text of a file, without any
// change. A terminal is to be given text instead.
func Data(w io.Writer, data []byte) error {
	if s, ok := w.(*Stream); ok {
		if err := s.Flush(); err != nil {
			return err
		}
		s.used = s.used || len(data) > 0
		w = s.w
	}
	_, err := w.Write(data)
	return err
}

// File returns the file behind a stream, nil if there is none.
func File(stream any) *os.File {
	if s, ok := stream.(*Stream); ok {
		stream = s.w
	}
	f, _ := stream.(*os.File)
	return f
}

// Status replaces the line in which the cursor of a terminal stands.
func Status(terminal *os.File, text string) {
	_, _ = io.WriteString(terminal, "\r\x1b[K"+Safe(text)) // what is shown meanwhile matters to nobody else
}
