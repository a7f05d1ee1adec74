package explain

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/refpolicy"
)

// fillStatements adds the statements of an interface, with names in place of $1, $2 and so on: allow
// rules with the checks that ask for their permissions, and other statements unchanged.
func (v *View) fillStatements(a *Answer, lines, names []string) {
	var when []string // the conditions of the blocks around the line
	for _, line := range lines {
		line = strings.TrimSpace(refpolicy.Substitute(line, names))
		switch {
		case line == "}":
			when = when[:max(0, len(when)-1)]
		case strings.HasPrefix(line, "} else"):
			if n := len(when); n > 0 {
				when[n-1] = "not " + when[n-1]
			}
		case strings.HasSuffix(line, "{"):
			when = append(when, condition(line))
		case strings.HasPrefix(line, "allow "):
			rule := strings.TrimSuffix(strings.TrimPrefix(line, "allow "), ";")
			a.Live.Rules = append(a.Live.Rules, v.macroRules(rule, strings.Join(when, ", "), names)...)
		case line != "":
			a.Live.Statements = append(a.Live.Statements, line)
		}
	}
}

// condition returns the condition of the block that a line opens.
func condition(line string) string {
	line = strings.TrimSpace(strings.TrimSuffix(line, "{"))
	if rest, ok := strings.CutPrefix(line, "if"); ok {
		return strings.Trim(strings.TrimSpace(rest), "()")
	}
	return "the policy has what it names"
}

// macroRules returns the rules of a statement, SOURCE TARGETS:CLASSES PERMISSIONS, one for each target
// and class.
func (v *View) macroRules(statement, when string, names []string) []MacroRule {
	sources, object := cutSet(statement, " ")
	targets, rest := cutSet(object, ":")
	classes, rest := cutSet(rest, " ")
	perms, _ := cutSet(rest, "")
	source := strings.Join(sources, " ")
	if len(sources) > 1 {
		source = "{ " + source + " }"
	}
	var list []MacroRule
	for _, target := range targets {
		for _, class := range classes {
			r := MacroRule{Source: source, Target: target, When: when, Class: class}
			_, r.Known = v.p.TypeOrAttribute(strings.TrimLeft(target, "-~"))
			r.Known = r.Known || target == "self" || target == "*" || slices.ContainsFunc(names,
				func(name string) bool { return strings.Contains(target, name) })
			for _, name := range perms {
				st := v.permState(class, name)
				st.Rules = 0
				r.Perms = append(r.Perms, st)
			}
			list = append(list, r)
		}
	}
	return list
}

// cutSet reads a word, or words in braces, up to a separator.
func cutSet(s, sep string) (words []string, rest string) {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, "{"); ok {
		inner, rest, _ = strings.Cut(inner, "}")
		return strings.Fields(inner), strings.TrimPrefix(strings.TrimSpace(rest), sep)
	}
	if sep == "" {
		return []string{s}, ""
	}
	word, rest, _ := strings.Cut(s, sep)
	return []string{word}, rest
}

// seen returns the permissions of rules that a reader is likely to look up next: those of ports.
func seen(rules []MacroRule) (words []string) {
	for i := range rules {
		for _, p := range rules[i].Perms {
			if (p.Name == "name_connect" || p.Name == "name_bind") && !slices.Contains(words, p.Name) {
				words = append(words, p.Name)
			}
		}
	}
	return words
}
