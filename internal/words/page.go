package words

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/shell"
)

// A Page collects a text for people. The zero Page is empty.
type Page struct{ b bytes.Buffer }

// pageSize is the initial capacity of a Page: the smaller sizes on the way would each waste memory.
const pageSize = 1024

// Printf adds text. It makes string arguments, and the text of other arguments, safe and puts them
// on one line, whatever they contain; Lines keep their line breaks. Widths count printed
// characters.
func (p *Page) Printf(format string, args ...any) {
	safeArgs(args)
	if p.b.Cap() == 0 {
		p.b.Grow(pageSize)
	}
	fmt.Fprintf(&p.b, format, args...)
}

// Line adds a wrapped paragraph after its key.
func (p *Page) Line(key, format string, args ...any) {
	p.Printf("%-5s %s\n", key, WrapFormat(6, format, args...))
}

// Command adds a line with a command after its key, however long, so that it can be copied. It adds
// nothing for an empty command.
func (p *Page) Command(key string, c shell.Command) {
	if line := c.String(); line != "" {
		p.Printf("%-5s %s\n", key, line)
	}
}

// Block adds lines after a prefix, with the following lines indented as far; for no lines it adds
// nothing.
func (p *Page) Block(prefix string, text Lines) {
	if text == "" {
		return
	}
	broken := layOut(string(text), columns)
	for line := range strings.SplitSeq(strings.TrimSuffix(broken, "\n"), "\n") {
		if line != "" {
			line = prefix + line
		}
		p.Printf("%s\n", line)
		prefix = strings.Repeat(" ", len(prefix))
	}
}

// Len returns a measure of the text, for Truncate.
func (p *Page) Len() int { return p.b.Len() }

// Truncate removes the text that was added since Len was n.
func (p *Page) Truncate(n int) { p.b.Truncate(n) }

// Lines returns the text.
func (p *Page) Lines() Lines { return Lines(p.b.String()) }

// String returns the text as a string, 80 columns wide.
func (p *Page) String() string { return layOut(p.b.String(), columns) }

// WriteTo writes the text in one call, for the width of w.
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write([]byte(layOut(p.b.String(), widthOf(w))))
	p.b.Reset()
	return int64(n), err
}
