package audit

import (
	"bytes"
	"strings"
)

// maxRuleLine is the longest line with rules, in bytes.
const maxRuleLine = 4096

// maxMislabeledLines is how many lines after a comment about a file its rule may stand.
const maxMislabeledLines = 8

// maxConstraintLines is the same for a comment about a constraint, which shows its expression.
const maxConstraintLines = 32

// maxLoadedLines is how many lines after a sentence that says that rules are loaded, or after the last of them, a rule
// may stand.
const maxLoadedLines = 3

// saysLoaded reports whether a line of a text of people says that the rules behind it are loaded already. What
// somebody was advised to add, or asks about, is not.
func saysLoaded(line []byte) bool {
	const longest = 200
	if len(line) > longest || bytes.IndexByte(line, '?') >= 0 {
		return false
	}
	text := strings.ToLower(string(line))
	if !hasWord(text, "so far", "already", "current policy", "current module", "current rules", "existing policy",
		"existing module", "existing rules", "i have installed a module", "i installed a module",
		"i have loaded a module",
		"i loaded a module", "we have installed a module", "we loaded a module") {
		return false
	}
	return !hasWord(text, "not", "haven't", "don't", "audit2allow", "suggests", "suggested", "would", "should",
		"denied",
		"denials", "wants") && hasWord(text, "added", "add", "installed", "loaded", "have", "allowed", "policy",
		"module",
		"rules", "with", "applied", "using", "has", "in place",
		"created")
}

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
		return ofAudit2allow(line) && r.commentLine(string(clean(line)))
	}
	at := ruleAt(line)
	if at < 0 || r.sourceShown > 0 && r.stats.Lines-r.sourceShown <= maxShown {
		return false
	}
	rules, rest := parseRules(string(clean(line[at:])))
	if len(rules) == 0 || rest != "" && rest[0] != '#' {
		return false
	}
	r.rules(rules)
	if ofAudit2allow([]byte(rest)) {
		r.commentLine(rest)
	}
	return true
}

// ofAudit2allow reports whether a text begins with a comment of audit2allow.
func ofAudit2allow(text []byte) bool {
	return bytes.HasPrefix(text, []byte("#!!!!")) || bytes.HasPrefix(text, []byte("#====")) ||
		bytes.HasPrefix(text, []byte("#Constraint rule"))
}

// commentLine reads a line that begins with a comment of audit2allow. Some forums join lines: then rules follow the
// comment, and further comments.
func (r *Reader) commentLine(text string) (found bool) {
	for text != "" {
		if path, ok := mislabeledFile(text); ok {
			r.mislabeled = mislabeled{path, r.stats.Lines}
		}
		if strings.HasPrefix(text, "#Constraint rule") || strings.HasPrefix(text,
			"#!!!! This avc is a constraint violation") {
			r.constraint = r.stats.Lines
		}
		next := nextPart(text)
		if next < 0 {
			break
		}
		if text = text[next:]; text[0] == '#' {
			continue
		}
		if rules, rest := parseRules(text); len(rules) > 0 {
			r.rules(rules)
			found, text = true, "#"+rest // also for a rest that is no comment
		}
	}
	return found
}

// nextPart returns the offset of the next comment or the next word allow in a text, -1 for none.
func nextPart(text string) int {
	const skip = 1 // the sign or the letter that the text begins with
	next := -1
	for _, mark := range [...]string{"#!!!!", "#====", " allow "} {
		at := strings.Index(text[skip:], mark)
		if at < 0 {
			continue
		}
		if at += skip; mark[0] == ' ' {
			at++
		}
		if next < 0 || at < next {
			next = at
		}
	}
	return next
}

// rules yields rules of a line. A comment is about the first of them.
func (r *Reader) rules(rules []Rule) {
	for i := range rules {
		if r.stats.Lines-r.mislabeled.line <= maxMislabeledLines && rules[i].Text == rules[0].Text {
			rules[i].Path = r.mislabeled.path
		}
		rules[i].Constraint = r.constraint > 0 && r.stats.Lines-r.constraint <= maxConstraintLines &&
			rules[i].Text == rules[0].Text
		rules[i].Loaded = r.loaded > 0 && r.stats.Lines-r.loaded <= maxLoadedLines
		r.stats.Rules++
		r.deliver(&Event{Format: FormatRule, Line: r.stats.Lines, Rule: &rules[i]})
	}
	if len(rules) > 0 && rules[0].Loaded {
		r.loaded = r.stats.Lines
	}
	r.mislabeled, r.constraint = mislabeled{}, 0
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
func mislabeledFile(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, "#!!!! The file '")
	if !ok {
		return "", false
	}
	path, _, ok := strings.Cut(rest, "' is mislabeled")
	return path, ok && strings.HasPrefix(path, "/")
}
