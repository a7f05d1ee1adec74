package daemonconf

import "strings"

// An iniLine is a setting of a file in the INI form.
type iniLine struct {
	section, key, value string
	at                  Pos
}

// ini yields the settings of a text: [section], KEY = VALUE. A line that begins with one of the characters of
// comments is none. A setting without = has an empty value.
func ini(text, file, comments string) func(yield func(iniLine) bool) {
	return func(yield func(iniLine) bool) {
		section := ""
		for n, line := range numbered(text) {
			line = strings.TrimSpace(line)
			switch {
			case line == "" || strings.IndexByte(comments, line[0]) >= 0:
			case line[0] == '[':
				section, _, _ = strings.Cut(line[1:], "]")
				section = strings.TrimSpace(section)
			default:
				key, value, _ := strings.Cut(line, "=")
				if !yield(iniLine{section, strings.TrimSpace(key), strings.TrimSpace(value), Pos{file, n}}) {
					return
				}
			}
		}
	}
}

// unquote removes a pair of quotes around a value.
func unquote(value string) string {
	if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	return value
}
