package systemd

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxLine is LONG_LINE_MAX of systemd: a longer line makes the file unreadable.
const maxLine = 1 << 20

// parse adds the assignments of a file. It mirrors config_parse: a line outside of a section, or
// without "=", is skipped, since systemd only warns of it.
func (u *Unit) parse(b []byte, file string) error {
	section := ""
	for line, text := range lines(strings.TrimPrefix(string(b), "\ufeff")) {
		if len(text) > maxLine {
			return fmt.Errorf("%s:%d: a line of more than %d bytes", file, line, maxLine)
		}
		if text[0] == '[' {
			section = "" // a header that is not closed begins no section
			if name, ok := strings.CutSuffix(text[1:], "]"); ok {
				section = name
			}
			continue
		}
		key, value, ok := strings.Cut(text, "=")
		if !ok || section == "" || !utf8.ValidString(text) {
			continue
		}
		u.Settings = append(u.Settings, Setting{section, strings.TrimSpace(key), strings.TrimSpace(value),
			Pos{file, line}})
	}
	return nil
}

// lines yields the lines of a unit file with their numbers: joined if they end with a backslash,
// trimmed, without comments, which are allowed between joined lines. The number is that of the
// first line.
func lines(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		var joined strings.Builder
		first, n := 0, 0
		for line := range strings.Lines(text) {
			n++
			line = strings.TrimRight(line, "\r\n")
			start := strings.TrimLeft(line, " \t")
			if start != "" && (start[0] == '#' || start[0] == ';') {
				continue
			}
			if joined.Len() == 0 {
				first, line = n, start
			}
			if rest, more := continued(line); more {
				joined.WriteString(rest + " ")
				continue
			}
			joined.WriteString(line)
			whole := strings.TrimSpace(joined.String())
			joined.Reset()
			if whole != "" && !yield(first, whole) {
				return
			}
		}
		if whole := strings.TrimSpace(joined.String()); whole != "" {
			yield(first, whole)
		}
	}
}

// continued cuts the backslash off a line that continues: it ends with an odd number of them.
func continued(line string) (string, bool) {
	n := len(line) - len(strings.TrimRight(line, `\`))
	if n%2 == 0 {
		return line, false
	}
	return line[:len(line)-1], true
}

// Last returns the last assignment of a key, which counts. ok is false if there is none, or it is
// empty: an empty one cancels the earlier ones.
func (u *Unit) Last(section, key string) (s Setting, ok bool) {
	for i := len(u.Settings) - 1; i >= 0; i-- {
		if s = u.Settings[i]; s.Section == section && s.Key == key {
			return s, s.Value != ""
		}
	}
	return Setting{}, false
}

// All returns the assignments of a key that is a list: an empty one cancels the earlier ones.
func (u *Unit) All(section string, keys ...string) []Setting {
	var list []Setting
	for _, s := range u.Settings {
		for _, key := range keys {
			switch {
			case s.Section != section || s.Key != key:
			case s.Value == "":
				list = nil
			default:
				list = append(list, s)
			}
		}
	}
	return list
}

// True reports whether systemd reads the value of a key as true.
func (u *Unit) True(section, key string) bool {
	s, _ := u.Last(section, key)
	return isTrue(s.Value)
}

func isTrue(value string) bool {
	switch strings.ToLower(value) {
	case "1", "yes", "y", "true", "t", "on":
		return true
	}
	return false
}
