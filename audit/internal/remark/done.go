package remark

import (
	"slices"
	"strings"
)

// A DoneKind is the kind of a remedy that a text has as done.
type DoneKind string

// The kinds of remedies. Each comment says what a Done has.
const (
	DoneBoolean    DoneKind = "boolean"    // a boolean: Name, On
	DoneRestore    DoneKind = "restorecon" // labels put right: Name is the path, "" if the text has none
	DoneEntry      DoneKind = "fcontext"   // an entry for file_contexts: Name is its pattern, Type the type
	DonePort       DoneKind = "port"       // a label of a port: Name is the port or the range, Protocol, Type
	DoneModule     DoneKind = "module"     // a module of the policy: Name, "" if the text has none
	DonePermissive DoneKind = "permissive" // a permissive domain: Name
	DoneMode       DoneKind = "mode"       // permissive mode
	// DoneRule is a rule in the form of Android's sepolicy.rule and magiskpolicy, without colon and semicolon: Name is
	// the source, Type the target, Protocol the class, Permissions the rest.
	DoneRule DoneKind = "rule"
)

// A Done is a remedy that a text has as done: a command behind a prompt, or a sentence that says so. What a text
// advises is none.
type Done struct {
	Kind                 DoneKind
	Name, Type, Protocol string
	Permissions          []string
	// On is the value of a boolean, Tree says that all in a directory was labelled.
	On, Tree bool
	// Shown says that it is no command: getsebool shows the value of the boolean.
	Shown bool
	Line  int64
}

// maxDone bounds the remedies that are kept: as many as a listing of getsebool has lines.
const maxDone = 384

// nearDone is how many lines a remedy and the sentence that it is about may be apart.
const nearDone = 4

// A doneScanner collects what was done.
type doneScanner struct {
	list []Done
	// told is the last line with a sentence that says that something was done, 0 after one that advises.
	told int64
}

// Done returns the remedies up to now that the text has as done, in its order.
func (s *Scanner) Done() []Done { return slices.Clone(s.done.list) }

// line reads a line of a text of people.
func (s *doneScanner) line(number int64, t string) {
	if len(t) > 2048 || strings.Contains(t, "avc:") {
		return
	}
	t = strings.TrimSpace(t)
	if name, value, ok := strings.Cut(t, " --> "); ok && isBooleanName(name) {
		if value == "on" {
			s.add(number, true, []Done{{Kind: DoneBoolean, Name: name, On: true}})
		}
		return
	}
	if rule, ok := androidRule(t); ok {
		s.add(number, false, []Done{rule})
		return
	}
	if failed(t) {
		s.drop(number, 2)
		return
	}
	if command, sure, ok := typedCommand(t); ok {
		if sure || s.told > 0 && number-s.told <= nearDone {
			s.add(number, false, commandsIn(command))
		}
		return
	}
	s.sentence(number, t)
}

// sentence reads a line that is no command.
func (s *doneScanner) sentence(number int64, t string) {
	const pattern, mark = "(/.*)?", "(/.*)\x00" // whose sign asks nothing
	t = strings.NewReplacer("\u2019", "'", "**", "", "\u00a0", " ", pattern, mark).Replace(t)
	for _, clause := range clauses(t) {
		lower := strings.ToLower(clause)
		clause = strings.ReplaceAll(clause, mark, pattern)
		switch {
		case advises(lower):
			s.told = 0
		case tells(lower):
			s.told = number
			s.add(number, false, append(commandsIn(clause), booleansIn(lower)...))
		}
		if outcome(lower) == WorksOff && !turnsOff(lower) && !uncertain(lower) {
			s.drop(number, nearDone)
		}
	}
}

func (s *doneScanner) add(number int64, shown bool, list []Done) {
	for _, d := range list {
		d.Shown = shown
		same := func(o Done) bool {
			return o.Kind == d.Kind && o.Name == d.Name && o.Type == d.Type && o.Protocol == d.Protocol &&
				slices.Equal(o.Permissions, d.Permissions)
		}
		switch d.Kind {
		case DonePermissive, DoneMode, DoneBoolean:
			if !d.On {
				s.list = slices.DeleteFunc(s.list, same) // it is undone
				if d.Kind != DoneBoolean {
					continue
				}
			}
		}
		if len(s.list) == maxDone || slices.ContainsFunc(s.list, same) {
			continue
		}
		d.Line, d.Name, d.Type = number, strings.Clone(d.Name), strings.Clone(d.Type)
		s.list = append(s.list, d)
	}
}

// drop forgets what was done in the lines before: it failed, or it helped. What is less strict is kept.
func (s *doneScanner) drop(number, near int64) {
	s.list = slices.DeleteFunc(s.list, func(d Done) bool {
		return number-d.Line <= near && !d.Shown && d.Kind != DonePermissive && d.Kind != DoneMode &&
			d.Kind != DoneRule
	})
}

