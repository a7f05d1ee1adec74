package listing

import "strings"

type labelled struct{ context, name string }

// short reads a line of ls -Z without -l: label and name, several times where a terminal has columns. A number before
// the label is that of -i.
//
//	unconfined_u:object_r:default_t:s0 /data/x
func short(line string) (list []labelled) {
	word, rest := cut(line)
	if isNumber(word) {
		word, rest = cut(rest)
	}
	for isContext(word) && len(list) < maxColumns {
		at := nextContext(rest)
		name := unquote(rest[:at])
		if name == "" || strings.Contains(name, "tclass=") || strings.Contains(name, "permissive=") {
			return nil // the rest of a record
		}
		if name != "/" {
			name = strings.TrimSuffix(name, "/")
		}
		list = append(list, labelled{word, name})
		word, rest = cut(rest[at:])
	}
	return list
}

// nextContext returns where the next label of a line begins, its length for none.
func nextContext(s string) int {
	for at := 0; at < len(s); {
		end := strings.IndexAny(s[at:], " \t")
		if end < 0 {
			end = len(s) - at
		}
		if isContext(s[at : at+end]) {
			return at
		}
		at += end
		for at < len(s) && (s[at] == ' ' || s[at] == '\t') {
			at++
		}
	}
	return len(s)
}
