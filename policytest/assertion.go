package policytest

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/cil"
)

// An Assertion is a neverallow or neverallowxperm rule: no rule of the policy may grant any of its
// permissions to any of its sources on any of its targets.
type Assertion struct {
	Source, Target Types
	// Classes are the names of object classes; "*" for all.
	Classes []string
	// Perms are the permissions; for neverallowxperm, those whose commands are restricted.
	Perms Names
	// XPerms are the commands of a neverallowxperm as written: ranges LOW-HIGH of 16 bits; nil for
	// a neverallow.
	XPerms *Commands
	sets   map[string][]cil.Node // the attributes that are defined next to the rule
	text   string
}

// String is the rule as it was written.
func (a Assertion) String() string { return a.text }

// Names is a set of words as written in a rule.
type Names struct {
	Words []string // "*" for all
	Not   bool     // ~
}

// Types is a set of types as written in a rule.
type Types struct {
	Names
	Without []string // -NAME
	// Self means the source, Other every type except the source.
	Self, Other bool
}

// Commands is a set of ioctl or netlink commands.
type Commands struct {
	Ranges []CommandRange
	Not    bool
}

// A CommandRange is a range of commands, with both ends.
type CommandRange struct{ Low, High uint16 }

// Has reports whether a command is in the set.
func (c *Commands) Has(n uint16) bool {
	for _, r := range c.Ranges {
		if r.Low <= n && n <= r.High {
			return !c.Not
		}
	}
	return c.Not
}

// parseAssertions reads neverallow rules in the syntax of policy sources (neverallow a b:c { p };)
// or of CIL ((neverallow a b (c (p)))).
func parseAssertions(text string) ([]Assertion, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "(") {
		return parseCIL(text)
	}
	r := &ruleReader{words: ruleWords(text)}
	var list []Assertion
	for r.peek() != "" {
		a, err := r.rule()
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("there is no rule")
	}
	return list, nil
}

// together removes optional blanks around signs.
func together(text string) string {
	return strings.NewReplacer(" : ", ":", " ;", ";", "~ ", "~", "- ", "-").Replace(text)
}

// ruleWords splits a rule into names, and signs of one character.
func ruleWords(text string) []string {
	var words []string
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case strings.IndexByte("{}~:;*-", c) >= 0:
			words, i = append(words, text[i:i+1]), i+1
		default:
			end := i
			for end < len(text) && strings.IndexByte(" \t\r\n{}~:;*#", text[end]) < 0 {
				end++
			}
			words, i = append(words, text[i:end]), end
		}
	}
	return words
}

type ruleReader struct {
	words []string
	at    int
}

func (r *ruleReader) peek() string {
	if r.at < len(r.words) {
		return r.words[r.at]
	}
	return ""
}

func (r *ruleReader) next() string {
	w := r.peek()
	r.at++
	return w
}

func (r *ruleReader) sign(s string) error {
	if w := r.next(); w != s {
		return fmt.Errorf("found %q, expected %q", w, s)
	}
	return nil
}

// rule reads one rule. The keyword is optional, since the field of the file has the same name.
func (r *ruleReader) rule() (a Assertion, err error) {
	from := r.at
	keyword := "neverallow"
	if w := r.peek(); w == "neverallow" || w == "neverallowxperm" {
		keyword = r.next()
	}
	if a.Source, err = r.types(); err != nil {
		return a, err
	}
	if a.Target, err = r.types(); err != nil {
		return a, err
	}
	if a.Source.Self || a.Source.Other {
		return a, fmt.Errorf("self cannot be a source")
	}
	if err = r.sign(":"); err != nil {
		return a, err
	}
	classes, err := r.names()
	if err != nil {
		return a, err
	}
	if classes.Not {
		return a, fmt.Errorf("~ is not allowed before classes")
	}
	a.Classes = classes.Words
	if keyword == "neverallowxperm" {
		a.Perms = Names{Words: []string{r.next()}}
		a.XPerms, err = r.commands()
	} else {
		a.Perms, err = r.names()
	}
	if err == nil {
		err = r.sign(";")
	}
	a.text = together(strings.Join(r.words[from:min(r.at, len(r.words))], " "))
	return a, err
}

// types reads a type, a set in braces, perhaps with exceptions, * and self.
func (r *ruleReader) types() (t Types, err error) {
	if r.peek() == "~" {
		r.next()
		t.Not = true
	}
	if r.peek() != "{" {
		return t, r.typeWord(&t)
	}
	for r.next(); r.peek() != "}"; {
		if r.peek() == "" {
			return t, fmt.Errorf(`"}" is missing`)
		}
		if err := r.typeWord(&t); err != nil {
			return t, err
		}
	}
	r.next()
	return t, nil
}

func (r *ruleReader) typeWord(t *Types) error {
	switch w := r.next(); w {
	case "self":
		t.Self = true
	case "-":
		name := r.next()
		if name == "self" {
			t.Other = true
			return nil
		}
		t.Without = append(t.Without, name)
	case "", "{", "}", ":", ";", "~":
		return fmt.Errorf("found %q, expected a type", w)
	default:
		t.Words = append(t.Words, w)
	}
	return nil
}

// names reads a word or several in braces.
func (r *ruleReader) names() (n Names, err error) {
	if r.peek() == "~" {
		r.next()
		n.Not = true
	}
	if r.peek() != "{" {
		w := r.next()
		if w == "" || strings.Contains("{}:;~-", w) {
			return n, fmt.Errorf("found %q, expected a name", w)
		}
		n.Words = []string{w}
		return n, nil
	}
	for r.next(); r.peek() != "}"; {
		w := r.next()
		if w == "" || strings.Contains("{:;~-", w) {
			return n, fmt.Errorf("found %q, expected a name", w)
		}
		n.Words = append(n.Words, w)
	}
	r.next()
	return n, nil
}
