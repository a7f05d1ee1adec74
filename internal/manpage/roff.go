package manpage

import (
	"strings"
)

// A writer collects the lines of a page in the man macros.
type writer struct {
	b strings.Builder
}

// macro writes a request or macro with arguments.
func (w *writer) macro(name string, args ...string) {
	w.b.WriteString("." + name)
	for _, a := range args {
		w.b.WriteString(` "` + escape(a) + `"`)
	}
	w.b.WriteByte('\n')
}

// text writes a line of text. A line that starts with a blank would end the
// paragraph, one with a control character would be a request.
func (w *writer) text(line string) {
	w.b.WriteString(protect(escape(line)) + "\n")
}

// literal writes lines that are not filled, indented, as an example.
func (w *writer) literal(lines []string) {
	w.b.WriteString(".PP\n.RS 4\n.nf\n")
	for _, l := range lines {
		w.text(l)
	}
	w.b.WriteString(".fi\n.RE\n")
}

// tagged writes a paragraph with a bold tag.
func (w *writer) tagged(tag, text string) {
	w.b.WriteString(".TP\n" + `\fB` + escape(tag) + `\fR` + "\n")
	for line := range strings.Lines(text) {
		w.text(strings.TrimSpace(line))
	}
}

// point writes a paragraph with a bullet.
func (w *writer) point(text string) {
	w.b.WriteString(".IP \\(bu 2\n")
	for line := range strings.Lines(text) {
		w.text(strings.TrimSpace(line))
	}
}

// escapes gives what stands for itself in a page only by a name: a minus that may
// be pasted, quotes, and what troff would draw as an accent.
var escapes = strings.NewReplacer(`\`, `\(rs`, `-`, `\-`, `"`, `\(dq`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`,
	`\(ti`)

func escape(s string) string { return escapes.Replace(s) }

// protect keeps a line of text from being taken as a request.
func protect(s string) string {
	if strings.HasPrefix(s, ".") {
		return `\&` + s
	}
	return s
}
