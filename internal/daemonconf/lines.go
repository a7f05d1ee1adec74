package daemonconf

import "strings"

// numbered yields the lines of a text with their numbers, without their line ends.
func numbered(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		n := 0
		for line := range strings.Lines(text) {
			if n++; !yield(n, strings.TrimRight(line, "\r\n")) {
				return
			}
		}
	}
}

// joined yields the lines of a text as numbered does, but joins lines that end with a backslash;
// the number is that of the first line.
func joined(text string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		var b strings.Builder
		first := 0
		for n, line := range numbered(text) {
			if b.Len() == 0 {
				first = n
			}
			if rest, more := strings.CutSuffix(line, `\`); more {
				b.WriteString(rest + " ")
				continue
			}
			b.WriteString(line)
			whole := b.String()
			b.Reset()
			if !yield(first, whole) {
				return
			}
		}
		if b.Len() > 0 {
			yield(first, b.String())
		}
	}
}

// fields splits a line at blanks. Quotes of both kinds keep words together, and inside them a
// backslash keeps the next character. The text after an open quote is one word.
func fields(line string) []string {
	var w splitter
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0 && c == '\\' && i+1 < len(line) && (line[i+1] == quote || line[i+1] == '\\'):
			i++
			w.add(line[i : i+1])
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			w.add("")
		case quote == 0 && (c == ' ' || c == '\t'):
			w.end()
		default:
			w.add(line[i : i+1])
		}
	}
	w.end()
	return w.list
}

// A splitter collects the words of a line.
type splitter struct {
	list  []string
	word  strings.Builder
	begun bool // a word may be empty
}

// add adds text to the word.
func (s *splitter) add(text string) {
	s.word.WriteString(text)
	s.begun = true
}

// end ends the word, if one has begun.
func (s *splitter) end() {
	if s.begun {
		s.list = append(s.list, s.word.String())
		s.word.Reset()
		s.begun = false
	}
}

// options returns the values of options with an argument on a command line, in order: -x VALUE,
// -xVALUE, --name VALUE or --name=VALUE.
func options(argv []string, names ...string) []string {
	var list []string
	for i := 1; i < len(argv); i++ {
		for _, name := range names {
			rest, ok := strings.CutPrefix(argv[i], name)
			long := strings.HasPrefix(name, "--") || len(name) > 2
			switch {
			case !ok:
			case rest == "" && i+1 < len(argv):
				i++
				list = append(list, argv[i])
			case rest != "" && rest[0] == '=' && long:
				list = append(list, rest[1:])
			case rest != "" && !long:
				list = append(list, rest)
			default:
				continue
			}
			if ok {
				break
			}
		}
	}
	return list
}

// lastOption returns the last value of an option, or otherwise if there is none.
func lastOption(argv []string, otherwise string, names ...string) string {
	if list := options(argv, names...); len(list) > 0 {
		return list[len(list)-1]
	}
	return otherwise
}

// addresses adds one endpoint for each host; "" is any address.
func (j *job) addresses(hosts []string, e Endpoint) {
	for _, host := range hosts {
		e.Host = anyHost(host)
		j.endpoint(e)
	}
}

// both adds a listener of TCP and one of UDP.
func (j *job) both(e Endpoint) {
	e.Op, e.Protocol = Listen, "tcp"
	j.endpoint(e)
	e.Op, e.Protocol = Bind, "udp"
	j.endpoint(e)
}
