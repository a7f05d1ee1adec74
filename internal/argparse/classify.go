package argparse

import (
	"strings"
	"unicode"
)

// A word is the kind of one word of the line: an argument, the first `--`, or an option.
type word struct {
	kind byte // 'A', '-' or 'O', the letters of argparse's pattern
	match
}

// match is an option found in a word; option is nil for a word that looks like an option and is none.
type match struct {
	option   *Option
	name     string // the spelling from the table
	explicit string // the value in the word itself
	hasValue bool
}

// classify mirrors the first half of _parse_known_args: it decides on the kind of every word before
// any option acts.
func (p *Parser) classify(args []string) ([]word, error) {
	words := make([]word, len(args))
	for i, arg := range args {
		if arg == "--" {
			words[i].kind = '-'
			for j := i + 1; j < len(args); j++ {
				words[j].kind = 'A'
			}
			break
		}
		m, isOption, err := p.parseOptional(arg)
		if err != nil {
			return nil, err
		}
		words[i] = word{kind: 'A'}
		if isOption {
			words[i] = word{kind: 'O', match: m}
		}
	}
	return words, nil
}

// parseOptional mirrors _parse_optional.
func (p *Parser) parseOptional(arg string) (m match, isOption bool, err error) {
	if arg == "" || arg[0] != '-' {
		return match{}, false, nil
	}
	if o := p.lookup(arg); o != nil {
		return match{option: o, name: arg}, true, nil
	}
	if len(arg) == 1 {
		return match{}, false, nil
	}
	if name, value, found := strings.Cut(arg, "="); found {
		if o := p.lookup(name); o != nil {
			return match{option: o, name: name, explicit: value, hasValue: true}, true, nil
		}
	}
	matches := p.byPrefix(arg)
	if len(matches) == 0 {
		matches = p.byLateName(arg)
	}
	if len(matches) > 1 {
		names := make([]string, len(matches))
		for i := range matches {
			names[i] = matches[i].name
		}
		return match{}, false, &Error{Message: "ambiguous option: " + arg + " could match " + strings.Join(names, ", ")}
	}
	if len(matches) == 1 {
		return matches[0], true, nil
	}
	if looksNegative(arg) && !p.hasNegativeOption() {
		return match{}, false, nil
	}
	if strings.Contains(arg, " ") {
		return match{}, false, nil
	}
	return match{}, true, nil
}

func (p *Parser) lookup(name string) *Option {
	for i := range p.Options {
		for _, n := range p.Options[i].Names {
			if n == name {
				return &p.Options[i]
			}
		}
	}
	return nil
}

// byPrefix mirrors _get_option_tuples. A word with one dash fits an option of one letter, its rest
// being the value, and every
// single-dash option that begins with the whole word.
func (p *Parser) byPrefix(arg string) []match {
	long := strings.HasPrefix(arg, "--")
	prefix, value, hasValue := arg, "", false
	if long {
		prefix, value, hasValue = strings.Cut(arg, "=")
	}
	var found []match
	for i := range p.Options {
		for _, n := range p.Options[i].Names {
			switch {
			case !long && n == arg[:2]:
				found = append(found, match{option: &p.Options[i], name: n, explicit: arg[2:], hasValue: true})
			case strings.HasPrefix(n, prefix):
				found = append(found, match{option: &p.Options[i], name: n, explicit: value, hasValue: hasValue})
			}
		}
	}
	return found
}

// byLateName finds a long option by its late names: the exact one, else all that begin with the word.
func (p *Parser) byLateName(arg string) []match {
	if !strings.HasPrefix(arg, "--") {
		return nil
	}
	prefix, value, hasValue := strings.Cut(arg, "=")
	var found []match
	for i := range p.Options {
		for _, n := range p.Options[i].LateNames {
			m := match{option: &p.Options[i], name: n, explicit: value, hasValue: hasValue}
			if n == prefix {
				return []match{m}
			}
			if strings.HasPrefix(n, prefix) {
				found = append(found, m)
			}
		}
	}
	return found
}

func (p *Parser) hasNegativeOption() bool {
	for i := range p.Options {
		for _, n := range p.Options[i].Names {
			if looksNegative(n) {
				return true
			}
		}
	}
	return false
}

// looksNegative mirrors the pattern ^-\d+$|^-\d*\.\d+$ of Python, where \d is any decimal digit of
// Unicode and $ also fits
// before a last newline.
func looksNegative(arg string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSuffix(arg, "\n"), "-")
	if !ok {
		return false
	}
	whole, fraction, dotted := strings.Cut(rest, ".")
	if dotted {
		return digits(whole) && fraction != "" && digits(fraction)
	}
	return whole != "" && digits(whole)
}

// Negative reports whether a word looks like a negative number, which is an argument for a parser without such options.
func Negative(word string) bool { return looksNegative(word) }

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.Is(unicode.Nd, r) }) < 0
}
