// Package getopt reads command lines as getopt_long of glibc does, for the programs that
// senet can stand for.
package getopt

import (
	"fmt"
	"strings"
)

// An Option is one that a program has: a letter, a long name, or both.
type Option struct {
	Letter byte // 0 for none
	Long   string
	Value  bool // it takes a value
}

// A Word is an option as it was given. Of one that is wrong, Bad says what is wrong in
// the words of glibc, and all else is empty; programs stop at it or go on.
type Word struct {
	Option
	Given string // the value
	Bad   string
}

// Parse reads a command line without the program's name. Operands may stand between
// options; "--" ends the options.
func Parse(args []string, options []Option) (words []Word, operands []string) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return words, append(operands, args...)
		case strings.HasPrefix(arg, "--"):
			var w Word
			w, args = long(arg[2:], args, options)
			words = append(words, w)
		case len(arg) > 1 && arg[0] == '-':
			for cluster := arg[1:]; cluster != ""; {
				var w Word
				w, cluster, args = letter(cluster, args, options)
				words = append(words, w)
			}
		default:
			operands = append(operands, arg)
		}
	}
	return words, operands
}

func bad(format string, args ...any) Word { return Word{Bad: fmt.Sprintf(format, args...)} }

// long reads an option by its name, which may be cut short where no other begins so.
func long(text string, args []string, options []Option) (Word, []string) {
	name, value, attached := strings.Cut(text, "=")
	var found []Option
	for _, o := range options {
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
		return bad("unrecognized option '--%s'", name), args
	case len(found) > 1:
		list := ""
		for _, o := range found {
			list += " '--" + o.Long + "'"
		}
		return bad("option '--%s' is ambiguous; possibilities:%s", name, list), args
	case attached && !found[0].Value:
		return bad("option '--%s' doesn't allow an argument", found[0].Long), args
	case found[0].Value && !attached:
		if len(args) == 0 {
			return bad("option '--%s' requires an argument", found[0].Long), args
		}
		value, args = args[0], args[1:]
	}
	return Word{Option: found[0], Given: value}, args
}

// letter reads the first option of a cluster, and returns what is left of it.
func letter(cluster string, args []string, options []Option) (Word, string, []string) {
	for _, o := range options {
		switch {
		case o.Letter == 0 || o.Letter != cluster[0]:
			continue
		case !o.Value:
			return Word{Option: o}, cluster[1:], args
		case len(cluster) > 1:
			return Word{Option: o, Given: cluster[1:]}, "", args
		case len(args) == 0:
			return bad("option requires an argument -- '%c'", o.Letter), "", args
		}
		return Word{Option: o, Given: args[0]}, "", args[1:]
	}
	return bad("invalid option -- '%c'", cluster[0]), cluster[1:], args
}
