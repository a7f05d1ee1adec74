package pattern

import (
	"strconv"
	"strings"
	"unicode"
)

// group reads the beginning of a group. The parenthesis is already read.
func (t *translator) group(at int) error {
	if !t.accept('?') {
		t.begin("(", at)
		t.groups++
		return nil
	}
	switch r := t.peek(); {
	case r < 0:
		return fail("unexpected end of pattern", t.pos)
	case r == ':':
		t.pos++
		t.begin("(?:", at)
	case r == 'P':
		t.pos++
		return t.named(at)
	case r == '#':
		for t.pos < len(t.src) && t.src[t.pos] != ')' {
			t.pos++
		}
		if !t.accept(')') {
			return fail("missing ), unterminated comment", at)
		}
	case r == '=' || r == '!' || r == '<':
		t.pos++
		if next := t.peek(); r == '<' && next != '=' && next != '!' {
			if next < 0 {
				return fail("unexpected end of pattern", t.pos)
			}
			return fail("unknown extension ?<"+string(next), at+1)
		}
		return unsupported("look-around")
	case r == '(':
		return unsupported("conditional groups")
	case r == '>':
		return unsupported("atomic groups")
	case r == '-' || strings.ContainsRune(flagLetters, r):
		return t.flags(at)
	default:
		return fail("unknown extension ?"+string(r), at+1)
	}
	return nil
}

func (t *translator) begin(text string, at int) {
	t.open = append(t.open, at)
	t.put(text, nothing)
}

// named reads (?P<name> and refuses the other extensions that begin with P.
func (t *translator) named(at int) error {
	switch r := t.peek(); r {
	case '<':
	case '=':
		return unsupported("backreferences")
	case -1:
		return fail("unexpected end of pattern", t.pos)
	default:
		return fail("unknown extension ?P"+string(r), at+1)
	}
	t.pos++
	start := t.pos
	for t.pos < len(t.src) && t.src[t.pos] != '>' {
		t.pos++
	}
	name := string(t.src[start:t.pos])
	switch {
	case name == "":
		return fail("missing group name", start)
	case t.pos == len(t.src):
		return fail("missing >, unterminated name", start)
	case !isIdentifier(name):
		return fail("bad character in group name '"+name+"'", start)
	}
	t.pos++
	if first, ok := t.names[name]; ok {
		return fail("redefinition of group name '"+name+"' as group "+strconv.Itoa(t.groups+1)+"; was group "+
			strconv.Itoa(first), start)
	}
	t.begin("(", at)
	t.groups++
	t.names[name] = t.groups
	return nil
}

func isIdentifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

const flagLetters = "iLmsxatu"

// flags reads (?flags) and (?flags-flags:.
func (t *translator) flags(at int) error {
	on, err := t.flagSet()
	if err != nil {
		return err
	}
	if t.accept(')') {
		if strings.Contains(on, "x") {
			return unsupported("the verbose flag")
		}
		if on == "" || len(t.open) > 0 || t.last != nothing || strings.Contains(t.out.String(), "|") {
			return fail("global flags not at the start of the expression", at)
		}
		if on = goFlags(on); on != "" {
			t.out.WriteString("(?" + on + ")")
		}
		return nil
	}
	off := ""
	if t.accept('-') {
		if off, err = t.flagSet(); err != nil {
			return err
		}
		switch {
		case off == "" && unicode.IsLetter(t.peek()):
			return fail("unknown flag", t.pos)
		case off == "":
			return fail("missing flag", t.pos)
		case strings.ContainsAny(on, off):
			return fail("bad inline flags: flag turned on and off", t.pos)
		}
	}
	if !t.accept(':') {
		switch {
		case unicode.IsLetter(t.peek()):
			return fail("unknown flag", t.pos)
		case off != "":
			return fail("missing :", t.pos)
		}
		return fail("missing -, : or )", t.pos)
	}
	if strings.Contains(on, "x") {
		return unsupported("the verbose flag")
	}
	text := "(?" + goFlags(on)
	if off = goFlags(off); off != "" {
		text += "-" + off
	}
	t.begin(text+":", at)
	return nil
}

// flagSet reads the letters of flags.
func (t *translator) flagSet() (string, error) {
	start := t.pos
	for t.pos < len(t.src) && strings.ContainsRune(flagLetters, t.src[t.pos]) {
		if t.src[t.pos] == 'L' {
			return "", fail("bad inline flags: cannot use 'L' flag with a str pattern", t.pos+1)
		}
		t.pos++
	}
	return string(t.src[start:t.pos]), nil
}

// goFlags keeps the flags that Go has. The flags for ASCII and Unicode classes make no difference for names.
func goFlags(flags string) string {
	out := ""
	for _, f := range "ims" {
		if strings.ContainsRune(flags, f) {
			out += string(f)
		}
	}
	return out
}
