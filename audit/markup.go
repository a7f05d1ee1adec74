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
