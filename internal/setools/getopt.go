package setools

import "strings"

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

// getoptLong mirrors getopt_long of glibc with its permutation of operands: clusters of letters,
// values attached or in the next
// word, long names abbreviated where that is unambiguous, `--` as the end of the options. short is
// the string of letters, a
// colon after a letter that takes a value. ok is false where glibc reports an error.
func getoptLong(args []string, short string, long []longOption) (options []optionWord, operands []string, ok bool) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return options, append(operands, args[i+1:]...), true
		case strings.HasPrefix(arg, "--"):
			name, value, attached := strings.Cut(arg[2:], "=")
			row, found := findLong(long, name)
			if !found || attached && !row.hasValue {
				return nil, nil, false
			}
			if row.hasValue && !attached {
				if i++; i == len(args) {
					return nil, nil, false
				}
				value = args[i]
			}
			options = append(options, optionWord{row.name, value})
		case len(arg) > 1 && arg[0] == '-':
			for j := 1; j < len(arg); j++ {
				at := strings.IndexByte(short, arg[j])
				if at < 0 || arg[j] == ':' {
					return nil, nil, false
				}
				o := optionWord{name: longName(long, arg[j])}
				if at+1 < len(short) && short[at+1] == ':' {
					o.value = arg[j+1:]
					j = len(arg)
					if o.value == "" {
						if i++; i == len(args) {
							return nil, nil, false
						}
						o.value = args[i]
					}
				}
				options = append(options, o)
			}
		default:
			operands = append(operands, arg)
		}
	}
	return options, operands, true
}

// findLong finds the row of that name, or the only row whose name begins so.
func findLong(long []longOption, name string) (row longOption, found bool) {
	candidates := 0
	for _, l := range long {
		if l.name == name {
			return l, true
		}
		if strings.HasPrefix(l.name, name) {
			row = l
			candidates++
		}
	}
	return row, candidates == 1
}

func longName(long []longOption, letter byte) string {
	for _, l := range long {
		if l.short == letter {
			return l.name
		}
	}
	return string(letter)
}
