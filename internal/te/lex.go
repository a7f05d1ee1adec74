package te

import (
	"strconv"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/cil"
)

// A kind is the kind of a token.
type kind uint8

const (
	kindEnd        kind = iota
	kindName            // a name
	kindWord            // a word of the language, in lower case
	kindNumber          // digits, or 0x and digits
	kindFileSystem      // letters and digits that begin with a digit
	kindIPv4
	kindIPv6
	kindVersion // digits, dots and letters
	kindPath
	kindFile // a quoted file name
	kindSign
)

type token struct {
	kind kind
	text string
	pos  cil.Pos
	// file and line are the place set by #line, for line marks.
	file string
	line int
}

// words are the words of the language. They may be in lower or upper case.
var words = &wordSet{text: "" +
	"clone common class constrain validatetrans inherits sid role roles roleattribute attribute_role " +
	"types  typealias typeattribute typebounds type bool tunable if else alias attribute expandattribute " +
	"type_transition  type_member type_change role_transition range_transition sensitivity dominance " +
	"category level range mlsconstrain  mlsvalidatetrans user neverallow allow auditallow auditdeny " +
	"dontaudit allowxperm auditallowxperm dontauditxperm  neverallowxperm source target sameuser module " +
	"require optional or and not xor eq true false dom domby incomp  fscon ibpkeycon ibendportcon portcon " +
	"netifcon nodecon pirqcon iomemcon ioportcon pcidevicecon devicetreecon  fs_use_xattr fs_use_task " +
	"fs_use_trans genfscon r1 r2 r3 u1 u2 u3 t1 t2 t3 l1 l2 h1 h2 policycap permissive  default_user " +
	"default_role default_type default_range low-high high low glblub"}

// A wordSet has the words of a text. It is made at the first question, since most commands read no
// module source.
type wordSet struct {
	text string
	once sync.Once
	set  map[string]bool
}

func (s *wordSet) has(word string) bool {
	s.once.Do(func() {
		s.set = map[string]bool{}
		for w := range strings.FieldsSeq(s.text) {
			s.set[w] = true
		}
	})
	return s.set[word]
}

// A lexer splits a source into tokens, the longest match first, as checkmodule's does.
type lexer struct {
	text  string
	off   int
	line  int // of the file
	start int // where the line begins
	// file and shift are set by #line: the name, and the number to add to the line.
	file  string
	shift int
	bad   func(pos cil.Pos, format string, args ...any)
}

func (l *lexer) pos() cil.Pos { return cil.Pos{Line: l.line, Column: l.off - l.start + 1} }

// next returns the next token.
func (l *lexer) next() token {
	l.skip()
	t := token{pos: l.pos(), file: l.file, line: l.line + l.shift}
	if l.off >= len(l.text) {
		return t
	}
	rest := l.text[l.off:]
	n := 0
	t.kind, n = match(rest)
	if n == 0 {
		l.bad(t.pos, "%s", strange(rest[0]))
		l.off++
		return l.next()
	}
	t.text = rest[:n]
	l.off += n
	switch t.kind {
	case kindName:
		if w := strings.ToLower(t.text); words.has(w) && (t.text == w || t.text == strings.ToUpper(t.text)) {
			t.kind, t.text = kindWord, w
		}
	case kindFile:
		t.text = t.text[1 : n-1]
	case kindSign:
		if w := signWord(t.text); w != "" {
			t.kind, t.text = kindWord, w
		}
	}
	return t
}

// signWord returns the word with the same meaning as a sign, "" for other signs.
func signWord(sign string) string {
	switch sign {
	case "==":
		return "eq"
	case "&&":
		return "and"
	case "||":
		return "or"
	case "!":
		return "not"
	case "^":
		return "xor"
	}
	return ""
}

// strange explains what is wrong with a byte that begins no token.
func strange(b byte) string {
	switch b {
	case '\r':
		return "the line ends with a carriage return, as in Windows files; checkmodule refuses it"
	case '`', '\'':
		return "quotes are for m4, which must replace the macros of refpolicy first"
	case '"':
		return "the quoted text does not end on its line, is empty, or has a slash"
	}
	return "no statement can contain the character " + strconv.QuoteToASCII(string(rune(b)))
}

// skip skips blanks, comments and line marks.
func (l *lexer) skip() {
	for l.off < len(l.text) {
		switch b := l.text[l.off]; b {
		case '\n':
			l.off++
			l.line++
			l.start = l.off
		case ' ', '\t', '\f':
			l.off++
		case '#':
			end := strings.IndexByte(l.text[l.off:], '\n')
			if end < 0 {
				end = len(l.text) - l.off
			}
			l.mark(l.text[l.off : l.off+end])
			l.off += end
		default:
			return
		}
	}
}

