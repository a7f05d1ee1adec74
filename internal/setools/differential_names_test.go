package setools_test

import (
	"slices"
	"strings"
	"testing"
)

// rule is a rule as sesearch prints it, taken apart.
type rule struct {
	kind    string // allow, dontaudit, type_transition, role_allow, ...
	source  string
	target  string
	class   string
	perms   []string
	xperms  []string
	fallout string   // the new type, role or range
	bools   []string // of the conditional expression
}

// names holds the names in a policy, as the tools themselves list them: the words to make command
// lines of.
type names struct {
	path string
	hash string
	xen  bool

	types, attributes, bools, roles, users, classes, commons []string
	categories, sensitivities                                []string
	aliases                                                  map[string][]string // of a type
	members                                                  map[string][]string // of an attribute
	memberOf                                                 map[string][]string // attributes of a type
	empty                                                    map[string]bool     // attributes without members
	categoryAliases                                          bool                // some category has an alias

	// values of component options, by option
	values map[string][]string
	// rules by rule type; the keys in order
	rules map[string][]rule
	kinds []string
}

// learn asks the peer for everything. These answers are always stored.
func learn(t testing.TB, p *peers, path, hash string) *names {
	t.Helper()
	n := &names{path: path, hash: hash, aliases: map[string][]string{}, members: map[string][]string{},
		memberOf: map[string][]string{}, empty: map[string]bool{}, values: map[string][]string{},
		rules: map[string][]rule{}}
	info := func(args ...string) []string {
		a := p.ask(t, hash, "seinfo", append(append([]string{"--flat"}, args...), "--", path), true)
		if a.Code != 0 && a.Code != crashed {
			t.Fatalf("seinfo %q %s: exit code %d: %s", args, path, a.Code, a.Stdout)
		}
		return slices.DeleteFunc(strings.Split(a.Stdout, "\n"), func(s string) bool { return s == "" })
	}
	n.xen = slices.ContainsFunc(strings.Split(p.ask(t, hash, "seinfo", []string{path}, true).Stdout, "\n"),
		func(l string) bool { return strings.HasPrefix(l, "Target Policy:") && strings.HasSuffix(l, " xen") })
	n.types, n.attributes, n.bools = info("-t"), info("-a"), info("-b")
	n.roles, n.users, n.classes, n.commons = info("-r"), info("-u"), info("-c"), info("--common")
	n.categories, n.sensitivities = info("--category"), info("--sensitivity")
	n.categoryAliases = slices.ContainsFunc(info("--category", "-x"),
		func(l string) bool { return strings.Contains(l, " alias ") })
	for _, line := range info("-t", "-x") {
		fields := strings.Fields(strings.NewReplacer(",", " , ", ";", " ", "{", " ", "}", " ").Replace(line))
		if len(fields) > 3 && fields[2] == "alias" {
			for _, f := range fields[3:] {
				if f == "," {
					break
				}
				n.aliases[fields[1]] = append(n.aliases[fields[1]], f)
			}
		}
	}
	attribute := ""
	for _, line := range info("-a", "-x") {
		if member, ok := strings.CutPrefix(line, "\t"); !ok {
			attribute = strings.TrimSuffix(strings.TrimPrefix(line, "attribute "), ";")
		} else if member == "<empty attribute>" {
			n.empty[attribute] = true
		} else {
			n.members[attribute] = append(n.members[attribute], member)
			n.memberOf[member] = append(n.memberOf[member], attribute)
		}
	}
	column := func(lines []string, at int) []string {
		var words []string
		for _, line := range lines {
			if f := strings.Fields(line); len(f) > at {
				words = append(words, strings.TrimSuffix(f[at], ";"))
			}
		}
		slices.Sort(words)
		return slices.Compact(words)
	}
	n.values = map[string][]string{
		"-t": n.types, "-a": n.attributes, "-b": n.bools, "-r": n.roles, "-u": n.users, "-c": n.classes,
		"--common":   n.commons,
		"--category": n.categories, "--sensitivity": n.sensitivities,
		"--initialsid": info("--initialsid"), "--permissive": info("--permissive"), "--polcap": info("--polcap"),
	}
	for _, o := range []struct {
		option string
		word   int // the word of the statement that the option filters by
	}{{"--constrain", 1}, {"--validatetrans", 1}, {"--default", 1}, {"--typebounds", 2}, {"--fs_use", 1},
		{"--genfscon", 1},
		{"--netifcon", 1}, {"--nodecon", 1}, {"--ibpkeycon", 2}, {"--ibendportcon", 1}, {"--portcon", 2}} {
		if !n.xen || !selinuxOnly(o.option) {
			n.values[o.option] = column(info(o.option), o.word)
		}
	}
	for _, kind := range []string{"allow", "auditallow", "dontaudit", "allowxperm", "auditallowxperm",
		"dontauditxperm", "type_trans",
		"type_change", "type_member", "role_allow", "role_trans", "range_trans"} {
		a := p.ask(t, hash, "sesearch", []string{"--" + kind, path}, true)
		if a.Code != 0 && a.Code != crashed {
			t.Fatalf("sesearch --%s %s: exit code %d: %s", kind, path, a.Code, a.Stdout)
		}
		for line := range strings.Lines(a.Stdout) {
			n.rules[kind] = append(n.rules[kind], parseRule(kind, strings.TrimSuffix(line, "\n")))
		}
		if len(n.rules[kind]) > 0 {
			n.kinds = append(n.kinds, kind)
		}
	}
	return n
}

// selinuxOnly reports whether a policy for Xen lacks the component. SETools 4.4.1 reads Xen's labels as such
// components. Its answers are then meaningless, errors (`0 is not a valid FSUseRuletype`) or crashes.
func selinuxOnly(option string) bool {
	return slices.Contains([]string{"--fs_use", "--genfscon", "--netifcon", "--nodecon", "--ibpkeycon",
		"--ibendportcon", "--portcon"},
		option)
}

// parseRule takes a printed rule apart.
func parseRule(kind, line string) rule {
	r := rule{kind: kind}
	body, condition, _ := strings.Cut(line, "; [")
	fields := strings.Fields(strings.TrimSuffix(body, ";"))
	r.source = fields[1]
	r.target, r.class, _ = strings.Cut(fields[2], ":")
	rest := slices.DeleteFunc(fields[3:], func(s string) bool { return s == "{" || s == "}" })
	switch {
	case strings.HasSuffix(kind, "xperm"):
		r.perms, r.xperms = rest[:1], rest[1:]
	case kind == "range_trans":
		r.fallout = strings.Join(rest, " ")
	case strings.HasPrefix(kind, "type_") || kind == "role_trans":
		r.fallout = rest[0]
	default:
		r.perms = rest
	}
	for _, f := range strings.Fields(condition) {
		if strings.IndexFunc(f, func(c rune) bool { return c == '_' || c >= 'a' && c <= 'z' }) == 0 {
			r.bools = append(r.bools, f)
		}
	}
	return r
}
