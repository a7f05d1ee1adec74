package m4

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A builtin is a macro that is part of m4.
type builtin uint8

const (
	noBuiltin builtin = iota
	handled           // by a Handler
	decrBuiltin
	defineBuiltin
	defnBuiltin
	divertBuiltin
	dnlBuiltin
	errprintBuiltin
	fileBuiltin
	ifdefBuiltin
	ifelseBuiltin
	incrBuiltin
	indexBuiltin
	lenBuiltin
	lineBuiltin
	popdefBuiltin
	programBuiltin
	pushdefBuiltin
	regexpBuiltin
	shiftBuiltin
	substrBuiltin
	undefineBuiltin
	// Calls of these are errors.
	refused      // a call with parentheses
	refusedAlone // the name alone is a call
)

// builtins are all built-in macros of GNU m4 1.4.
var builtins = [...]struct {
	name string
	is   builtin
}{
	{"decr", decrBuiltin}, {"define", defineBuiltin}, {"defn", defnBuiltin}, {"divert", divertBuiltin},
	{"dnl", dnlBuiltin}, {"errprint", errprintBuiltin}, {"__file__", fileBuiltin}, {"ifdef", ifdefBuiltin},
	{"ifelse", ifelseBuiltin}, {"incr", incrBuiltin}, {"index", indexBuiltin}, {"len", lenBuiltin},
	{"__line__", lineBuiltin}, {"popdef", popdefBuiltin}, {"__program__", programBuiltin},
	{"pushdef", pushdefBuiltin}, {"regexp", regexpBuiltin}, {"shift", shiftBuiltin}, {"substr", substrBuiltin},
	{"undefine", undefineBuiltin},
	{"builtin", refused}, {"esyscmd", refused}, {"eval", refused}, {"format", refused}, {"include", refused},
	{"indir", refused}, {"m4wrap", refused}, {"maketemp", refused}, {"mkstemp", refused}, {"patsubst", refused},
	{"sinclude", refused}, {"syscmd", refused}, {"translit", refused},
	{"changecom", refusedAlone}, {"changequote", refusedAlone}, {"debugfile", refusedAlone},
	{"debugmode", refusedAlone}, {"divnum", refusedAlone}, {"dumpdef", refusedAlone}, {"m4exit", refusedAlone},
	{"sysval", refusedAlone}, {"traceoff", refusedAlone}, {"traceon", refusedAlone}, {"undivert", refusedAlone},
}

// blind reports whether a name is a macro only if parentheses follow.
func (b builtin) blind() bool {
	switch b {
	case noBuiltin, divertBuiltin, dnlBuiltin, fileBuiltin, lineBuiltin, programBuiltin, refusedAlone:
		return false
	}
	return true
}

// builtin returns what a call of a built-in macro expands to; the text is valid until the next
// call.
func (e *Engine) builtin(m *macro, c *call) ([]byte, error) {
	switch m.builtin {
	case handled:
		text, err := m.handler(e.publicCall(m, c))
		if err != nil {
			err = e.handlerError(c, err)
		}
		return text, err
	case defineBuiltin, pushdefBuiltin:
		return nil, e.define(m.builtin, c)
	case popdefBuiltin, undefineBuiltin:
		e.undefine(m.builtin, c)
		return nil, nil
	case ifdefBuiltin:
		if c.count() < 2 {
			return nil, nil
		}
		if e.lookup(c.arg(1)) != nil {
			return c.arg(2), nil
		}
		return c.arg(3), nil
	case ifelseBuiltin:
		return ifelse(c), nil
	case dnlBuiltin:
		rest := e.in.rest()
		n := bytes.IndexByte(rest, '\n') + 1
		if n == 0 {
			n = len(rest)
		}
		e.in.skip(n)
		return nil, nil
	case shiftBuiltin:
		e.dollar = c.appendJoined(e.dollar[:0], 2, true)
		return e.dollar, nil
	case divertBuiltin:
		return nil, e.diverted(c)
	case errprintBuiltin:
		if len(e.messages) < maxMessages {
			e.messages = append(e.messages, Message{e.file, e.in.lineAt(c.at),
				string(c.appendJoined(nil, 1, false))})
		}
		return nil, nil
	case refused, refusedAlone:
		return nil, e.errorAt(c.at, "%s of m4 is not supported", c.name)
	}
	return e.value(m.builtin, c)
}

