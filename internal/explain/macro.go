package explain

import (
	"slices"
	"strings"
)

// macroPerms are the permissions that a macro stands for, with their state in a
// class of sockets that has them all.
func (v *View) macroPerms(perms []string) []PermState {
	class := "tcp_socket"
	if slices.Contains(perms, "nlmsg_read") {
		class = "netlink_route_socket"
	}
	list := make([]PermState, len(perms))
	for i, name := range perms {
		list[i] = v.permState(class, name)
		list[i].Rules = 0 // of one class they would mislead
	}
	return list
}

// macroRules are the rules that an interface makes. Macros for permissions are
// expanded.
func (v *View) macroRules(grants []grantLine) []MacroRule {
	var list []MacroRule
	for _, g := range grants {
		subject, object, _ := strings.Cut(g.rule, " ")
		targets, rest := cutSet(object, ":")
		classes, rest := cutSet(rest, " ")
		perms, _ := cutSet(rest, "")
		for _, target := range targets {
			for _, class := range classes {
				r := MacroRule{Source: subject, Target: target, Older: g.older, When: g.when, Class: class}
				_, r.Known = v.p.TypeOrAttribute(target)
				r.Known = r.Known || target == "self" || target == "PEER"
				for _, name := range v.expand(perms) {
					st := v.permState(class, name)
					st.Rules = 0
					r.Perms = append(r.Perms, st)
				}
				list = append(list, r)
			}
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

// expand replaces the names of macros by the permissions they stand for.
func (v *View) expand(perms []string) []string {
	var list []string
	for _, name := range perms {
		at := slices.IndexFunc(v.pages, func(p page) bool {
			return p.kind == KindMacro &&
				slices.Contains(p.names, name)
		})
		if at < 0 {
			list = append(list, name)
			continue
		}
		list = append(list, v.pages[at].perms...)
	}
	return list
}
