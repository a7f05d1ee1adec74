package argparse

import (
	"slices"
	"strings"
	"unicode"
)

// Parse parses the words after the program's name. The error is an *Error, ErrHelp or ErrVersion.
func (p *Parser) Parse(args []string) (*Result, error) {
	r, extras, err := p.ParseKnown(args)
	if err == nil {
		err = Unrecognized(extras)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Unrecognized returns the error about words that no part of a command line takes, nil if there are none.
func Unrecognized(extras []string) error {
	if len(extras) == 0 {
		return nil
	}
	return &Error{Message: "unrecognized arguments: " + strings.Join(extras, " ")}
}

// ParseKnown parses like Parse, but returns the words it does not recognize, as parse_known_args does. The parser of a
// subcommand leaves them to that of the whole command line.
func (p *Parser) ParseKnown(args []string) (*Result, []string, error) {
	words, err := p.classify(args)
	if err != nil {
		return nil, nil, err
	}
	s := &state{parser: p, args: args, words: words, result: &Result{}}
	if err := s.run(); err != nil {
		return nil, nil, err
	}
	if err := s.checkRequired(); err != nil {
		return nil, nil, err
	}
	return s.result, s.extras, nil
}

// state is one parse in progress.
type state struct {
	parser      *Parser
	args        []string
	words       []word
	positionals int // how many positionals are consumed
	extras      []string
	result      *Result
	seen        []*Option // members of groups that have acted
}

// run mirrors the second half of _parse_known_args: it consumes positionals and options alternately
// until the last option is
// passed, then the positionals after it.
func (s *state) run() error {
	start := 0
	for {
		next := s.nextOption(start)
		if next < 0 {
			break
		}
		if start != next {
			end, err := s.consumePositionals(start)
			if err != nil {
				return err
			}
			if end > start {
				start = end
				continue
			}
			s.extras = append(s.extras, s.args[start:next]...)
			start = next
		}
		var err error
		if start, err = s.consumeOption(start); err != nil {
			return err
		}
	}
	end, err := s.consumePositionals(start)
	s.extras = append(s.extras, s.args[end:]...)
	return err
}

func (s *state) nextOption(start int) int {
	for i := start; i < len(s.words); i++ {
		if s.words[i].kind == 'O' {
			return i
		}
	}
	return -1
}

// consumePositionals mirrors the function of that name. Every positional that is left is consumed
// here, those for which no
// word is left as absent: with several optional positionals all of them are used up at the first
// free word, and a later word
// is an unrecognized argument. A positional matches -*A?-* of the pattern.
func (s *state) consumePositionals(start int) (int, error) {
	for ; s.positionals < len(s.parser.Positionals); s.positionals++ {
		a := &s.parser.Positionals[s.positionals]
		end := s.skipDashes(start)
		switch {
		case end < len(s.words) && s.words[end].kind == 'A':
			if err := checkChoice("argument "+a.Dest, a.Choices, s.args[end]); err != nil {
				return start, err
			}
			end++
		case a.Required:
			return start, nil
		}
		end = s.skipDashes(end)
		s.take(a.Dest, s.args[start:end], false)
		start = end
	}
	return start, nil
}

// checkChoice mirrors _check_value.
func checkChoice(what string, choices []string, value string) error {
	if choices == nil || slices.Contains(choices, value) {
		return nil
	}
	quoted := make([]string, len(choices))
	for i, c := range choices {
		quoted[i] = Repr(c)
	}
	return &Error{Message: what + ": invalid choice: " + Repr(value) + " (choose from " +
		strings.Join(quoted, ", ") + ")"}
}

func (s *state) skipDashes(i int) int {
	for i < len(s.words) && s.words[i].kind == '-' {
		i++
	}
	return i
}

// take notes the words of a positional or of an option with a value, without the first `--` among
// them, as _get_values does.
func (s *state) take(dest string, args []string, isOption bool) {
	v := Value{Dest: dest}
	removed := false
	for _, arg := range args {
		if arg == "--" && !removed {
			removed = true
			continue
		}
		v.Text, v.Given = arg, true
	}
	if v.Given || isOption {
		s.result.Values = append(s.result.Values, v)
	}
}

// pending is an option of a cluster that acts once the whole word is understood.
type pending struct {
	option *Option
	args   []string
}

// consumeOption mirrors consume_optional: one word with an option or a cluster of them, and the words they take.
func (s *state) consumeOption(index int) (next int, err error) {
	m := s.words[index].match
	if m.option == nil {
		s.extras = append(s.extras, s.args[index])
		return index + 1, nil
	}
	var cluster []pending
	for m.hasValue && m.option.Arity == Flag {
		// A short flag may be followed by more of them; the rest of the word is then looked up by
		// its first letter alone.
		if strings.HasPrefix(m.name, "--") || m.explicit == "" {
			return 0, m.option.errorf("ignored explicit argument " + Repr(m.explicit))
		}
		name := "-" + m.explicit[:1]
		option := s.parser.lookup(name)
		if option == nil {
			return 0, m.option.errorf("ignored explicit argument " + Repr(m.explicit))
		}
		cluster = append(cluster, pending{option: m.option})
		m = match{option: option, name: name, explicit: m.explicit[1:], hasValue: len(m.explicit) > 1}
	}
	next = index + 1
	last := pending{option: m.option}
	switch {
	case m.hasValue:
		last.args = []string{m.explicit}
	case m.option.Arity != Flag && next < len(s.words) && s.words[next].kind == 'A':
		first := next
		for next++; m.option.Arity == ListMore && next < len(s.words) && s.words[next].kind == 'A'; next++ {
		}
		last.args = s.args[first:next]
	case m.option.Arity == One:
		return 0, m.option.errorf("expected one argument")
	case m.option.Arity == ListMore:
		return 0, m.option.errorf("expected at least one argument")
	case m.option.Arity == ListOne:
		return 0, m.option.errorf("expected 1 argument")
	}
	for _, c := range append(cluster, last) {
		if err := s.act(c); err != nil {
			return 0, err
		}
	}
	return next, nil
}

// isInt reports whether Python's int takes a text.
func isInt(text string) bool {
	text = strings.TrimFunc(text, unicode.IsSpace)
	if text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	return text != "" && !strings.HasPrefix(text, "_") && !strings.HasSuffix(text, "_") &&
		!strings.Contains(text, "__") && strings.Trim(text, "0123456789_") == ""
}

func (s *state) act(c pending) error {
	for _, arg := range c.args { // values are made before the option acts
		if c.option.Number && !isInt(arg) {
			return c.option.errorf("invalid int value: " + Repr(arg))
		}
		if err := checkChoice("argument "+c.option.name(), c.option.Choices, arg); err != nil {
			return err
		}
	}
	if err := s.checkExclusive(c.option); err != nil {
		return err
	}
	switch {
	case c.option.Effect == ShowHelp:
		return ErrHelp
	case c.option.Effect == ShowVersion:
		return ErrVersion
	case c.option.Arity == Flag:
		s.result.Values = append(s.result.Values, Value{Dest: c.option.Dest, Text: c.option.Const, Given: true})
	case c.option.Arity == ListMore:
		for i := range c.args {
			s.take(c.option.Dest, c.args[i:i+1], true)
		}
	default:
		s.take(c.option.Dest, c.args, true)
	}
	return nil
}