// value returns what a built-in macro computes.
func (e *Engine) value(is builtin, c *call) ([]byte, error) {
	switch is {
	case incrBuiltin, decrBuiltin:
		n, err := number(c.arg(1))
		if err != nil {
			return nil, e.errorAt(c.at, "%s: %s", c.name, err)
		}
		if is == incrBuiltin {
			n++
		} else {
			n--
		}
		return e.decimal(int(n)), nil
	case lenBuiltin:
		return e.decimal(len(c.arg(1))), nil
	case indexBuiltin:
		return e.decimal(bytes.Index(c.arg(1), c.arg(2))), nil
	case substrBuiltin:
		return e.substr(c)
	case regexpBuiltin:
		text, err := findPattern(string(c.arg(1)), string(c.arg(2)), string(c.arg(3)), c.count())
		if err != nil {
			return nil, e.errorAt(c.at, "regexp: %s", err)
		}
		return []byte(text), nil
	case fileBuiltin:
		return []byte("`" + e.file + "'"), nil
	case lineBuiltin:
		return e.decimal(e.in.lineAt(c.at)), nil
	case programBuiltin:
		return []byte("`m4'"), nil
	case defnBuiltin:
		return e.defn(c)
	}
	return nil, nil
}

func (e *Engine) decimal(n int) []byte {
	e.dollar = strconv.AppendInt(e.dollar[:0], int64(n), 10)
	return e.dollar
}

// number reads a number as m4 does: leading blanks are allowed, and an empty text is 0.
func number(text []byte) (int32, error) {
	s := strings.TrimLeft(string(text), " \t\n\v\f\r")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%.40q is not a number of 32 bits", s)
	}
	if err != nil {
		return 0, fmt.Errorf("%.40q is not a number", s)
	}
	return int32(n), nil
}

func (e *Engine) define(is builtin, c *call) error {
	if c.count() == 0 {
		return nil
	}
	name := string(c.arg(1))
	m := &macro{text: string(c.arg(2)), mark: -1}
	m.parse()
	if old := e.lookup(c.arg(1)); old != nil {
		m.under = old.under
		if is == pushdefBuiltin {
			m.under = old
		}
	}
	// The size of definitions counts as work, so that a source cannot define without bound.
	if e.work += len(m.text) + len(name) + 64; e.work > e.o.Work {
		return e.errorAt(c.at, "macros have more than %d bytes, at the definition of %.40s", e.o.Work, name)
	}
	e.macros.set(name, m)
	return nil
}

// undefine removes the definitions of names, or only the newest of each.
func (e *Engine) undefine(is builtin, c *call) {
	for i := 1; i <= c.count(); i++ {
		m := e.lookup(c.arg(i))
		switch {
		case m == nil:
			continue
		case is == popdefBuiltin && m.under != nil:
			e.macros.set(string(c.arg(i)), m.under)
		case e.base != nil:
			e.macros.set(string(c.arg(i)), nil)
		default:
			delete(e.macros.all, string(c.arg(i)))
		}
	}
}

func ifelse(c *call) []byte {
	left := c.count()
	if left < 3 {
		return nil
	}
	for first := 1; ; first += 3 {
		if c.equal(first, first+1) {
			return c.arg(first + 2)
		}
		switch left {
		case 3:
			return nil
		case 4, 5:
			return c.arg(first + 3)
		}
		left -= 3
	}
}

func (e *Engine) diverted(c *call) error {
	n, err := number(c.arg(1))
	switch {
	case err != nil:
		return e.errorAt(c.at, "divert: %s", err)
	case n > 0:
		return e.errorAt(c.at, "divert(%d): only divert(-1), which drops text, is supported", n)
	}
	e.divert = int(n)
	return nil
}

func (e *Engine) substr(c *call) ([]byte, error) {
	text := c.arg(1)
	if c.count() < 2 {
		return text, nil
	}
	start, err := number(c.arg(2))
	length := int32(len(text))
	if err == nil && c.count() > 2 {
		length, err = number(c.arg(3))
	}
	if err != nil {
		return nil, e.errorAt(c.at, "substr: %s", err)
	}
	if start < 0 || int(start) >= len(text) || length <= 0 {
		return nil, nil
	}
	end := min(int64(start)+int64(length), int64(len(text)))
	return text[start:end], nil
}

func (e *Engine) defn(c *call) ([]byte, error) {
	var out []byte
	for i := 1; i <= c.count(); i++ {
		m := e.lookup(c.arg(i))
		switch {
		case m == nil:
		case m.builtin != 0:
			return nil, e.errorAt(c.at, "defn of the built-in macro %.40s is not supported", c.arg(i))
		default:
			out = append(append(append(out, '`'), m.text...), '\'')
		}
	}
	return out, nil
}
