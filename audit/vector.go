package audit

import (
	"bytes"
	"strings"
)

// vectorBegins reports whether what follows the word denied or granted can be the beginning of an access vector, whole,
// cut or wrapped to the next line, and not a sentence about one: permissions in braces, and behind them fields.
//
//	avc:  denied  { read } for  pid=812 comm="nginx" ...
//	avc:  denied  {
//	avc: denied messages fill the journal         (a sentence)
func vectorBegins(rest []byte) bool {
	text := bytes.TrimLeft(rest, " \t")
	switch {
	case len(text) == 0, bytes.HasPrefix(text, []byte("null")), bytes.Contains(text, []byte("scontext=")):
		return true
	case text[0] == '{':
		_, behind, closed := bytes.Cut(text, []byte("}"))
		behind = bytes.TrimSpace(behind)
		return !closed || len(behind) == 0 || bytes.IndexByte(behind, '=') >= 0 || beginsFields(behind)
	case len(text) == len(rest):
		return false // a quotation mark, a comma
	}
	word := bytes.TrimRight(text, " \t")
	if i := bytes.IndexAny(text, " \t"); i >= 0 {
		word = text[:i]
	}
	return indexOfWord(commonPermissions, string(word)) >= 0 && bytes.IndexByte(text, '=') >= 0
}

// beginsFields reports whether a text is the beginning of "for  pid=", cut in its first key.
func beginsFields(text []byte) bool {
	key, ok := bytes.CutPrefix(text, []byte("for"))
	if !ok {
		return bytes.HasPrefix([]byte("for"), text)
	}
	key = bytes.TrimSpace(key)
	return len(key) == 0 || bytes.HasPrefix([]byte("pid"), key) || bytes.HasPrefix([]byte("comm"), key)
}

// spoken reports whether a message is the word of a result alone, at the end of a line.
func spoken(message string) bool {
	switch strings.Join(strings.Fields(message), " ") {
	case "avc: denied", "avc: granted":
		return true
	}
	return false
}
