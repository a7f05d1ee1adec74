package query

import (
	"iter"
	"regexp"

	"github.com/senet-selinux/senet/policy"
)

// A Match is a criterion for a name. The zero Match accepts every name.
type Match struct {
	Text   string         // the name, exactly; "" for no restriction
	Regexp *regexp.Regexp // found anywhere in the name; takes precedence over Text
}

func (m Match) isZero() bool { return m.Text == "" && m.Regexp == nil }

func (m Match) accepts(name string) bool {
	switch {
	case m.Regexp != nil:
		return m.Regexp.MatchString(name)
	case m.Text != "":
		return m.Text == name
	}
	return true
}

func (m Match) acceptsAny(names iter.Seq[string]) bool {
	for name := range names {
		if m.accepts(name) {
			return true
		}
	}
	return false
}

// A SetMatch is a criterion for a set of names. The zero SetMatch accepts every set.
type SetMatch struct {
	// Names accepts a set that has one of them; with All, one that has all of them; with
	// Equal, one that has exactly them.
	Names      []string
	All, Equal bool
	Regexp     *regexp.Regexp // accepts a set with a member that it matches; takes precedence over Names
}

func (m *SetMatch) isZero() bool { return len(m.Names) == 0 && m.Regexp == nil }

func (m *SetMatch) accepts(set iter.Seq[string]) bool {
	switch {
	case m.isZero():
		return true
	case m.Regexp != nil:
		return Match{Regexp: m.Regexp}.acceptsAny(set)
	}
	found := make([]bool, len(m.Names))
	hits, others := 0, 0
	for name := range set {
		other := true
		for i, want := range m.Names {
			if want != name {
				continue
			}
			other = false
			if !found[i] {
				found[i] = true
				hits++
			}
		}
		if other {
			others++
		}
	}
	switch {
	case m.Equal:
		return hits == len(m.Names) && others == 0
	case m.All:
		return hits == len(m.Names)
	}
	return hits > 0
}

// A Truth is a criterion for a property that is true or false.
type Truth uint8

// The values of a Truth.
const (
	Either Truth = iota // no restriction
	True
	False
)

func (t Truth) accepts(b bool) bool { return t == Either || (t == True) == b }

// A Relation is the required relation of a criterion's range to a record's.
type Relation uint8

// The relations, with SETools' names.
const (
	Equal    Relation = iota // the same range
	Within                   // the criterion is inside the record's range ("subset")
	Covers                   // the criterion contains the record's range ("superset")
	Overlaps                 // they have common elements ("overlap")
)

// An Interval is a criterion for a range of numbers, both ends inclusive.
type Interval struct {
	Low, High uint64
	Relation  Relation
	Proper    bool // Within and Covers do not accept the same range
}

func (i *Interval) accepts(low, high uint64) bool {
	if i == nil {
		return true
	}
	le := func(a, b uint64) bool { return a <= b }
	return relates(i.Relation, i.Proper, i.Low, i.High, low, high, le)
}

// relates decides a relation under a partial order.
func relates[T any](r Relation, proper bool, low, high, recordLow, recordHigh T, le func(a, b T) bool) bool {
	within := le(recordLow, low) && le(high, recordHigh)
	covers := le(low, recordLow) && le(recordHigh, high)
	switch r {
	case Within:
		return within && !(proper && covers)
	case Covers:
		return covers && !(proper && within)
	case Overlaps:
		return covers || le(recordLow, low) && le(low, recordHigh) || le(recordLow, high) && le(high, recordHigh)
	}
	return within && covers
}

// A LevelRange is a criterion for an MLS range.
type LevelRange struct {
	Range    policy.Range
	Relation Relation
	Proper   bool
}

func (r *LevelRange) accepts(record policy.Range) bool {
	if r == nil {
		return true
	}
	le := func(a, b policy.Level) bool { return policy.Dominates(b, a) }
	return relates(r.Relation, r.Proper, r.Range.Low, r.Range.High, record.Low, record.High, le)
}

// A ContextMatch is a criterion for a context. The zero ContextMatch accepts
// every context.
type ContextMatch struct {
	User, Role, Type Match
	Range            *LevelRange // accepts nothing in a policy without MLS; nil for no restriction
}

func (m *ContextMatch) accepts(p *policy.Policy, c *policy.Context) bool {
	return (m.User.isZero() || m.User.accepts(p.UserName(policy.UserID(c.User)))) &&
		(m.Role.isZero() || m.Role.accepts(p.RoleName(policy.RoleID(c.Role)))) &&
		(m.Type.isZero() || m.Type.accepts(p.TypeName(policy.TypeID(c.Type)))) &&
		(m.Range == nil || p.MLS() && m.Range.accepts(c.Range))
}
