package sepolgencli

import (
	"fmt"
	"strings"
)

// An explainer writes the comments of -v and -e.
type explainer struct{ short, long bool }

func (t *run) explainer() explainer {
	return explainer{short: t.o.verbose && !t.o.explain, long: t.o.explain}
}

func (e explainer) none() bool { return !e.short && !e.long }

// vector explains a rule or a call. options are the interfaces that were considered.
func (e explainer) vector(v *vector, options []string) []string {
	var list []string
	switch {
	case e.long:
		for _, a := range v.records {
			list = append(list, " "+a.header,
				fmt.Sprintf(`  scontext="%s" tcontext="%s"`, a.source, a.target),
				fmt.Sprintf(`  class="%s" perms="%s"`, a.class, set(a.perms)),
				fmt.Sprintf(`  comm="%s" exe="%s" path="%s"`, a.comm, a.exe, a.path))
			list = append(list, wrap(`message="`+a.line+`"`, 80, "  ", "   ")...)
		}
	case e.short:
		list = append(list, fmt.Sprintf(` src="%s" tgt="%s" class="%s", perms="%s"`, v.source, v.target, v.class,
			set(v.perms)))
		if len(v.records) > 0 {
			a := v.records[0]
			list = append(list, fmt.Sprintf(` comm="%s" exe="%s" path="%s"`, a.comm, a.exe, a.path))
		}
	default:
		return nil
	}
	if options != nil {
		list = append(list, " Interface options:")
		for _, o := range options {
			list = append(list, "   "+o)
		}
	}
	for i := range list {
		list[i] = "#" + list[i]
	}
	return list
}

// wrap breaks a text into lines of at most width columns, at blanks and after hyphens between words.
func wrap(text string, width int, first, others string) (lines []string) {
	indent := first
	line := ""
	flush := func() {
		lines = append(lines, indent+strings.TrimRight(line, " "))
		line, indent = "", others
	}
	for _, chunk := range chunks(strings.NewReplacer("\n", " ", "\t", "        ").Replace(text)) {
		if line == "" && chunk == " " && len(lines) > 0 {
			continue
		}
		room := width - len(indent)
		if len(line)+len(chunk) > room && strings.TrimSpace(chunk) != "" {
			if line != "" {
				flush()
			}
			for len(chunk) > width-len(indent) {
				n := width - len(indent)
				line, chunk = chunk[:n], chunk[n:]
				flush()
			}
		}
		line += chunk
	}
	if strings.TrimSpace(line) != "" {
		flush()
	}
	return lines
}

// chunks splits a text into pieces that are never broken: words, parts of words up to a hyphen, and blanks.
func chunks(text string) (list []string) {
	letter := func(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_' }
	word := func(b byte) bool { return letter(b) || b >= '0' && b <= '9' }
	from := 0
	for i := 0; i < len(text); i++ {
		blank := text[i] == ' '
		switch {
		case i > from && blank != (text[i-1] == ' '):
			list = append(list, text[from:i])
			from = i
		case text[i] == '-' && i-from >= 2 && letter(text[i-1]) && word(text[i-2]) && i+2 < len(text) &&
			word(text[i+1]) && word(text[i+2]):
			list = append(list, text[from:i+1])
			from = i + 1
		}
	}
	return append(list, text[from:])
}
