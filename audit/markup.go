package audit

import "bytes"

// linked reports whether a line has the links or the escapes of Markdown, or the
// links of Slack.
func linked(line []byte) bool {
	return bytes.Contains(line, []byte("](http")) || bytes.Contains(line, []byte("<http")) ||
		bytes.Contains(line, []byte(`\_`)) ||
		bytes.Contains(line, []byte(`audit\(`))
}

// unlink replaces a link by its text. Forums take the time of a record for an address:
//
//	audit([1682353570.797:274):](http://1682353570.797:274%29/)  [audit(1682353570.797:274)](http://...)
//	audit(<http://1682353570.797:274|1682353570.797:274>)        tcp\_socket
func unlink(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for len(line) > 0 {
		switch rest := line[1:]; {
		case line[0] == '\\' && len(rest) > 0 && bytes.IndexByte([]byte(`_()[]{}.*-#!:=+~>`), rest[0]) >= 0:
			out = append(out, rest[0])
			line = rest[1:]
			continue
		case bytes.HasPrefix(line, []byte("](http")):
			// The text of the link follows the opening bracket.
			open := bytes.LastIndexByte(out, '[')
			end := closing(line)
			if open < 0 || end < 0 {
				break
			}
			out = append(out[:open], out[open+1:]...)
			line = line[end+1:]
			continue
		case bytes.HasPrefix(line, []byte("<http")):
			end := bytes.IndexByte(line, '>')
			if end < 0 {
				break
			}
			text := line[1:end]
			if _, name, ok := bytes.Cut(text, []byte("|")); ok {
				text = name
			} else {
				text = bytes.TrimPrefix(bytes.TrimPrefix(text, []byte("https://")), []byte("http://"))
			}
			out = append(out, text...)
			line = line[end+1:]
			continue
		}
		out = append(out, line[0])
		line = line[1:]
	}
	return out
}

// closing returns the offset of the bracket that closes the bracket at the first byte, -1 if a blank comes first.
func closing(b []byte) int {
	depth := 0
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case ' ':
			return -1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// emphasized reports whether a line has a record in which Markdown's signs of emphasis touch the words: avc: _denied,
// avc: **denied**, `avc: denied`.
func emphasized(line []byte) bool {
	i := bytes.Index(line, []byte("avc:"))
	if i < 0 {
		return false
	}
	return i > 0 && isEmphasis(line[i-1]) || touched(line[i:], "denied") || touched(line[i:], "granted")
}

// touched reports whether a sign of emphasis stands before or behind a word.
func touched(b []byte, word string) bool {
	i := bytes.Index(b, []byte(word))
	end := i + len(word)
	return i > 0 && (isEmphasis(b[i-1]) || end < len(b) && isEmphasis(b[end]))
}

func isEmphasis(c byte) bool { return c == '_' || c == '*' || c == '`' }

// plain leaves out the signs of emphasis that stand at the edge of a word, but not those in quotes or inside words.
func plain(line []byte) []byte {
	out := make([]byte, 0, len(line))
	quoted := false
	for i, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && isEmphasis(c) {
			first, last := i, i
			for first > 0 && isEmphasis(line[first-1]) {
				first--
			}
			for last+1 < len(line) && isEmphasis(line[last+1]) {
				last++
			}
			if first == 0 || !isWordByte(line[first-1]) || last+1 == len(line) || !isWordByte(line[last+1]) {
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// isWordByte reports whether a byte belongs to a word of a record: a name, a number or the colon of a context.
func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ':' || c == '='
}
