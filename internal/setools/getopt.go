package setools

import (
	"strings"

	"github.com/senet-selinux/senet/internal/getopt"
)

// longOption is a row of the table of getopt_long.
type longOption struct {
	name     string
	hasValue bool
	short    byte // the letter it stands for, 0 for none
}

// optionWord is one option as getopt_long returns it: the long name, if the table has one for it, else the letter.
type optionWord struct {
	name  string
	value string
}

// getoptLong mirrors getopt_long of glibc with its permutation of operands: clusters of letters, values attached or
// in the next word, long names abbreviated where that is unambiguous, `--` as the end of the options. short is the
// string of letters, a colon after a letter that takes a value. ok is false where glibc reports an error.
func getoptLong(args []string, short string, long []longOption) (options []optionWord, operands []string, ok bool) {
	var table []getopt.Option
	for i := range short {
		if short[i] != ':' {
			table = append(table, getopt.Option{Letter: short[i], Value: strings.HasPrefix(short[i+1:], ":")})
		}
	}
	for _, l := range long {
		table = append(table, getopt.Option{Long: l.name, Value: l.hasValue})
	}
	words, operands := getopt.Parse(args, table)
	for _, w := range words {
		name := w.Long
		if w.Letter != 0 {
			name = longName(long, w.Letter)
		}
		if w.Bad != "" {
			return nil, nil, false
		}
		options = append(options, optionWord{name, w.Given})
	}
	return options, operands, true
}

func longName(long []longOption, letter byte) string {
	for _, l := range long {
		if l.short == letter {
			return l.name
		}
	}
	return string(letter)
}
