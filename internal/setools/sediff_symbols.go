package setools

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// members compares symbols that are sets of names.
func members(what string, sides [2]map[string][]string, head string) delta {
	return symbolDelta(sides[0], sides[1], func(_ string, was, is []string) string {
		if s := newSetDelta(was, is); s.empty() {
			return ""
		}
		return memberLines(was, is, what, head)
	})
}

// each collects the members of symbols, by name.
func (d *differ) each(of func(p *policy.Policy, put func(name string, members []string))) [2]map[string][]string {
	var sides [2]map[string][]string
	for i, p := range d.p {
		sides[i] = make(map[string][]string)
		of(p, func(name string, members []string) { sides[i][name] = members })
	}
	return sides
}

func (d *differ) booleans() delta {
	var sides [2]map[string]bool
	for i, p := range d.p {
		sides[i] = make(map[string]bool)
		for id := range p.Bools() {
			sides[i][p.BoolName(id)] = p.DefaultBool(id)
		}
	}
	return symbolDelta(sides[0], sides[1], func(_ string, was, is bool) string {
		if was == is {
			return ""
		}
		return " (Modified default state)\n          + " + python(is) + "\n          - " + python(was)
	})
}

func (d *differ) polcaps() delta {
	return members("", d.each(func(p *policy.Policy, put func(string, []string)) {
		for c := range p.PolicyCaps() {
			put(c.String(), nil)
		}
	}), "")
}

func (d *differ) attributes() delta {
	return members("types", d.each(func(p *policy.Policy, put func(string, []string)) {
		for id := range p.AllAttributes() {
			put(p.TypeName(id), p.TypeNames(p.Members(id)))
		}
	}), "")
}

// compareCategories orders names by the values that a policy gives them.
func (d *differ) compareCategories(side int, a, b string) int {
	first, _ := d.p[side].Category(a)
	second, _ := d.p[side].Category(b)
	return cmp.Compare(first, second)
}

// byDominance orders lines that begin with a sensitivity.
func (d *differ) byDominance(x *delta) {
	for i, list := range [][]string{x.removed, x.added} {
		slices.SortStableFunc(list, func(a, b string) int {
			return cmp.Compare(d.sensitivity(i, a), d.sensitivity(i, b))
		})
	}
	slices.SortStableFunc(x.modified, func(a, b string) int {
		return cmp.Compare(d.sensitivity(0, firstWord(a)), d.sensitivity(0, firstWord(b)))
	})
}

func firstWord(line string) string {
	word, _, _ := strings.Cut(line, " ")
	return word
}

func (d *differ) sensitivity(side int, line string) policy.SensID {
	name, _, _ := strings.Cut(line, ":")
	id, _ := d.p[side].Sensitivity(name)
	return id
}

// typeParts holds the parts of a type that sediff compares.
type typeParts struct {
	attributes, aliases []string
	permissive          bool
}

func (d *differ) types() delta {
	var sides [2]map[string]typeParts
	for i, p := range d.p {
		sides[i] = make(map[string]typeParts)
		aliases := typeAliases(p.DB())
		set := policy.NewSet(p.MaxType())
		for id := range p.Types() {
			t := typeParts{aliases: aliases[uint32(id)], permissive: p.IsPermissive(id)}
			p.AttributesInto(&set, id)
			for a := range set.All() {
				if p.IsAttribute(a) {
					t.attributes = append(t.attributes, p.TypeName(a))
				}
			}
			sides[i][p.TypeName(id)] = t
		}
	}
	return symbolDelta(sides[0], sides[1], func(_ string, was, is typeParts) string {
		attributes, aliases := newSetDelta(was.attributes, is.attributes), newSetDelta(was.aliases, is.aliases)
		what := slices.Concat(attributes.counts("attributes"), aliases.counts("aliases"))
		if was.permissive != is.permissive {
			what = append(what, map[bool]string{true: "Added permissive", false: "Removed permissive"}[is.permissive])
		}
		if len(what) == 0 {
			return ""
		}
		text := " (" + strings.Join(what, ", ") + ")"
		return text + subBlock("Attributes:", &attributes) + subBlock("Aliases:", &aliases)
	})
}

func subBlock(head string, s *setDelta) string {
	if s.empty() {
		return ""
	}
	return "\n          " + head + s.lines()
}

// pair returns the lines of a value that differs. Where a policy without MLS has no value, 4.4.1 prints "None (MLS
// Disabled)".
func pair(was, is string) string {
	or := func(s string) string {
		if s == "" {
			return "None (MLS Disabled)"
		}
		return s
	}
	return "\n          + " + or(is) + "\n          - " + or(was)
}
