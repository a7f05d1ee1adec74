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
}

func (s *Statement) same(o *Statement) bool {
	return slices.Equal(s.Values, o.Values) && slices.Equal(s.Names, o.Names)
}

// A StatementChange is a statement before and after; nil if the policy lacks it.
type StatementChange struct {
	// Key is the object of the statement: the name of a symbol, "genfscon proc /sys".
	Key           string
	Before, After *Statement
}

// Values returns the values of a changed statement that only the policy before has, and those that
// only the policy after has.
func (c *StatementChange) Values() (lost, gained []string) {
	had := append(slices.Clone(c.Before.Values), c.Before.Names...)
	has := append(slices.Clone(c.After.Values), c.After.Names...)
	return without(had, has), without(has, had)
}

// without returns the elements of a list that another one lacks.
func without(list, other []string) (out []string) {
	lacks := make(map[string]bool, len(other))
	for _, s := range other {
		lacks[s] = true
	}
	for _, s := range list {
		if s != "" && !lacks[s] {
			out = append(out, s)
		}
	}
	return out
}

// Statements returns the differing statements of a part, sorted by key. t writes names and values.
func Statements(before, after *policy.Policy, part Part, t Texts) []StatementChange {
	was, is := collected(before, part, t), collected(after, part, t)
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
// constraints with the same text whose attributes have other members, and networks, interfaces and
// InfiniBand keys in another order, since the first match counts.
func Changes(before, after *policy.Policy, part Part) []StatementChange {
	return append(Statements(before, after, part, plainTexts{}), reordered(before, after, part)...)
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
