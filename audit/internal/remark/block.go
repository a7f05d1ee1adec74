package remark

import (
	"slices"
	"strings"
)

// Bounds of the require block that is read: its lines, its statements, and the bytes that are waiting for the end of
// one.
const (
	maxBlockLines = 64
	maxStatements = 48
	maxStatement  = 1024
)

// A blockScanner reads the require block of the source of a module, of which people show the beginning alone.
type blockScanner struct {
	at, lines  int64 // the first line of the block; how many lines of it are read
	first      string
	open       bool
	rest       string // a statement that has no end yet
	statements []string
	// ruled says that the text has rules or calls of interfaces as well.
	ruled bool
}

// line reads a line of a text.
func (b *blockScanner) line(number int64, t string) {
	t = strings.TrimSpace(t)
	if !b.open {
		after, ok := strings.CutPrefix(t, "require")
		if after = strings.TrimSpace(after); ok && b.at == 0 && (after == "" || after[0] == '{') {
			b.at, b.first, b.open, t = number, t, true, strings.TrimPrefix(after, "{")
		} else {
			b.ruled = b.ruled || isRule(t)
			return
		}
	}
	if b.lines++; b.lines > maxBlockLines {
		b.open = false
		return
	}
	t, _, _ = strings.Cut(t, "#")
	if t = strings.TrimSpace(t); b.lines > 1 && len(b.statements) == 0 && b.rest == "" {
		t = strings.TrimPrefix(t, "{") // on a line of its own
	}
	for t != "" && b.open {
		end := strings.IndexByte(t, ';')
		switch {
		case end < 0 && (t == "}" || t[0] == '}') && !strings.Contains(b.rest, "{"):
			b.open = false
			return
		case end < 0 && len(b.rest)+len(t) > maxStatement, len(b.statements) == maxStatements:
			b.open = false
			return
		case end < 0:
			b.rest += t + " "
			return
		case t[0] == '}' && !strings.Contains(b.rest, "{"):
			b.open = false
			b.ruled = b.ruled || isRule(strings.TrimSpace(t[1:]))
			return
		}
		if s := statement(b.rest + t[:end]); s != "" && !slices.Contains(b.statements, s) {
			b.statements = append(b.statements, s)
		}
		b.rest, t = "", strings.TrimSpace(t[end+1:])
	}
}

// isRule reports whether a line begins with a rule of a module, or with the call of an interface.
func isRule(t string) bool {
	switch firstWord(t) {
	case "allow", "dontaudit", "auditallow", "type_transition", "typeattribute", "allowxperm", "neverallow":
		return true
	}
	name, _, call := strings.Cut(t, "(")
	return call && name != "policy_module" && strings.Contains(name, "_") && isName(name) && strings.HasSuffix(t, ")")
}

// statement returns a declaration of a type as "type NAME ...", that of a class as "class NAME PERMISSION ...", "" for
// others.
func statement(t string) string {
	list := strings.Fields(strings.NewReplacer("{", " ", "}", " ", ",", " ").Replace(t))
	if len(list) < 2 || list[0] == "class" && len(list) < 3 || list[0] != "type" && list[0] != "class" ||
		slices.ContainsFunc(list, func(w string) bool { return !isName(w) }) {
		return ""
	}
	return strings.Join(list, " ")
}

// isName reports whether a word can be a name of a policy.
func isName(w string) bool {
	for _, c := range []byte(w) {
		if !isLetter(c) && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return w != ""
}

// remark returns what was read, false where there is no block with a type, and where the text has rules.
func (b *blockScanner) remark() (Remark, bool) {
	if b.ruled || !slices.ContainsFunc(b.statements, func(s string) bool { return strings.HasPrefix(s, "type ") }) {
		return Remark{}, false
	}
	return Remark{Code: RequireBlock, Names: b.statements, Count: 1, Line: b.at, Text: b.first}, true
}
