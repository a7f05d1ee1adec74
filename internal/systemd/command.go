package systemd

import (
	"errors"
	"fmt"
	"strings"
)

// A Command is one command line of a unit, as its process gets it.
type Command struct {
	// Path is the program as written, Argv its arguments; Argv[0] is the name that the
	// process is given.
	Path string
	Argv []string
	// Unknown are variables of the command line whose values only the manager knows; Argv has them
	// as ${NAME}.
	Unknown []string
	Pos
}

// Commands returns the command lines of a key such as ExecStart, with specifiers and
// variables replaced; without an environment the variables stay as they are written.
// Lines that systemd would refuse are errors.
func (u *Unit) Commands(key string, env *Environment) ([]Command, error) {
	var list []Command
	for _, s := range u.Settings {
		if s.Section != "Service" || s.Key != key {
			continue
		}
		if s.Value == "" {
			list = nil // an error before the empty assignment stays an error
			continue
		}
		more, err := u.commands(s, env)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %s=: %w", s.File, s.Line, key, err)
		}
		list = append(list, more...)
	}
	return list, nil
}

// commands splits one assignment, which may hold several commands between semicolons.
// It mirrors config_parse_exec: a mistake in a command with the prefix "-", or in the
// word that names a program, ends the line and is no error.
func (u *Unit) commands(s Setting, env *Environment) ([]Command, error) {
	var list []Command
	text := s.Value
	for {
		for after, ok := cutWord(text, ";"); ok; after, ok = cutWord(text, ";") {
			text = after
		}
		first, rest, ok, err := word(text, warned)
		if err != nil || !ok {
			return list, nil
		}
		name := strings.TrimLeft(first, "@-:+!|")
		prefix := first[:len(first)-len(name)]
		c := Command{Pos: s.Pos}
		if text, err = u.command(&c, prefix, name, rest, env); err != nil {
			if strings.Contains(prefix, "-") {
				return list, nil
			}
			return nil, err
		}
		list = append(list, c)
	}
}

// command reads one command, and returns what follows it.
func (u *Unit) command(c *Command, prefix, name, rest string, env *Environment) (after string, err error) {
	if c.Path, err = u.Expand(name); err != nil {
		return "", err
	}
	if c.Path == "" {
		return "", errors.New("no program is named")
	}
	if err := checkProgram(c.Path); err != nil {
		return "", err
	}
	if strings.Contains(prefix, "|") { // systemd 258: the shell of the user runs it
		c.Argv = []string{"sh", "-c", c.Path + " " + strings.TrimSpace(rest)}
		return "", nil
	}
	if !strings.Contains(prefix, "@") {
		c.Argv = []string{c.Path}
	}
	if after, err = u.arguments(c, rest, env == nil || strings.Contains(prefix, ":"), env); err != nil {
		return "", err
	}
	if len(c.Argv) == 0 {
		return "", errors.New("the name that the process is to be given is missing")
	}
	return after, nil
}

// checkProgram refuses what systemd does as a program (string_is_safe and what follows).
func checkProgram(name string) error {
	unsafe := func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune("\"'\\", r) }
	switch {
	case strings.ContainsFunc(name, unsafe):
		return fmt.Errorf("program %q has special characters", name)
	case name[0] != '/' && strings.ContainsRune(name, '/'), name == ".", name == "..":
		return fmt.Errorf("program %q is neither a name nor an absolute path", name)
	case strings.HasSuffix(name, "/"):
		return fmt.Errorf("program %q is a directory", name)
	}
	return nil
}

// arguments reads the words up to a semicolon, and returns what follows it.
func (u *Unit) arguments(c *Command, text string, plain bool, env *Environment) (string, error) {
	for {
		if after, ok := cutWord(text, ";"); ok {
			return after, nil
		}
		if after, ok := cutWord(text, `\;`); ok {
			c.Argv, text = append(c.Argv, ";"), after
			continue
		}
		w, rest, ok, err := word(text, warned)
		if err != nil || !ok {
			return "", err
		}
		if w, err = u.Expand(w); err != nil {
			return "", err
		}
		text = rest
		switch {
		case plain:
			c.Argv = append(c.Argv, w)
		case len(w) > 1 && w[0] == '$' && w[1] != '{' && w[1] != '$':
			// A variable that is a word of its own is split at blanks.
			value, known := env.lookup(w[1:])
			if !known {
				c.Unknown, c.Argv = append(c.Unknown, w[1:]), append(c.Argv, "${"+w[1:]+"}")
				continue
			}
			parts, _ := words(value, relaxed)
			c.Argv = append(c.Argv, parts...)
		default:
			c.Argv = append(c.Argv, c.replace(w, env))
		}
	}
}

// cutWord takes a word off that is written just so.
func cutWord(text, w string) (string, bool) {
	after, ok := strings.CutPrefix(strings.TrimLeft(text, " \t\n\r"), w)
	return after, ok && (after == "" || strings.IndexByte(" \t\n\r", after[0]) >= 0)
}

// lookup returns a variable; known is false for one that the manager passes on.
func (e *Environment) lookup(name string) (value string, known bool) {
	if value, ok := e.Values[name]; ok {
		return value, true
	}
	for _, p := range e.Passed {
		if p == name {
			return "", false
		}
	}
	return "", true // not set, which is empty
}

// replace puts in the values of ${NAME}; $$ is a dollar sign (replace_env).
func (c *Command) replace(w string, env *Environment) string {
	var b strings.Builder
	for i := 0; i < len(w); i++ {
		if w[i] != '$' || i+1 == len(w) {
			b.WriteByte(w[i])
			continue
		}
		switch end := strings.IndexByte(w[i:], '}'); {
		case w[i+1] == '$':
			b.WriteByte('$')
			i++
		case w[i+1] == '{' && end > 0:
			name := w[i+2 : i+end]
			value, known := env.lookup(name)
			if !known {
				c.Unknown = append(c.Unknown, name)
				value = "${" + name + "}"
			}
			b.WriteString(value)
			i += end
		default:
			b.WriteByte('$')
		}
	}
	return b.String()
}
