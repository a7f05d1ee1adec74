package audit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/classmap"
)

// A Rule is an allow rule. audit2allow writes one for all denials of a source, a target and a class, and people show
// these rules in place of the denials.
type Rule struct {
	SourceType string
	// TargetType is that of the source if the rule has self.
	TargetType  string
	Class       string
	Permissions []string // in the order of the rule
	// Path is the file that audit2allow calls mislabeled in a comment before the rule; "" if there is no such comment.
	Path string
	Text string
}

// AVC returns the denial that the rule is for. Its contexts are types alone.
func (r *Rule) AVC() AVC {
	return AVC{Result: Denied, Permissions: slices.Clone(r.Permissions), SContext: r.SourceType, TContext: r.TargetType,
		TClass: r.Class, Path: r.Path, Text: r.Text}
}

// Bounds of rules.
const (
	maxRuleLine  = 4096 // the longest line with rules
	maxLineRules = 64   // how many rules a line may stand for
)

// maxMislabeledLines is how many lines after a comment about a file its rule may stand.
const maxMislabeledLines = 8

// A mislabeled is the file of a comment, and the line of the comment.
type mislabeled struct {
	path string
	line int64
}

// ruleLine reads a line with allow rules, or the comment about the file of the next rule.
func (r *Reader) ruleLine(line []byte) bool {
	if len(line) == 0 || len(line) > maxRuleLine {
		return false
	}
	if line[0] == '#' {
		if path, ok := mislabeledFile(line); ok {
			r.mislabeled = mislabeled{path, r.stats.Lines}
		}
		return false
	}
	at := ruleAt(line)
	if at < 0 {
		return false
	}
	rules, ok := parseRules(string(clean(line[at:])))
	if !ok {
		return false
	}
	for i := range rules {
		if rules[i].Path = r.mislabeled.path; r.stats.Lines-r.mislabeled.line > maxMislabeledLines {
			rules[i].Path = ""
		}
		r.stats.Rules++
		r.deliver(&Event{Format: FormatRule, Line: r.stats.Lines, Rule: &rules[i]})
	}
	r.mislabeled = mislabeled{}
	return true
}

// ruleAt returns the offset of the word allow at the beginning of a line: after blanks, the number or the mark of an
// item of a list, the number and the name of a file that grep writes, and quotation marks. It returns -1 for other
// lines, and looks only at their first words.
func ruleAt(line []byte) int {
	const word = "allow"
	from := 0
	for range 2 {
		for from < len(line) && isBlank(line[from]) {
			from++
		}
		end, limit := from, min(len(line), from+256)
		for end < limit && line[end] != ' ' && line[end] != '\t' {
			end++
		}
		if end == limit {
			return -1
		}
		if first := line[from:end]; bytes.HasSuffix(first, []byte(word)) {
			if mark := first[:len(first)-len(word)]; len(mark) > 0 && !ruleMark(mark) {
				return -1
			}
			return end - len(word)
		} else if !itemMark(first) {
			return -1
		}
		from = end
	}
	return -1
}

// ruleMark reports whether a rule may follow a text without a blank: quotation marks, and what grep writes.
func ruleMark(mark []byte) bool {
	last := mark[len(mark)-1]
	return bytes.IndexByte([]byte("`'\"*:"), last) >= 0 || last == '-' && itemMark(mark[:len(mark)-1])
}

// itemMark reports whether a word is the mark or the number of an item: - * 7 7. 7: 7)
func itemMark(word []byte) bool {
	if len(word) == 1 && (word[0] == '-' || word[0] == '*') {
		return true
	}
	n := digits(word)
	return n > 0 && (n == len(word) || n == len(word)-1 && bytes.IndexByte([]byte(".:)|"), word[n]) >= 0)
}

// mislabeledFile reads the path of the comment of audit2allow about a file whose label is not that of file_contexts.
func mislabeledFile(line []byte) (string, bool) {
	rest, ok := bytes.CutPrefix(line, []byte("#!!!! The file '"))
	if !ok {
		return "", false
	}
	path, _, ok := bytes.Cut(rest, []byte("' is mislabeled"))
	return string(path), ok && len(path) > 0 && path[0] == '/'
}

// parseRules reads allow rules that fill a line. A list of types or classes is a rule for each.
func parseRules(text string) ([]Rule, bool) {
	var rules []Rule
	for {
		p := ruleParser{strings.TrimPrefix(text, "allow")}
		sources, targets := p.names(), p.names()
		colon := p.symbol(':')
		classes, permissions := p.names(), p.names()
		if !colon || !p.symbol(';') || len(sources)*len(targets)*len(classes)*len(permissions) == 0 ||
			len(rules)+len(sources)*len(targets)*len(classes) > maxLineRules {
			return nil, false
		}
		whole := strings.TrimSpace(text[:len(text)-len(p.text)])
		for _, source := range sources {
			for _, target := range targets {
				if target == "self" {
					target = source
				}
				for _, class := range classes {
					if !askable(class, permissions) {
						return nil, false
					}
					rules = append(rules, Rule{SourceType: source, TargetType: target, Class: class,
						Permissions: permissions, Text: whole})
				}
			}
		}
		text = strings.TrimLeft(p.text, "`'\"* \t")
		switch {
		case text == "" || text[0] == '#':
			return rules, true
		case !strings.HasPrefix(text, "allow "):
			return nil, false
		}
	}
}

// askable reports whether a denial may have a class and the permissions. The macros of a policy's sources have other
// names: a rule with them is not one of audit2allow.
func askable(class string, permissions []string) bool {
	return classmap.Has(class) && !slices.ContainsFunc(permissions, func(p string) bool {
		return !classmap.HasPermission(class, p)
	})
}

// A ruleParser has the rest of a rule.
type ruleParser struct {
	text string
}

// symbol reads a sign.
func (p *ruleParser) symbol(c byte) bool {
	p.text = strings.TrimLeft(p.text, " \t")
	if p.text == "" || p.text[0] != c {
		return false
	}
	p.text = p.text[1:]
	return true
}

// names reads a name, or a list of names in braces; nil if there is none.
func (p *ruleParser) names() []string {
	if !p.symbol('{') {
		if name := p.name(); name != "" {
			return []string{name}
		}
		return nil
	}
	var list []string
	for !p.symbol('}') {
		name := p.name()
		if name == "" {
			return nil
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// name reads a name; "" if there is none.
func (p *ruleParser) name() string {
	p.text = strings.TrimLeft(p.text, " \t")
	n := 0
	for n < len(p.text) && isNameByte(p.text[n], n == 0) {
		n++
	}
	name := p.text[:n]
	p.text = p.text[n:]
	return name
}

// isNameByte reports whether a name may have a byte, as its first or at another place.
func isNameByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	}
	return !first && (c >= '0' && c <= '9' || c == '.' || c == '-')
}
