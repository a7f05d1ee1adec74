// Package shell writes commands for people to paste into a POSIX shell. A command
// is a list of words until it is printed; only this package quotes.
package shell

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Command is a program with its arguments, to be shown. The zero Command is none.
// Commands are values: the methods return another one.
type Command struct{ words []word }

type word struct {
	text     string
	argument bool // not a flag, nor the value of one
	value    bool // the value of the flag before it
}

// New returns a command of a program and its verbs, which are the caller's own
// words.
func New(name ...string) Command { return Command{}.Flag(name...) }

// Flag adds the caller's own words, such as flags without a value.
func (c Command) Flag(flags ...string) Command { return c.add(false, flags) }

// Arg adds arguments, which may be anybody's words.
func (c Command) Arg(args ...string) Command { return c.add(true, args) }

func (c Command) add(argument bool, texts []string) Command {
	c.words = slices.Clip(c.words)
	for _, text := range texts {
		c.words = append(c.words, word{text: text, argument: argument})
	}
	return c
}

// Option adds a flag with its value, which may be anybody's word: -t VALUE or
// --type VALUE. A value that looks like a flag is written in the flag's own word.
func (c Command) Option(flag, value string) Command {
	switch {
	case !strings.HasPrefix(value, "-"):
		c = c.Flag(flag, value)
		c.words[len(c.words)-1].value = true
		return c
	case strings.HasPrefix(flag, "--"):
		return c.Flag(flag + "=" + value)
	}
	return c.Flag(flag + value)
}

// Without returns the command without some flags, in their long form, and without the values that
// [Command.Option] gave them.
func (c Command) Without(flags ...string) Command {
	var out Command
	dropped := false
	for _, w := range c.words {
		flag, _, _ := strings.Cut(w.text, "=")
		dropped = !w.argument && (w.value && dropped || !w.value && slices.Contains(flags, flag))
		if !dropped {
			out.words = append(out.words, w)
		}
	}
	return out
}

// With adds what another command has, such as flags that many commands share.
func (c Command) With(other Command) Command {
	c.words = slices.Concat(c.words, other.words)
	return c
}

// Words returns the command's words as the program gets them, in the order in which
// they were added, unless an argument looks like a flag: then the arguments come
// last, behind "--".
func (c Command) Words() []string {
	last := slices.ContainsFunc(c.words, func(w word) bool {
		return w.argument && strings.HasPrefix(w.text, "-") &&
			w.text != "-"
	})
	var list, args []string
	for _, w := range c.words {
		if last && w.argument {
			args = append(args, w.text)
		} else {
			list = append(list, w.text)
		}
	}
	if last {
		list = append(append(list, "--"), args...)
	}
	return list
}

// String returns the line to paste. It is "" where there is no such line: for the
// zero Command, and where a word has characters that cannot be shown.
func (c Command) String() string {
	line, _ := Join(c.Words())
	return line
}

// Join quotes words and puts blanks between them; ok is false if a word cannot be
// quoted.
func Join(words []string) (line string, ok bool) {
	quoted := make([]string, len(words))
	for i, word := range words {
		if quoted[i], ok = Quote(word); !ok {
			return "", false
		}
	}
	return strings.Join(quoted, " "), true
}

// Quote returns a word as a POSIX shell reads it: itself, or in single quotes. It
// refuses what a person could not see or a shell would not take from a terminal:
// control and format characters, line breaks, blanks other than the space, and
// what is not UTF-8.
func Quote(word string) (quoted string, ok bool) {
	plain := word != ""
	for i, r := range word {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("_-./:,@%+", r):
		case r == '=' && i > 0: // in front, zsh takes it for the path of a command
		case r == utf8.RuneError, !unicode.IsPrint(r), Hidden(r):
			return "", false
		default:
			plain = false
		}
	}
	if plain {
		return word, true
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'", true
}

// Hidden reports whether a character is one that fonts leave out although Unicode
// calls it a letter or mark: fillers, joiners, variation selectors.
func Hidden(r rune) bool {
	return r >= 0x80 && unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
