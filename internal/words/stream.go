package words

import (
	"encoding/binary"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// A Stream is standard output or standard error for the whole program: the last place where a
// character that controls a terminal becomes an escape. It keeps line breaks, since the text is
// already laid out.
type Stream struct {
	w    io.Writer
	part []byte // the first bytes of a character that the next Write completes
	used bool
	pass string // allowed characters of the layout: the line break, the tab

	width  int // of the lines, 0 for columns
	colour bool
	inside bool // whether a line has begun
}

// The bounds of the width of lines, also for narrower or wider terminals.
const (
	minWidth = 60
	maxWidth = 200
)

// SetWidth sets the width of paragraphs, within bounds.
func (s *Stream) SetWidth(width int) { s.width = min(max(width, minWidth), maxWidth) }

// SetColour enables colours for the verdict at the beginning of a line.
func (s *Stream) SetColour(on bool) { s.colour = on }

// KeepTabs keeps tabs, for a layout that uses them: tabs in names must already be escapes. It does
// nothing to a writer that is not a Stream.
func KeepTabs(w io.Writer) {
	if s, ok := w.(*Stream); ok {
		s.pass = "\n\t"
	}
}

// NewStream returns a stream that writes to w. The caller must Flush it at the end.
func NewStream(w io.Writer) *Stream { return &Stream{w: w, pass: "\n"} }

// Write writes text. The end of b may split a character.
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

// keep stores the bytes of an incomplete character at the end of text, and returns their number.
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

// plain reports whether text consists of printable ASCII and characters of pass.
func plain(text []byte, pass string) bool {
	const (
		ones = 0x0101010101010101
		high = 0x8080808080808080
	)
	i := 0
	for ; i+8 <= len(text); i += 8 {
		// The bytes that set the highest bit are those below the space, DEL, and those that already
		// have it.
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

// Flush writes the stored bytes.
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

// Data writes data for a program and not for people, such as the contents of a file, without any
// change. A terminal must get text instead.
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

// File returns the file of a stream, nil if there is none.
func File(stream any) *os.File {
	if s, ok := stream.(*Stream); ok {
		stream = s.w
	}
	f, _ := stream.(*os.File)
	return f
}

// Status replaces the current line of a terminal.
func Status(terminal *os.File, text string) {
	_, _ = io.WriteString(terminal, "\r\x1b[K"+Safe(text)) // errors of the display do not matter
}