// mark handles a comment that is a line mark: #line 1 "FILE", or only #line N.
func (l *lexer) mark(comment string) {
	rest, ok := strings.CutPrefix(comment, "#line ")
	if !ok {
		return
	}
	if name, ok := strings.CutPrefix(rest, "1 \""); ok && strings.HasSuffix(name, "\"") {
		l.file, l.shift = strings.TrimSuffix(name, "\""), 1-l.line
		return
	}
	if n, err := strconv.ParseUint(rest, 10, 31); err == nil && strings.Trim(rest, "0123456789") == "" {
		l.shift = int(n) - 1 - l.line
	}
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
func digit(b byte) bool  { return b >= '0' && b <= '9' }
func alnum(b byte) bool  { return letter(b) || digit(b) }
func hex(b byte) bool    { return digit(b) || b|0x20 >= 'a' && b|0x20 <= 'f' }

// run returns the number of bytes of a kind at the beginning.
func run(s string, is func(byte) bool) int {
	n := 0
	for n < len(s) && is(s[n]) {
		n++
	}
	return n
}

// match returns the longest token at the beginning of s; of several equally long ones, the first
// kind.
func match(s string) (kind, int) {
	switch s[0] {
	case '/':
		return kindPath, run(s, func(b byte) bool { return strings.IndexByte(" \n\r\t\f", b) < 0 })
	case '"':
		return quoted(s)
	}
	best, n := kindEnd, 0
	try := func(k kind, length int) {
		if length > n {
			best, n = k, length
		}
	}
	if letter(s[0]) {
		try(kindName, name(s))
	}
	if digit(s[0]) {
		try(kindNumber, digits(s))
		if r := run(s, alnum); run(s, digit) < r {
			try(kindFileSystem, r)
		}
		try(kindIPv4, ipv4(s))
	}
	try(kindIPv6, ipv6(s))
	if digit(s[0]) {
		d := run(s, digit)
		if d < len(s) && s[d] == '.' {
			d += 1 + run(s[d+1:], func(b byte) bool { return alnum(b) || b == '_' || b == '.' })
		}
		try(kindVersion, d)
	}
	try(kindSign, sign(s))
	return best, n
}

// name returns the length of a name: single dots separate its parts.
func name(s string) int {
	part := func(b byte) bool { return alnum(b) || b == '_' || b == '-' }
	n := run(s, part)
	for n+1 < len(s) && s[n] == '.' && part(s[n+1]) {
		n++
		n += run(s[n:], part)
	}
	return n
}

func digits(s string) int {
	if strings.HasPrefix(s, "0x") {
		if h := run(s[2:], hex); h > 0 {
			return 2 + h
		}
	}
	return run(s, digit)
}

// ipv4 returns the length of four numbers with at most three digits each.
func ipv4(s string) int {
	n := 0
	for i := range 4 {
		if i > 0 {
			if n >= len(s) || s[n] != '.' {
				return 0
			}
			n++
		}
		d := min(run(s[n:], digit), 3)
		if d == 0 {
			return 0
		}
		n += d
	}
	return n
}

// ipv6 returns the length of two groups of at most four digits with their colons, and of the rest
// of the address.
func ipv6(s string) int {
	n := 0
	for range 2 {
		n += min(run(s[n:], hex), 4)
		if n >= len(s) || s[n] != ':' {
			return 0
		}
		n++
	}
	return n + run(s[n:], func(b byte) bool { return hex(b) || b == ':' || b == '.' })
}

// quoted matches a path or a file name between quotes.
func quoted(s string) (kind, int) {
	end := strings.IndexAny(s[1:], "\"\n") + 1
	if end < 1 || s[end] != '"' {
		return kindEnd, 0
	}
	switch in := s[1:end]; {
	case strings.HasPrefix(in, "/"):
		return kindPath, end + 1
	case in == "" || strings.Contains(in, "/"):
		return kindEnd, 0
	}
	return kindFile, end + 1
}

func sign(s string) int {
	if len(s) > 1 {
		switch s[:2] {
		case "==", "!=", "&&", "||":
			return 2
		}
	}
	if strings.IndexByte("!^,:;(){}[-.]~*", s[0]) >= 0 {
		return 1
	}
	return 0
}
