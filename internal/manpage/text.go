package manpage

import (
	"regexp"
	"slices"
	"strings"
)

// A block is what stands between two empty lines of a help text.
type block struct {
	heading string   // of a part, "" for none
	filled  []string // lines of a paragraph
	items   []item   // a list of words with what they mean
	bullets []string // points of a list
	literal []string // lines as they are, a session or a file
}

type item struct{ term, text string }

// blocks takes a help text apart. Lines that start in the first column are a
// paragraph; indented ones are a list where each has a word, two blanks and a text,
// else they are literal. One line over an indented block that is no sentence is a
// heading, and so is what follows "== ". Lines that start with "* " are points.
func blocks(text string) []block {
	var list []block
	for part := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		lines := strings.Split(strings.Trim(part, "\n"), "\n")
		if title, ok := strings.CutPrefix(lines[0], "== "); ok {
			list = append(list, block{heading: title})
			continue
		}
		if strings.HasPrefix(lines[0], "* ") {
			list = append(list, block{bullets: strings.Split(strings.TrimPrefix(strings.Join(lines, "\n"), "* "),
				"\n* ")})
			continue
		}
		n := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, " ") })
		if n < 0 {
			n = len(lines)
		}
		var b block
		if n == 1 && n < len(lines) && !strings.ContainsAny(lines[0][len(lines[0])-1:], ".:;,") {
			b.heading = lines[0]
		} else {
			b.filled = lines[:n]
		}
		if rest := lines[n:]; len(rest) > 0 {
			if b.items = itemsOf(rest); b.items == nil {
				b.literal = unindent(rest)
			}
		}
		list = append(list, b)
	}
	return list
}

var itemLine = regexp.MustCompile(`^ *(\S+(?: \S+)*) {2,}(\S.*)$`)

// itemsOf reads lines as a list, nil if they are none.
func itemsOf(lines []string) []item {
	var items []item
	base := indent(lines[0])
	for _, l := range lines {
		switch at := indent(l); {
		case at > base && len(items) > 0:
			items[len(items)-1].text += "\n" + strings.TrimSpace(l)
		case at == base:
			m := itemLine.FindStringSubmatch(l)
			if m == nil {
				return nil
			}
			items = append(items, item{m[1], m[2]})
		default:
			return nil
		}
	}
	return items
}

func indent(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// unindent takes away the blanks that all lines start with.
func unindent(lines []string) []string {
	least := indent(lines[0])
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			least = min(least, indent(l))
		}
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l[min(least, len(l)):]
	}
	return out
}

// blocks writes a help text.
func (w *writer) blocks(text string) {
	for _, b := range blocks(text) {
		if b.heading != "" {
			w.macro("SS", b.heading)
		}
		if len(b.filled) > 0 {
			w.macro("PP")
			for _, l := range b.filled {
				w.text(l)
			}
		}
		for _, point := range b.bullets {
			w.point(point)
		}
		for _, it := range b.items {
			w.tagged(it.term, it.text)
		}
		if len(b.literal) > 0 {
			w.literal(b.literal)
		}
	}
}
