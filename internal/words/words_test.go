package words

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/senet-selinux/senet/internal/shell"
)

func TestSafe(t *testing.T) {
	for _, c := range [][2]string{
		{"plain text", "plain text"},
		{"grüß", "grüß"},
		{"a\x1b[2Jb\r\x7f", `a\x1b[2Jb\r\x7f`},
		{"x\n\nYES  allowed", `x\n\nYES  allowed`},
		{"\xff\xfe", `\xff\xfe`},
		{"\xe2\x80", `\xe2\x80`},           // a character that is cut
		{"\u202egnp.exe", `\u202egnp.exe`}, // written from right to left
		{"\u2066x\u2069", `\u2066x\u2069`},
		{"\u009b31m", `\u009b31m`}, // CSI in one character
		{"\u0085", `\u0085`},       // next line
		{"\u2028\u2029", `\u2028\u2029`},
		{"\u200b\ufeff\u00ad", `\u200b\ufeff\u00ad`},
		{"\u3164\u115f\ufe0f", `\u3164\u115f\ufe0f`}, // fillers and a variation selector
		{"\U000e0041", `\U000e0041`},                 // a tag character
		{"\u00a0\u3000", `\u00a0\u3000`},             // blanks that are not the space
		{"\ufffd", "\ufffd"},                         // a real one
		{`\n`, `\n`},                                 // a backslash stays
	} {
		if got := Safe(c[0]); got != c[1] {
			t.Errorf("%q becomes %q, want %q", c[0], got, c[1])
		}
	}
}

// TestKeepTabs: tabs pass where the layout has them, and nothing else does.
func TestKeepTabs(t *testing.T) {
	var out bytes.Buffer
	s := NewStream(&out)
	for _, text := range []string{"a\tb\n", "0123456789\tabc\x1b\r\n", "\t\t\t\t\t\t\t\t\n", "\u202e\t\n"} {
		if _, err := s.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		KeepTabs(s)
	}
	want := "a\\tb\n0123456789\tabc\\x1b\\r\n\t\t\t\t\t\t\t\t\n\\u202e\t\n"
	if s.Flush() != nil || out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	KeepTabs(&out) // no Stream
}

type named string

type stringer int

func (s stringer) String() string { return "a\nb" }

