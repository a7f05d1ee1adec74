package refpolicy

import (
	"fmt"
	"strings"
)

// Statements formats an expanded text, one statement a line, without requirements, comments, and
// braces within braces. A tab indents blocks.
func Statements(text []byte) []string {
	p := parser{text: text, attribute: func([]byte) {}}
	l := layout{}
	for t := p.next(); t != nil; t = p.next() {
		if string(t) == "require" {
			p.require()
			continue
		}
		l.token(string(t))
	}
	l.end()
	return l.lines
}

type layout struct {
	lines  []string
	words  []string
	blocks int
	set    int // the number of open braces of sets
}

func (l *layout) token(t string) {
	switch {
	case t == "{" && l.set == 0 && l.opensBlock():
		l.words = append(l.words, "{")
		l.end()
		l.blocks++
	case t == "{":
		if l.set++; l.set == 1 {
			l.words = append(l.words, t)
		}
	case t == "}" && l.set > 0:
		if l.set--; l.set == 0 {
			l.words = append(l.words, t)
		}
	case t == "}":
		l.end()
		l.blocks = max(0, l.blocks-1)
		l.words = append(l.words, "}")
		l.end()
	case t == ";":
		if len(l.words) > 0 {
			l.words[len(l.words)-1] += ";"
			l.end()
		}
	case t == "else" && len(l.words) == 0 && len(l.lines) > 0 && strings.HasSuffix(l.lines[len(l.lines)-1], "}"):
		l.words = []string{"} else"}
		l.lines = l.lines[:len(l.lines)-1]
	default:
		l.words = append(l.words, t)
	}
}

// opensBlock reports whether a brace begins a block: after optional, else or a condition.
func (l *layout) opensBlock() bool {
	if len(l.words) == 0 {
		return false
	}
	last := l.words[len(l.words)-1]
	return last == "optional" || last == "} else" || l.words[0] == "if" && last == ")"
}

// end writes a line. It puts no blank before a colon, a comma or a closing parenthesis, nor after a
// colon, an opening parenthesis, or a sign that precedes a name.
func (l *layout) end() {
	if len(l.words) == 0 {
		return
	}
	var b strings.Builder
	for i, w := range l.words {
		if i > 0 {
			last := l.words[i-1]
			before := w == ":" || w == "," || w == ")" || (w == "&" || w == "|" || w == "=") && last == w
			behind := last == ":" || last == "(" || last == "!" || last == "-" || last == "~"
			if !before && !behind {
				b.WriteByte(' ')
			}
		}
		b.WriteString(w)
	}
	l.lines = append(l.lines, strings.Repeat("\t", l.blocks)+b.String())
	l.words = l.words[:0]
}

// ParseCall splits a call of an interface: NAME(ARGUMENT, ARGUMENT). A name alone is a call without
// arguments.
func ParseCall(text string) (name string, args []string, err error) {
	text = strings.TrimSpace(text)
	name, rest, open := strings.Cut(text, "(")
	name = strings.TrimSpace(name)
	if !isName(name) {
		return "", nil, fmt.Errorf("%.80q is no call of the form NAME(ARGUMENT, ...)", text)
	}
	if !open {
		return name, nil, nil
	}
	rest, closed := strings.CutSuffix(rest, ")")
	if !closed || strings.ContainsAny(rest, "()`'#") {
		return "", nil, fmt.Errorf("%.80q is no call of the form NAME(ARGUMENT, ...)", text)
	}
	for arg := range strings.SplitSeq(rest, ",") {
		args = append(args, strings.TrimSpace(arg))
	}
	return name, args, nil
}

func isName(s string) bool {
	for i := range len(s) {
		if !nameByte(s[i]) || s[i] == '$' || s[i] == '.' || s[i] == '-' {
			return false
		}
	}
	return s != ""
}

// Line returns the line of its file that a definition begins in.
func (h *Headers) Line(def int) int {
	d := &h.Defs[def]
	return 1 + strings.Count(h.Files[d.File].Text[:d.Start], "\n")
}

// Statements returns what a definition makes, with $1 and so on for its arguments.
func (h *Headers) Statements(def int) []string {
	out, _, err := h.Expand("", h.call(def, true)+"\n")
	if err != nil {
		return nil
	}
	return Statements(out)
}