// androidRule reads a rule of an Android module, which a file has or magiskpolicy gets.
func androidRule(t string) (Done, bool) {
	if i := strings.Index(t, "policy --live"); i >= 0 {
		t = t[i+len("policy --live"):]
	}
	rest, ok := strings.CutPrefix(strings.Trim(t, " `'\"*-+"), "allow ")
	words := strings.Fields(strings.NewReplacer("{", " ", "}", " ").Replace(rest))
	if !ok || len(words) < 4 || len(words) > 40 || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789_{} "+
		"") != "" {
		return Done{}, false
	}
	permissions := slices.Clone(words[3:])
	for i, p := range permissions {
		permissions[i] = strings.Clone(p)
	}
	return Done{Kind: DoneRule, Name: words[0], Type: words[1], Protocol: strings.Clone(words[2]),
			Permissions: permissions}, strings.Contains(words[2], "_") ||
			slices.Contains([]string{"file", "dir", "process", "binder", "capability"}, words[2])
}

// failed reports whether a line is the error of a tool about what was to be changed.
func failed(t string) bool {
	for _, s := range [...]string{"ValueError:", "Could not change", "could not change", "not defined", "libsemanage.",
		"semodule:", "OSError:", "usage: semanage", "command not found", "No such file", "Cannot set persistent"} {
		if strings.Contains(t, s) {
			return true
		}
	}
	return false
}

// typedCommand returns the command of a line that begins with a prompt or with one of the tools. It is sure that it
// was typed where the prompt has a host: texts of advice have "# " and "$ " before their commands as well.
func typedCommand(t string) (command string, sure, ok bool) {
	for _, sign := range [...]string{"# ", "$ ", "% "} {
		if rest, found := strings.CutPrefix(t, sign); found {
			return rest, false, true
		}
	}
	if i := strings.IndexAny(t, "#$"); i > 0 && i < 100 && i+1 < len(t) && t[i+1] == ' ' &&
		strings.Contains(t[:i], "@") && len(strings.Fields(t[:i])) <= 3 {
		return t[i+2:], true, true
	}
	word, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimLeft(t, "` "), "sudo "), " ")
	return strings.Trim(t, "`"), false, isTool(word)
}

// isTool reports whether a word is the name of a tool that changes something, maybe with its directory.
func isTool(word string) bool {
	word = strings.Trim(word, "`'\"(.,:")
	switch word[strings.LastIndexByte(word, '/')+1:] {
	case "setsebool", "restorecon", "fixfiles", "semanage", "semodule", "setenforce":
		return true
	}
	return false
}

// advises reports whether a clause tells somebody else what to do.
func advises(c string) bool {
	c = strings.TrimLeft(c, " *-\t")
	for _, s := range [...]string{"do", "then you", "if you", "you can", "you could", "you must", "you need", "you " +
		"should",
		"please", "try ", "run ", "allow access by", "allowing access", "fix command", "to fix", "to allow", "use ",
		"the following command will"} {
		if c == s || strings.HasPrefix(c, s) && (s[len(s)-1] == ' ' || len(c) > len(s) && c[len(s)] == ' ' &&
			s != "do") {
			return true
		}
	}
	return false
}

// tells reports whether a clause says that its writer did something.
func tells(c string) bool {
	if uncertain(c) && !strings.Contains(c, "tried to") || strings.Contains(c, "if i ") || strings.Contains(c, "have "+
		"you") {
		return false
	}
	w := wordsOf(c)
	for i, word := range w {
		self := slices.ContainsFunc(w[max(0, i-4):i], func(o string) bool {
			switch o {
			case "i", "we", "i've", "ive", "we've", "already", "after", "even", "having":
				return true
			}
			return false
		})
		switch word {
		case "ran", "tried", "did", "executed", "applied", "enabled", "issued", "relabeled", "relabelled", "restored",
			"performed", "loaded", "already":
			self = self || i <= 1
		case "run", "set", "used", "added", "installed", "running", "setting", "typed", "done", "made", "changed",
			"turned", "put", "created", "generated", "using", "executing", "applying":
		default:
			continue
		}
		if self && !slices.ContainsFunc(w[max(0, i-3):i], func(o string) bool {
			switch o {
			case "not", "never", "haven't", "didn't", "don't", "can't", "cannot", "without", "you", "instead", "before",
				"to", "should", "would", "could", "can", "will":
				return true
			}
			return false
		}) {
			return true
		}
	}
	return false
}

// booleansIn returns the names in a clause that may be those of booleans which somebody has set.
func booleansIn(c string) (list []Done) {
	if strings.Contains(c, "setsebool") || !hasAny(c, "on", "1", "enabled", "true", "boolean", "booleans", "bool",
		"off",
		"0", "false", "disabled") {
		return nil
	}
	on := !hasAny(c, "off", "0", "false", "disabled")
	for _, word := range strings.FieldsFunc(c, func(r rune) bool { return strings.ContainsRune(" `'\"(),=:;", r) }) {
		if word = strings.TrimRight(word, "."); isBooleanName(word) {
			list = append(list, Done{Kind: DoneBoolean, Name: word, On: on})
		}
	}
	return list
}

func hasAny(c string, words ...string) bool {
	return slices.ContainsFunc(wordsOf(strings.ReplaceAll(c, "=", " ")), func(w string) bool {
		return slices.Contains(words, w)
	})
}

// isBooleanName reports whether a word has the form of the name of a boolean.
func isBooleanName(s string) bool {
	return len(s) < 64 && strings.Contains(s, "_") && !strings.HasSuffix(s, "_t") && !strings.HasSuffix(s, "_u") &&
		!strings.HasSuffix(s, "_r") && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
