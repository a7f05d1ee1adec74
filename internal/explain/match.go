package explain

import (
	"slices"
	"strings"
)

// bindings are what the placeholders of a pattern stand for.
type bindings struct{ protocol, name, side string }

// matchName reports whether a word fits a name that may hold the placeholders
// <P>, a protocol of the list, <X>, any name, and <CS>, client or server.
func matchName(pattern, word string, protocols []string) (bindings, bool) {
	var b bindings
	ok := matchRest(pattern, word, protocols, &b)
	return b, ok
}

func matchRest(pattern, word string, protocols []string, b *bindings) bool {
	literal, rest, found := strings.Cut(pattern, "<")
	word, ok := strings.CutPrefix(word, literal)
	if !ok || !found {
		return ok && word == ""
	}
	placeholder, rest, _ := strings.Cut(rest, ">")
	switch placeholder {
	case "P":
		return matchOne(rest, word, protocols, b, protocols, &b.protocol)
	case "CS":
		return matchOne(rest, word, protocols, b, []string{"client", "server"}, &b.side)
	}
	// A name: the longest that leaves the rest of the pattern a match.
	for end := len(word); end > 0; end-- {
		if isName(word[:end]) && matchRest(rest, word[end:], protocols, b) {
			b.name = word[:end]
			return true
		}
	}
	return false
}

func matchOne(rest, word string, protocols []string, b *bindings, values []string, to *string) bool {
	for _, v := range values {
		if after, ok := strings.CutPrefix(word, v); ok && matchRest(rest, after, protocols, b) {
			*to = v
			return true
		}
	}
	return false
}

func isName(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// fill puts what the placeholders stand for into a text.
func (b bindings) fill(s string) string {
	if b.protocol != "" {
		inPolicy := b.protocol
		if inPolicy == "raw" {
			inPolicy = "rawip"
		}
		for _, suffix := range [...]string{"_socket", "_send", "_recv"} {
			s = strings.ReplaceAll(s, "<P>"+suffix, inPolicy+suffix)
		}
		s = strings.ReplaceAll(s, "<P>", b.protocol)
	}
	if b.name != "" {
		s = strings.ReplaceAll(s, "<X>", b.name)
	}
	if b.side != "" {
		s = strings.ReplaceAll(s, "<CS>", b.side)
	}
	return s
}

// fillPage returns the page for one word that fits its pattern.
func (b bindings) fillPage(p page) page {
	p.title = b.fill(p.title)
	p.text = fillAll(b, p.text)
	p.see = fillAll(b, p.see)
	grants := make([]grantLine, 0, len(p.grants))
	for _, g := range p.grants {
		if g.only != nil && !slices.Contains(g.only, b.protocol) {
			continue
		}
		g.rule = b.fill(g.rule)
		grants = append(grants, g)
	}
	p.grants = grants
	return p
}

func fillAll(b bindings, list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = b.fill(s)
	}
	return out
}
