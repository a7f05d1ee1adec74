// Package getopt reads command lines as getopt_long of glibc and optparse of Python do, for the
// programs that senet can stand for.
package getopt

import (
	"fmt"
	"slices"
	"strings"
)

// An Option is one that a program has: a letter, a long name, or both.
type Option struct {
	Letter byte // 0 for none
	Long   string
	Value  bool // it takes a value
}

// A Word is an option as it was given. Of one that is wrong, Bad says what is wrong in
// the words of glibc or of Python, and all else is empty; programs stop at it or go on.
type Word struct {
	Option
	Given string // the value
	Bad   string
}

// Parse reads a command line without the program's name. Operands may stand between
// options; "--" ends the options.
func Parse(args []string, options []Option) (words []Word, operands []string) {
	p := &parser{options: options, unknown: "unrecognized option '--%s'", unknownLetter: "invalid option -- '%c'",
		noValue: "option '--%s' doesn't allow an argument", value: "option '--%s' requires an argument",
		letterValue: "option requires an argument -- '%c'",
		ambiguous: func(name string, names []string) string {
			return fmt.Sprintf("option '--%s' is ambiguous; possibilities: '--%s'", name, strings.Join(names, "' '--"))
		}}
	return p.parse(args)
}

// Optparse is Parse with the words of Python's optparse.
func Optparse(args []string, options []Option) (words []Word, operands []string) {
	p := &parser{options: options, unknown: "no such option: --%s", unknownLetter: "no such option: -%c",
		noValue: "--%s option does not take a value", value: "--%s option requires 1 argument",
		letterValue: "-%c option requires 1 argument",
		ambiguous: func(name string, names []string) string {
			slices.Sort(names)
			return fmt.Sprintf("ambiguous option: --%s (--%s?)", name, strings.Join(names, ", --"))
		}}
	return p.parse(args)
}

// A parser has the options of a program, and the formats of what is said of mistakes.
type parser struct {
	options []Option

	unknown, noValue, value    string // of a long name
	unknownLetter, letterValue string
	ambiguous                  func(name string, names []string) string
}

func (p *parser) parse(args []string) (words []Word, operands []string) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return words, append(operands, args...)
		case strings.HasPrefix(arg, "--"):
			var w Word
			w, args = p.long(arg[2:], args)
			words = append(words, w)
		case len(arg) > 1 && arg[0] == '-':
			for cluster := arg[1:]; cluster != ""; {
				var w Word
				w, cluster, args = p.letter(cluster, args)
				words = append(words, w)
			}
		default:
			operands = append(operands, arg)
		}
	}
	return words, operands
}

func bad(format string, name any) Word { return Word{Bad: fmt.Sprintf(format, name)} }

// long reads an option by its name, which may be cut short where no other begins so.
func (p *parser) long(text string, args []string) (Word, []string) {
	name, value, attached := strings.Cut(text, "=")
	var found []Option
	for _, o := range p.options {
		if o.Long != "" && o.Long == name {
			found = []Option{o}
			break
		}
		if o.Long != "" && strings.HasPrefix(o.Long, name) {
			found = append(found, o)
		}
	}
	switch {
	case len(found) == 0:
		return bad(p.unknown, name), args
	case len(found) > 1:
		var names []string
		for _, o := range found {
			names = append(names, o.Long)
		}
		return Word{Bad: p.ambiguous(name, names)}, args
	case attached && !found[0].Value:
		return bad(p.noValue, found[0].Long), args
	case found[0].Value && !attached:
		if len(args) == 0 {
			return bad(p.value, found[0].Long), args
		}
		value, args = args[0], args[1:]
	}
	return Word{Option: found[0], Given: value}, args
}

// letter reads the first option of a cluster, and returns what is left of it.
func (p *parser) letter(cluster string, args []string) (Word, string, []string) {
	for _, o := range p.options {
		switch {
		case o.Letter == 0 || o.Letter != cluster[0]:
			continue
		case !o.Value:
			return Word{Option: o}, cluster[1:], args
		case len(cluster) > 1:
			return Word{Option: o, Given: cluster[1:]}, "", args
		case len(args) == 0:
			return bad(p.letterValue, o.Letter), "", args
		}
		return Word{Option: o, Given: args[0]}, "", args[1:]
	}
	return bad(p.unknownLetter, cluster[0]), cluster[1:], args
}
