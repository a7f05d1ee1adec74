package listing

import "strings"

// cut returns the first word of a text and what follows the blanks behind it.
func cut(s string) (word, rest string) {
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeft(s[i:], " \t")
}

// long reads a line of ls -lZ: with the number of links, the size and the date, or in the form of Red Hat's coreutils
// before 8.24, which has mode, owner, group, label and name alone. Numbers before the mode are those of -i and -s.
//
//	-rw-r--r--. 1 root root system_u:object_r:bin_t:s0 93 23 mai 09:14 name
//	-rw-r--r--. root root unconfined_u:object_r:user_home_t:s0 name
//	lrwxrwxrwx. 1 root root system_u:object_r:bin_t:s0 7 May  2  2023 bin -> usr/bin
func long(line string) (f File, name string, ok bool) {
	mode, rest := cut(line)
	for range 2 {
		if isSize(mode) {
			mode, rest = cut(rest)
		}
	}
	if !isMode(mode) {
		return f, "", false
	}
	f.Kind = mode[0]
	const most = 8 // names of groups may have blanks
	counted := false
	for i := range most {
		var word string
		word, rest = cut(rest)
		if i == 0 {
			counted = isNumber(word)
		}
		if isContext(word) {
			f.Context = word
			break
		}
	}
	if f.Context == "" || rest == "" {
		return f, "", false
	}
	name = rest
	if counted {
		if behind, ok := behindDate(rest); ok {
			name = behind
		}
	}
	if f.Kind == 'l' {
		name, _, _ = strings.Cut(name, " -> ")
	}
	if name = unquote(name); name == "" {
		return f, "", false
	}
	switch {
	case f.Kind == 'd':
		if name != "/" {
			name = strings.TrimSuffix(name, "/")
		}
	case f.Kind == '-' && strings.ContainsAny(mode, "xs"):
		name = strings.TrimSuffix(name, "*") // of ls -F
	}
	return f, name, name != ""
}

// isMode reports whether a word is the kind and mode of a file.
func isMode(s string) bool {
	if len(s) == 11 && strings.IndexByte(".+@", s[10]) >= 0 {
		s = s[:10]
	}
	if len(s) != 10 || strings.IndexByte("-dlcbsp", s[0]) < 0 {
		return false
	}
	for i := 1; i < len(s); i++ {
		if strings.IndexByte("-rwxsStT", s[i]) < 0 {
			return false
		}
	}
	return true
}

// isSize reports whether a word is a size, with or without a unit: 93, 4,0K, 1.2M.
func isSize(s string) bool {
	if s == "" || len(s) > 20 || !isDigit(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) && s[i] != '.' && s[i] != ',' && (i < len(s)-2 || strings.IndexByte("BKMGTPEiB", s[i]) < 0) {
			return false
		}
	}
	return true
}

func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != "" && len(s) <= 20
}

// behindDate returns what follows size and date. Every language has its own order and words, but the last word of a
// date is a time of day, with its zone perhaps, or a year.
func behindDate(s string) (name string, ok bool) {
	size, rest := cut(s)
	if strings.HasSuffix(size, ",") && isNumber(size[:len(size)-1]) { // the numbers of a device: 10, 200
		if size, rest = cut(rest); !isNumber(size) {
			return "", false
		}
	}
	if !isSize(size) {
		return "", false
	}
	const most = 4
	for i := range most {
		var word string
		word, rest = cut(rest)
		next, behind := cut(rest)
		switch {
		case isClock(word):
			if len(next) == len("+0200") && strings.IndexByte("+-", next[0]) >= 0 && isNumber(next[1:]) {
				rest = behind
			}
			return rest, rest != ""
		case isDay(word) && !isClock(next), i > 0 && isYear(word):
			return rest, rest != ""
		}
	}
	return "", false
}

// isClock reports whether a word is a time of day: 09:14, 9:14, 09.14, 09:14:00.000000000.
func isClock(s string) bool {
	i := strings.IndexAny(s, ":.")
	if i < 1 || i > 2 || !isNumber(s[:i]) || len(s) < i+3 || !isNumber(s[i+1:i+3]) {
		return false
	}
	return strings.Trim(s[i+3:], "0123456789:.,") == ""
}

// isDay reports whether a word is a date such as 2023-05-23.
func isDay(s string) bool {
	return len(s) == 10 && isYear(s[:4]) && s[4] == '-' && s[7] == '-' && isNumber(s[5:7]) && isNumber(s[8:])
}

func isYear(s string) bool { return len(s) == 4 && isNumber(s) && (s[:2] == "19" || s[:2] == "20") }

// unquote removes the quotes that ls puts around names with blanks; "" for a name that is written with codes for some
// of its characters: 'm'$'\303\251'.
func unquote(s string) string {
	s = strings.TrimRight(s, " \t\r")
	if coded(s) {
		return ""
	}
	if len(s) > 2 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

func coded(s string) bool { return strings.Contains(s, "$'\\") }
