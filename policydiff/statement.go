package policydiff

import (
	"maps"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// A Part is a part of a policy other than type enforcement rules, types and booleans.
type Part int

// The parts, in the order in which SETools prints them.
const (
	Commons Part = iota
	Classes
	Roles
	Users
	Categories
	Sensitivities
	Levels
	RoleAllows
	RoleTransitions
	RangeTransitions
	Constraints
	MLSConstraints
	Validatetrans
	MLSValidatetrans
	InitialSIDs
	IBEndports
	IBPKeys
	FSUses
	Genfscons
	Netifs
	Nodes
	Defaults
	TypeBounds
	// Portcons are the port records: [Report.Labels] has their effects.
	Portcons
)

// Parts returns all parts, in their order.
func Parts() []Part {
	list := make([]Part, Portcons+1)
	for i := range list {
		list[i] = Part(i)
	}
	return list
}

// String returns SETools' title of a part.
func (p Part) String() string {
	return [...]string{"Commons", "Classes", "Roles", "Users", "Categories", "Sensitivities", "Levels",
		"Role allow Rules", "Role_transition Rules", "Range_transition Rules", "Constraints", "MLS Constraints",
		"Validatetrans", "MLS Validatetrans", "Initial SIDs", "Ibendportcons", "Ibpkeycons", "Fs_use", "Genfscons",
		"Netifcons", "Nodecons", "Defaults", "Typebounds", "Portcons"}[p]
}

// A Statement is a statement or a symbol of one policy.
type Statement struct {
	// Text is the statement in the policy language, or the name of a symbol.
	Text string
	// Values are the values of its key, such as a context.
	Values []string
	// Names are the set of its key, such as the permissions of a class, sorted.
	Names []string
	// identities are what the values are compared by; nil if that is their texts.
	identities []string
}

func (s *Statement) same(o *Statement) bool {
	return slices.Equal(s.compared(), o.compared()) && slices.Equal(s.Names, o.Names)
}

func (s *Statement) compared() []string {
	if s.identities != nil {
		return s.identities
	}
	return s.Values
}

// A StatementChange is a statement before and after; nil if the policy lacks it.
type StatementChange struct {
	// Key is the object of the statement: the name of a symbol, "genfscon proc /sys".
	Key           string
	Before, After *Statement
}

// Differs reports whether value i of a changed statement differs: contexts, levels and ranges by their users, roles,
// types, sensitivities and sets of categories, whatever the order in which the policies have the categories.
func (c *StatementChange) Differs(i int) bool {
	was, is := c.Before.compared(), c.After.compared()
	return len(was) <= i || len(is) <= i || was[i] != is[i]
}

// Values returns the values of a changed statement that only the policy before has, and those that
// only the policy after has.
func (c *StatementChange) Values() (lost, gained []string) {
	put := func(list []string, s string) []string {
		if s == "" {
			return list
		}
		return append(list, s)
	}
	for i, was := range c.Before.Values {
		if c.Differs(i) {
			lost, gained = put(lost, was), put(gained, c.After.Values[i])
		}
	}
	lost = append(lost, without(c.Before.Names, c.After.Names)...)
	return lost, append(gained, without(c.After.Names, c.Before.Names)...)
}

// without returns the elements of a list that another one lacks.
func without(list, other []string) (out []string) {
	lacks := make(map[string]bool, len(other))
	for _, s := range other {
		lacks[s] = true
	}
	for _, s := range list {
		if !lacks[s] {
			out = append(out, s)
		}
	}
	return out
}

// Statements returns the differing statements of a part, sorted by key. t writes names and values.
func Statements(before, after *policy.Policy, part Part, t Texts) []StatementChange {
	identify := !sameCategories(before, after)
	was, is := collected(before, part, t, identify), collected(after, part, t, identify)
	var list []StatementChange
	for _, key := range slices.Sorted(maps.Keys(was)) {
		if other := is[key]; other == nil || !was[key].same(other) {
			list = append(list, StatementChange{key, was[key], other})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if was[key] == nil {
			list = append(list, StatementChange{Key: key, After: is[key]})
		}
	}
	return list
}

// Changes returns the [Statements] of a part in the policy language. It finds more than SETools:
// constraints with the same text whose attributes have other members, networks, interfaces and
// InfiniBand keys in another order, since the first match counts, and sensitivities in another
// order, which is that of dominance.
func Changes(before, after *policy.Policy, part Part) []StatementChange {
	list := Statements(before, after, part, plainTexts{})
	for i := range list {
		list[i].spellOut()
	}
	return append(list, reordered(before, after, part)...)
}

// spellOut writes the values that differ and have the same text with all their categories.
func (c *StatementChange) spellOut() {
	if c.Before == nil || c.After == nil {
		return
	}
	c.Before.Values, c.After.Values = slices.Clone(c.Before.Values), slices.Clone(c.After.Values) // rules share them
	for i := range c.Before.Values {
		if c.Differs(i) && c.Before.Values[i] == c.After.Values[i] {
			c.Before.Values[i], c.After.Values[i] = c.Before.identities[i], c.After.identities[i]
		}
	}
}

// sections counts the differing statements of each part, without those of ports.
func sections(before, after *policy.Policy) []Section {
	var list []Section
	for _, part := range Parts() {
		if part == Portcons {
			continue
		}
		s := Section{Title: part.String()}
		for _, c := range Changes(before, after, part) {
			switch {
			case c.Before == nil:
				s.Count.Added++
			case c.After == nil:
				s.Count.Removed++
			default:
				s.Count.Modified++
			}
		}
		if s.Count.Total() > 0 {
			list = append(list, s)
		}
	}
	return list
}
