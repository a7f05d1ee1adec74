package host

import (
	"iter"
	"strings"
)

// An iptablesLine is a chain or a rule in the output of iptables-save.
type iptablesLine struct {
	table, text string
	words       []string // without the counter "[12:340]" before a rule (iptables-save -c)
}

// iptablesLines yields the lines of all tables. Lines before the first table have no table.
func iptablesLines(b []byte) iter.Seq[iptablesLine] {
	return func(yield func(iptablesLine) bool) {
		table := ""
		for line := range strings.Lines(string(b)) {
			line = strings.TrimSpace(line)
			if name, ok := strings.CutPrefix(line, "*"); ok {
				table = name
				continue
			}
			words := splitQuoted(line)
			if len(words) > 0 && strings.HasPrefix(words[0], "[") {
				words = words[1:]
			}
			if !yield(iptablesLine{table, line, words}) {
				return
			}
		}
	}
}

// parseIPTables finds the rules with the target SECMARK in the output of iptables-save.
// It ignores all other text.
func parseIPTables(b []byte, family, from string) []SecmarkRule {
	var list []SecmarkRule
	for line := range iptablesLines(b) {
		words := line.words
		if len(words) < 4 || words[0] != "-A" {
			continue
		}
		rule := SecmarkRule{Family: family, Table: line.table, Chain: words[1], From: from}
		target := ""
		for i := 2; i+1 < len(words); i++ {
			switch words[i] {
			case "-j", "--jump":
				target = words[i+1]
			case "--selctx":
				rule.Context = words[i+1]
			}
		}
		if target == "SECMARK" {
			list = append(list, rule)
		}
	}
	return list
}

// splitQuoted splits a line at blanks outside of double quotes; a backslash escapes the
// next character.
func splitQuoted(line string) []string {
	var words []string
	var word strings.Builder
	inWord, quoted := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			inWord = true
		case c == '"':
			quoted, inWord = !quoted, true
		case (c == ' ' || c == '\t') && !quoted:
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}
