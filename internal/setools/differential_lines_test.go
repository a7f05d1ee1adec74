package setools_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// line is one command line: tool is sesearch or seinfo, args what follows it.
type line struct {
	policy *names
	tool   string
	args   []string
}

// generator makes random command lines. Most are built from a rule or a name that is in the policy, so that the
// answer is not empty; some are wrong on purpose.
//
// Left out are the lines for which SETools is known to be wrong or to have several answers. TestDifferences
// (differences_test.go) asserts senet's answers to them:
//   - an attribute without members as criterion: SETools 4.4.1 drops it and prints what the other criteria match;
//   - -D with a range that names categories, if a category has an alias: 4.4.1 finds the alias in its place and says
//     that the category does not go with the sensitivity;
//   - --portcon with port 0 (every portcon), --portcon and --ibpkeycon with a range (a Python TypeError);
//   - components of SELinux on a policy for Xen (selinuxOnly); the Xen components on such a policy, which 4.4.1
//     never prints; --all on such a policy;
//   - a list with a blank after a comma, which 4.4.1 takes for a part of the name;
//   - a component option with the policy's path as its value, which 4.4.1 does not give back;
//   - patterns that senet refuses on purpose (look-around, backreferences).
type generator struct {
	*rand.Rand
	n *names
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// option is an option with its value in one of the ways to write it.
func (g *generator) option(short, long, value string) []string {
	switch g.IntN(8) {
	case 0:
		return []string{short + value}
	case 1:
		return []string{long, value}
	case 2:
		return []string{long + "=" + value}
	case 3: // an abbreviation; one letter less is unambiguous for every option that has a long name
		return []string{long[:len(long)-1], value}
	}
	return []string{short, value}
}

// search makes a line of sesearch.
func (g *generator) search() line {
	// Words come in groups that belong together; their order is free.
	var groups [][]string
	add := func(words ...string) { groups = append(groups, words) }

	kind := g.kind()
	r := pick(g, g.n.rules[kind])
	add(g.kindOption(kind))
	if g.chance(10) {
		add(g.kindOption(g.kind()))
	}

	// Two criteria or more, of those the rule has, mostly keep the answer small.
	given := 0
	for given == 0 || g.chance(50) && given < 5 {
		given++
		switch g.IntN(6) {
		case 0, 1:
			groups = append(groups, g.side(r, r.source, "-s", "--source", "-ds", "-rs")...)
		case 2:
			groups = append(groups, g.side(r, r.target, "-t", "--target", "-dt", "-rt")...)
		case 3:
			groups = append(groups, g.class(r)...)
		case 4:
			switch {
			case len(r.xperms) > 0 && g.chance(60):
				groups = append(groups, g.extended(r)...)
			case len(r.perms) > 0:
				groups = append(groups, g.perms(r)...)
			default:
				groups = append(groups, g.fallout(r)...)
			}
		case 5:
			if len(r.bools) > 0 || g.chance(10) {
				groups = append(groups, g.bools(r)...)
			}
		}
	}
	g.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	at := g.IntN(len(groups) + 1)
	var args []string
	for i, words := range groups {
		if i == at {
			args = append(args, g.n.path)
		}
		args = append(args, words...)
	}
	if at == len(groups) {
		if g.chance(20) {
			args = append(args, "--")
		}
		args = append(args, g.n.path)
	}
	return line{g.n, "sesearch", args}
}

func (g *generator) kind() string {
	usual := []string{"allow", "allow", "allow", "dontaudit", "type_trans"}
	if kind := pick(g, usual); g.chance(75) && len(g.n.rules[kind]) > 0 {
		return kind
	}
	return pick(g, g.n.kinds)
}

func (g *generator) kindOption(kind string) string {
	switch {
	case (kind == "allow" || kind == "allowxperm") && g.chance(60):
		return "-A"
	case kind == "type_trans" && g.chance(50):
		return "-T"
	case kind == "type_trans" && g.chance(30):
		return "-AT"
	case kind == "range_trans" && g.chance(30):
		return "--range"
	}
	return "--" + kind
}

// side makes the criterion for one side of a rule: the name itself, an attribute that has it, a member, an alias, a
// pattern, a wrong name. Called again for the same side it adds a second option, of which the last one counts.
func (g *generator) side(r rule, name, short, long, direct, regex string) [][]string {
	var groups [][]string
	switch roll := g.IntN(100); {
	case roll < 6:
		name = pick(g, []string{"nosuch_t", "nosuch", pick(g, g.n.types), pick(g, g.n.roles), "Domain"})
	case roll < 20 && len(g.n.memberOf[name]) > 0:
		name = pick(g, g.n.memberOf[name])
	case roll < 40 && len(g.n.members[name]) > 0:
		name = pick(g, g.n.members[name])
	case roll < 45 && len(g.n.aliases[name]) > 0:
		name = pick(g, g.n.aliases[name])
	case roll < 48:
		name = g.alias()
	case roll < 65:
		groups = append(groups, []string{regex})
		name = g.pattern(name)
	}
	if g.n.empty[name] { // also one that a rule is written on
		name = g.n.types[0]
	}
	if g.chance(20) {
		groups = append(groups, []string{direct})
	}
	return append(groups, g.option(short, long, name))
}

// alias returns some alias, a name that is in no policy if this one has none.
func (g *generator) alias() string {
	var withAlias []string // not ranging over the map: the line must depend on the seed alone
	for _, t := range g.n.types {
		if len(g.n.aliases[t]) > 0 {
			withAlias = append(withAlias, t)
		}
	}
	if len(withAlias) == 0 {
		return "nosuch_alias_t"
	}
	return pick(g, g.n.aliases[pick(g, withAlias)])
}

// pattern makes a regular expression that the name matches, mostly.
func (g *generator) pattern(name string) string {
	half := name[:1+g.IntN(len(name))]
	switch g.IntN(8) {
	case 0:
		return "^" + name + "$"
	case 1:
		return "^" + half
	case 2:
		return half + ".*_t$"
	case 3:
		return "(" + name + "|nosuch)"
	case 4:
		return strings.ReplaceAll(name, "_", "[_-]")
	case 5:
		return "^[a-h]" + `\w+` + "_t$"
	case 6:
		return "(?i)" + strings.ToUpper(name)
	}
	return name[g.IntN(len(name)):]
}

func (g *generator) class(r rule) [][]string {
	switch class := r.class; {
	case class == "": // a role allow rule has none
		return [][]string{g.option("-c", "--class", pick(g, g.n.classes))}
	case g.chance(15):
		return [][]string{{"-rc"}, g.option("-c", "--class", g.pattern(class))}
	case g.chance(25):
		return [][]string{g.option("-c", "--class", pick(g, g.n.classes)+","+class)}
	case g.chance(5):
		return [][]string{g.option("-c", "--class", class+",nosuch")}
	default:
		return [][]string{g.option("-c", "--class", class)}
	}
}

func (g *generator) perms(r rule) [][]string {
	var groups [][]string
	perms := append([]string(nil), r.perms...)
	g.Shuffle(len(perms), func(i, j int) { perms[i], perms[j] = perms[j], perms[i] })
	switch g.IntN(5) {
	case 0:
		groups = append(groups, []string{"-ep"})
	case 1:
		groups = append(groups, []string{pick(g, []string{"-Sp", "-S"})})
		perms = perms[:1+g.IntN(len(perms))]
	case 2:
		perms = []string{perms[0], pick(g, []string{"name_bind", "read", "nosuch", "transition"})}
	default:
		perms = perms[:1+g.IntN(min(3, len(perms)))]
	}
	return append(groups, g.option("-p", "--perms", strings.Join(perms, ",")))
}

func (g *generator) extended(r rule) [][]string {
	xperms := strings.Join(r.xperms, ",")
	if g.chance(50) {
		xperms = strings.Trim(pick(g, r.xperms), "0x")
		xperms = pick(g, []string{xperms, "0x5411", "0-ffff", "8900-0x89ff", "0x10000", "zz"})
	}
	groups := [][]string{g.option("-x", "--xperms", xperms)}
	if g.chance(30) {
		groups = append(groups, []string{"-ex"})
	}
	return groups
}

func (g *generator) fallout(r rule) [][]string {
	switch name := r.fallout; {
	case name == "", r.kind == "range_trans" && g.n.categoryAliases && strings.Contains(name, ":"):
		return nil
	case r.kind != "range_trans" && g.chance(25):
		return [][]string{{"-rd"}, g.option("-D", "--default", g.pattern(name))}
	case r.kind == "range_trans" && g.chance(30):
		return [][]string{g.option("-D", "--default", strings.ReplaceAll(name, " ", ""))}
	case g.chance(10) && len(g.n.memberOf[name]) > 0:
		return [][]string{g.option("-D", "--default", pick(g, g.n.memberOf[name]))}
	case g.chance(5):
		return [][]string{g.option("-D", "--default", "nosuch")}
	default:
		return [][]string{g.option("-D", "--default", name)}
	}
}

func (g *generator) bools(r rule) [][]string {
	if len(r.bools) == 0 {
		return [][]string{g.option("-b", "--bool", pick(g, append([]string{"nosuch"}, g.n.bools...)))}
	}
	switch g.IntN(4) {
	case 0:
		return [][]string{{"-eb"}, g.option("-b", "--bool", strings.Join(r.bools, ","))}
	case 1:
		return [][]string{{"-rb"}, g.option("-b", "--bool", g.pattern(r.bools[0]))}
	case 2:
		return [][]string{g.option("-b", "--bool", r.bools[0]+","+pick(g, g.n.bools))}
	default:
		return [][]string{g.option("-b", "--bool", r.bools[0])}
	}
}

// components lists seinfo's options with a value in a fixed order; the long name of each.
func components() [][2]string {
	return [][2]string{{"-a", "--attribute"}, {"-b", "--bool"}, {"-c", "--class"}, {"-r", "--role"}, {"-t", "--type"},
		{"-u", "--user"}, {"--category", "--category"}, {"--common", "--common"}, {"--constrain", "--constrain"},
		{"--default", "--default"}, {"--fs_use", "--fs_use"}, {"--genfscon", "--genfscon"},
		{"--ibpkeycon", "--ibpkeycon"},
		{"--ibendportcon", "--ibendportcon"}, {"--initialsid", "--initialsid"}, {"--netifcon", "--netifcon"},
		{"--nodecon", "--nodecon"}, {"--permissive", "--permissive"}, {"--polcap", "--polcap"},
		{"--portcon", "--portcon"},
		{"--sensitivity", "--sensitivity"}, {"--typebounds", "--typebounds"}, {"--validatetrans", "--validatetrans"}}
}

// info makes a line of seinfo.
func (g *generator) info() line {
	var groups [][]string
	count := 1 + g.IntN(3)
	if g.chance(5) {
		count = 0 // the summary
	}
	for len(groups) < count {
		o := pick(g, components())
		if g.n.xen && selinuxOnly(o[0]) {
			continue
		}
		if g.chance(30) {
			groups = append(groups, []string{pick(g, o[:])})
			continue
		}
		value := g.value(o[0])
		switch {
		case strings.HasPrefix(o[0], "--"), g.chance(30):
			groups = append(groups, pick(g, [][]string{{o[1], value}, {o[1] + "=" + value}}))
		default:
			groups = append(groups, pick(g, [][]string{{o[0], value}, {o[0] + value}}))
		}
	}
	for _, o := range []struct {
		percent int
		names   []string
	}{{50, []string{"-x", "--expand", "--exp"}}, {25, []string{"--flat"}}, {4, []string{"--all"}}, {4,
		[]string{"--ioportcon"}}} {
		if g.chance(o.percent) && !(g.n.xen && (o.names[0] == "--all" || o.names[0] == "--ioportcon")) {
			groups = append(groups, []string{pick(g, o.names)})
		}
	}
	g.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	var args []string
	// A word after an option without value would be its value: the policy stands first, or after `--`.
	first := g.chance(50)
	if first {
		args = append(args, g.n.path)
	}
	for _, words := range groups {
		args = append(args, words...)
	}
	if !first {
		args = append(args, "--", g.n.path)
	}
	return line{g.n, "seinfo", args}
}

func (g *generator) value(option string) string {
	values := g.n.values[option]
	if len(values) == 0 || g.chance(8) {
		if option == "--portcon" || option == "--ibpkeycon" {
			return pick(g, []string{"80", "65535", "8080", "x", "1-2-3"})
		}
		return pick(g, []string{"nosuch", "file", "httpd_t", "10.0.0.0/8", "10.0.0.1/8", "::/0", "1.2.3.4"})
	}
	value := pick(g, values)
	switch {
	case option == "--portcon":
		// An end of the range or the port after it; a range as value is left out, see generator.
		n, err := strconv.Atoi(pick(g, strings.Split(value, "-")))
		if err != nil {
			panic(err) // learn reads nothing but numbers here
		}
		return strconv.Itoa(max(1, n+g.IntN(2)))
	case option == "--ibpkeycon":
		return pick(g, strings.Split(value, "-"))
	case option == "-t" && g.chance(10):
		return g.alias()
	case option == "-a" && g.chance(5):
		return pick(g, g.n.types)
	}
	return value
}
