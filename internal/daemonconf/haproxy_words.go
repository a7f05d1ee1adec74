package daemonconf

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// words splits a line as haproxy does (parse_line): single and double quotes, of which only the
// double ones allow variables, escapes, comments.
func (r *haproxyReader) words(line string) ([]string, error) {
	var w splitter
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(line):
			i++
			n, s := haproxyEscape(line[i:], quote)
			w.add(s)
			i += n - 1
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			w.add("")
		case quote != 0 && c == quote:
			quote = 0
		case quote == '"' && c == '$':
			value, n := r.expand(line[i:])
			if n == 0 {
				return nil, errors.New("a variable is not closed")
			}
			w.add(value)
			i += n - 1
		case quote == 0 && c == '#':
			i = len(line)
		case quote == 0 && (c == ' ' || c == '\t'):
			w.end()
		default:
			w.add(line[i : i+1])
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote is not closed")
	}
	w.end()
	return w.list, nil
}

// haproxyEscape reads the characters after a backslash.
func haproxyEscape(s string, quote byte) (int, string) {
	switch s[0] {
	case 'n', 't', 'r':
		if quote == 0 {
			return 1, map[byte]string{'n': "\n", 't': "\t", 'r': "\r"}[s[0]]
		}
	case 'x':
		if len(s) >= 3 {
			if v, err := strconv.ParseUint(s[1:3], 16, 8); err == nil {
				return 3, string([]byte{byte(v)})
			}
		}
	case ' ', '#', '\\', '"', '\'', '$':
		return 1, s[:1]
	}
	return 1, "\\" + s[:1]
}

// expand reads a variable, $NAME, ${NAME} or ${NAME-otherwise}, and returns its length in the text
// too. A variable with no known value stands for itself.
func (r *haproxyReader) expand(s string) (value string, n int) {
	name, otherwise, hasOtherwise := "", "", false
	if strings.HasPrefix(s, "${") {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return "", 0
		}
		n = end + 1
		name, otherwise, hasOtherwise = strings.Cut(s[2:end], "-")
		name = strings.TrimSuffix(name, "[*]")
	} else {
		n = 1
		for n < len(s) && isWord(s[n]) {
			n++
		}
		if n == 1 {
			return "$", 1
		}
		name = s[1:n]
	}
	if value, ok := r.start.Env[name]; ok {
		return value, n
	}
	switch {
	case slices.Contains(r.start.Passed, name):
		return "${" + name + "}", n
	case hasOtherwise:
		return otherwise, n
	}
	return "${" + name + "}", n
}