// TestPrintf: arguments of every kind are safe before they are padded, and line
// breaks of formats and of Lines stay.
func TestPrintf(t *testing.T) {
	evil := "x\nYES"
	for _, c := range []struct {
		format string
		args   []any
		want   string
	}{
		{"a\n%s|", []any{evil}, "a\nx\\nYES|"},
		{"%-8s|", []any{evil}, `x\nYES  |`},
		{"%8s|", []any{named(evil)}, `  x\nYES|`},
		{"%-*s|", []any{9, evil}, `x\nYES   |`},
		{"%v|", []any{errors.New(evil)}, `x\nYES|`},
		{"%-6v|", []any{stringer(1)}, `a\nb  |`},
		{"%s|", []any{[]string{evil, "b"}}, `[x\nYES b]|`},
		{"%v|", []any{struct{ A string }{evil}}, `{x\nYES}|`},
		{"%s|", []any{[]byte(evil)}, `x\nYES|`},
		{"%s|", []any{Lines("a\n\x1bb")}, "a\n\\x1bb|"},
		{"%q|", []any{evil}, `"x\\nYES"|`},
		{"%d %02x %v %.1f|", []any{uint16(5), int8(7), true, 1.25}, "5 07 true 1.2|"},
		{"%.40q|", []any{named("ab")}, `"ab"|`},
		{"%s|", []any{shell.New("a", "b c")}, "a 'b c'|"},
		{"%s %d|", []any{nil, nil}, "%!s(<nil>) %!d(<nil>)|"},
		{"%c|", []any{'\x1b'}, "\x1b|"}, // no character comes from outside; the stream escapes it
	} {
		var p Page
		p.Printf(c.format, c.args...)
		if p.String() != c.want {
			t.Errorf("%q of %q is %q, want %q", c.format, c.args, p.String(), c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	text := strings.Repeat("word ", 30) + "x\ny"
	got := Broken(text, 6)
	lines := strings.Split(string(got), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "      word") || !strings.HasSuffix(lines[2], `x\ny`) {
		t.Errorf("%q", got)
	}
	for _, line := range lines {
		if len(line) > columns {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
}

// TestWidth: a paragraph is as wide as the terminal that it is written to, within bounds; in a
// string it has 80 columns; marks of one that were read are escaped.
func TestWidth(t *testing.T) {
	text := strings.Repeat("word ", 100)
	for width, want := range map[int]int{0: columns, 10: minWidth, 60: 60, 100: 100, 200: 200, 1000: maxWidth} {
		var out strings.Builder
		s := NewStream(&out)
		if width > 0 {
			s.SetWidth(width)
		}
		var p Page
		p.Printf("why   %s\n%s\n", Wrap(text, 6), "x\x012:a b\x02y")
		if _, err := p.WriteTo(s); err != nil {
			t.Fatal(err)
		}
		widest := 0
		for line := range strings.Lines(out.String()) {
			widest = max(widest, len(line)-1)
		}
		if widest > want || widest < want-len("word ") || !strings.Contains(out.String(), `x\x012:a b\x02y`) {
			t.Errorf("at %d: %d columns, want %d:\n%s", width, widest, want, out.String())
		}
	}
}

// TestColour: the verdict at the beginning of a line is coloured, in whatever pieces
// the line comes; that inside of one is not, and nothing without SetColour.
func TestColour(t *testing.T) {
	for _, on := range []bool{false, true} {
		var out strings.Builder
		s := NewStream(&out)
		s.SetColour(on)
		for _, piece := range []string{"YES   a\nNO    b\nwhy  ", " NO    c\n?     d\n", "NONE\n"} {
			if _, err := s.Write([]byte(piece)); err != nil {
				t.Fatal(err)
			}
		}
		want := "YES   a\nNO    b\nwhy   NO    c\n?     d\nNONE\n"
		if on {
			want = "\x1b[32mYES\x1b[0m   a\n\x1b[31mNO\x1b[0m    b\nwhy   NO    c\n\x1b[33m?\x1b[0m     d\nNONE\n"
		}
		if out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

func TestMessage(t *testing.T) {
	err := Errorf("a %s:\nb", "x\ny")
	if got := Message(fmt.Errorf("%w", err)); got != "a x\\ny:\nb" {
		t.Errorf("%q", got)
	}
	if got := Message(fmt.Errorf("outer: %w", err)); strings.Contains(string(got), "\n") {
		t.Errorf("%q", got)
	}
	if got := Message(errors.New("a\nb")); got != `a\nb` {
		t.Errorf("%q", got)
	}
	if cause := errors.New("cause"); !errors.Is(Errorf("%s: %s", "x", cause), cause) {
		t.Error("the cause is lost")
	}
	var p Page
	p.Block("senet: ", "a\n\nb\n")
	if p.String() != "senet: a\n\n       b\n" {
		t.Errorf("%q", p.String())
	}
}

// inertText reports what in a printed text would act on a terminal or hide.
func inertText(s string) error {
	for i, r := range s {
		_, n := utf8.DecodeRuneInString(s[i:])
		if r == '\n' || unicode.IsPrint(r) && !(r == utf8.RuneError && n == 1) &&
			!unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
			continue
		}
		return fmt.Errorf("%q at %d of %q", r, i, s)
	}
	return nil
}

func FuzzPrint(f *testing.F) {
	for _, s := range []string{"a", "x\n\nYES  allowed", "\x1b[31m", "\u202e", "\xff\xc3", "é", "\u009b",
		"\U000e0041"} {
		f.Add(s, 3, 10)
	}
	f.Fuzz(func(t *testing.T, s string, cut, width int) {
		if Safe(Safe(s)) != Safe(s) {
			t.Errorf("%q, then %q", Safe(s), Safe(Safe(s)))
		}
		var p Page
		p.Printf("%s|%-*s|%v|%v|%s\n", s, width%100, s, errors.New(s), named(s), Wrap(s, 4))
		if strings.Count(p.String(), "\n") != 1+strings.Count(string(Broken(s, 4)), "\n") {
			t.Errorf("%q has other line breaks", p.String())
		}
		if err := inertText(p.String()); err != nil {
			t.Error(err)
		}
		// A stream that gets the text in two pieces writes the same as for one piece.
		var one, two bytes.Buffer
		whole, pieces := NewStream(&one), NewStream(&two)
		cut = min(max(cut, 0), len(s))
		for _, part := range []string{s[:cut], s[cut:]} {
			if n, err := pieces.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		if _, err := whole.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		if whole.Flush() != nil || pieces.Flush() != nil || one.String() != two.String() ||
			one.String() != safeLines(s) {
			t.Errorf("%q, %q, %q", one.String(), two.String(), safeLines(s))
		}
		if err := inertText(one.String()); err != nil {
			t.Error(err)
		}
		// JSON says the same and is inert.
		var doc bytes.Buffer
		if err := WriteJSON(&doc, map[string]string{s: s}, " "); err != nil {
			t.Fatal(err)
		}
		if err := inertText(doc.String()); err != nil {
			t.Error(err)
		}
		var back map[string]string
		valid := strings.ToValidUTF8(s, "\ufffd")
		if err := json.Unmarshal(doc.Bytes(), &back); err != nil || utf8.ValidString(s) && back[valid] != valid {
			t.Errorf("%s: %v", doc.String(), err)
		}
	})
}

func BenchmarkStream(b *testing.B) {
	line := []byte(strings.Repeat("allow httpd_t http_port_t:tcp_socket { name_bind name_connect };\n", 1000))
	s := NewStream(&bytes.Buffer{})
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		s.w.(*bytes.Buffer).Reset()
		if _, err := s.Write(line); err != nil {
			b.Fatal(err)
		}
	}
}
