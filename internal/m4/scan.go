package m4

import "bytes"

func wordByte(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_' || b >= '0' && b <= '9' }

func wordStart(b byte) bool { return wordByte(b) && (b < '0' || b > '9') }

// step reads one token and appends it to a text. The expansion of a macro goes back into the input
// instead.
func (e *Engine) step(to, rest []byte) ([]byte, error) {
	switch b := rest[0]; {
	case wordStart(b):
		return e.word(to, rest)
	case b == '`':
		return e.quoted(to, rest)
	case b == '#':
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return nil, e.errorAt(e.in.offset(), "the file ends in a comment without a newline")
		}
		to = append(to, rest[:end+1]...)
		e.in.skip(end + 1)
		return to, nil
	default:
		n := 1
		for n < len(rest) && plain(rest[n]) {
			n++
		}
		if !plain(b) {
			n = 1
		}
		to = append(to, rest[:n]...)
		e.in.skip(n)
		return to, nil
	}
}

// plain reports whether a byte has no special meaning in m4, inside and outside of arguments.
func plain(b byte) bool {
	switch b {
	case '`', '#', '(', ')', ',':
		return false
	}
	return !wordStart(b)
}

// quoted appends the text between a quote and its end.
func (e *Engine) quoted(to, rest []byte) ([]byte, error) {
	level := 1
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '`':
			level++
		case '\'':
			if level--; level == 0 {
				to = append(to, rest[1:i]...)
				e.in.skip(i + 1)
				return to, nil
			}
		}
	}
	return nil, e.errorAt(e.in.offset(), "a quote that begins here, or in a macro called here, is not closed")
}

// word reads a name, which may be a macro.
func (e *Engine) word(to, rest []byte) ([]byte, error) {
	n := 1
	for n < len(rest) && wordByte(rest[n]) {
		n++
	}
	name := rest[:n]
	m := e.lookup(name)
	open := n < len(rest) && rest[n] == '('
	if m == nil || !open && m.builtin.blind() {
		to = append(to, name...)
		e.in.skip(n)
		return to, nil
	}
	at := e.in.offset()
	key := string(name)
	e.in.skip(n)
	start, firstEnd := len(e.arena), len(e.ends)
	if open {
		e.in.skip(1)
		if err := e.collect(key, at); err != nil {
			return nil, err
		}
	}
	c := call{name: key, ends: e.ends[firstEnd:], start: start, text: e.arena, at: at}
	err := e.expand(m, &c)
	e.arena, e.ends = e.arena[:start], e.ends[:firstEnd]
	return to, err
}

// collect reads the arguments of a call, up to its closing parenthesis, into the arena.
func (e *Engine) collect(name string, at int) error {
	if e.depth++; e.depth > e.o.Depth {
		return e.errorAt(at, "calls are nested more than %d deep in arguments", e.o.Depth)
	}
	defer func() { e.depth-- }()
	for {
		e.skipBlanks()
		last, err := e.argument(name, at)
		if err != nil {
			return err
		}
		e.ends = append(e.ends, len(e.arena))
		if last {
			return nil
		}
	}
}

// skipBlanks skips the blanks that may precede an argument.
func (e *Engine) skipBlanks() {
	for _, b := range e.in.rest() {
		switch b {
		case ' ', '\t', '\n', '\v', '\f', '\r':
			e.in.skip(1)
			continue
		}
		return
	}
}

// argument reads one argument; last is true after the closing parenthesis.
func (e *Engine) argument(name string, at int) (last bool, err error) {
	level := 0
	for {
		rest := e.in.rest()
		if len(rest) == 0 {
			return false, e.errorAt(at, "the call of %s has no closing parenthesis", name)
		}
		switch rest[0] {
		case '(':
			level++
		case ')':
			if level == 0 {
				e.in.skip(1)
				return true, nil
			}
			level--
		case ',':
			if level == 0 {
				e.in.skip(1)
				return false, nil
			}
		default:
			// A nested call appends its own arguments to the arena and removes them again.
			if e.arena, err = e.step(e.arena, rest); err != nil {
				return false, err
			}
			if len(e.arena) > e.o.Args {
				return false, e.errorAt(at, "the arguments of %s have more than %d bytes", name, e.o.Args)
			}
			continue
		}
		e.arena = append(e.arena, rest[0])
		e.in.skip(1)
	}
}

// expand puts the expansion of a call before the rest of the input.
func (e *Engine) expand(m *macro, c *call) error {
	var text []byte
	var err error
	switch {
	case m.builtin != 0:
		if text, err = e.builtin(m, c); err != nil {
			return err
		}
	case m.mark >= 0 && e.OnMarked != nil:
		if text, err = e.OnMarked(e.publicCall(m, c)); err != nil {
			return e.handlerError(c, err)
		}
	}
	n := len(text)
	asDefined := m.builtin == 0 && text == nil
	if asDefined {
		for _, p := range m.parts {
			n += c.size(p)
		}
	}
	if e.work += n + 16; e.work > e.o.Work {
		return e.errorAt(c.at, "macros expand to more than %d bytes, at a call of %s", e.o.Work, c.name)
	}
	space := e.in.back(n)
	if !asDefined {
		copy(space, text)
		return nil
	}
	space = space[:0]
	for _, p := range m.parts {
		space = c.appendPart(space, p)
	}
	return nil
}

func (e *Engine) publicCall(m *macro, c *call) Call {
	out := Call{Name: c.name, Start: c.at, End: e.in.offset(), Mark: m.mark}
	for i := range c.count() {
		out.Args = append(out.Args, c.arg(i+1))
	}
	return out
}

// handlerError adds the place of the call to an error of a handler.
func (e *Engine) handlerError(c *call, err error) error {
	return e.errorAt(c.at, "%s: %s", c.name, err)
}
