package query

import (
	"iter"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// A TypeQuery selects types; the zero TypeQuery selects all.
type TypeQuery struct {
	Name       Match    // of the type or of one of its aliases
	OwnName    bool     // Name does not match aliases
	Alias      Match    // one of its aliases
	Attributes SetMatch // the names of its attributes
	Permissive Truth
}

// Types yields the types, without attributes, by ascending value.
func Types(p *policy.Policy, q TypeQuery) iter.Seq[policy.TypeID] {
	return func(yield func(policy.TypeID) bool) {
		byName, byAlias := aliasedTypes(p, q.Name), aliasedTypes(p, q.Alias)
		for id := range p.Types() {
			if !q.Permissive.accepts(p.IsPermissive(id)) ||
				!q.Name.isZero() && (q.OwnName || !byName.Has(id)) && !q.Name.accepts(p.TypeName(id)) ||
				!q.Alias.isZero() && !byAlias.Has(id) ||
				!q.Attributes.isZero() && !q.Attributes.accepts(typeNames(p, attributesOf(p, id))) {
				continue
			}
			if !yield(id) {
				return
			}
		}
	}
}

// aliasedTypes returns the types that have an alias the criterion accepts, and
// an empty set if it is none.
func aliasedTypes(p *policy.Policy, m Match) policy.Set[policy.TypeID] {
	if m.isZero() {
		return policy.Set[policy.TypeID]{}
	}
	set := policy.NewSet(p.MaxType())
	items := p.DB().Types.Items
	for i := range items {
		if items[i].IsAlias() && m.accepts(items[i].Name) {
			set.Add(policy.TypeID(items[i].Value))
		}
	}
	return set
}

func attributesOf(p *policy.Policy, id policy.TypeID) iter.Seq[policy.TypeID] {
	return func(yield func(policy.TypeID) bool) {
		for a := range p.Attributes(id).All() {
			if a != id && !yield(a) {
				return
			}
		}
	}
}

func typeNames(p *policy.Policy, ids iter.Seq[policy.TypeID]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range ids {
			if !yield(p.TypeName(id)) {
				return
			}
		}
	}
}

// An AttributeQuery selects type attributes; the zero AttributeQuery selects all, including those
// without members.
type AttributeQuery struct {
	Name  Match
	Types SetMatch // the names of its members
}

// Attributes yields the type attributes by ascending value.
func Attributes(p *policy.Policy, q AttributeQuery) iter.Seq[policy.TypeID] {
	return func(yield func(policy.TypeID) bool) {
		for id := range p.AllAttributes() {
			if q.Name.accepts(p.TypeName(id)) &&
				(q.Types.isZero() || q.Types.accepts(typeNames(p, p.Members(id).All()))) && !yield(id) {
				return
			}
		}
	}
}

// A Bound is a typebounds statement: Child has no access that Parent lacks.
type Bound struct {
	Parent, Child policy.TypeID
}

// A BoundQuery selects typebounds statements; the zero BoundQuery selects all.
type BoundQuery struct {
	Parent, Child Match
}

// Bounds yields the typebounds statements by ascending value of the child.
func Bounds(p *policy.Policy, q BoundQuery) iter.Seq[Bound] {
	return func(yield func(Bound) bool) {
		for id := range p.Types() {
			b := Bound{Parent: p.Bounds(id), Child: id}
			if b.Parent != 0 && q.Parent.accepts(p.TypeName(b.Parent)) && q.Child.accepts(p.TypeName(id)) && !yield(b) {
				return
			}
		}
	}
}

// A RoleQuery selects roles; the zero RoleQuery selects all.
type RoleQuery struct {
	Name  Match
	Types SetMatch // the names of the types the role may have
}

// Roles yields the roles by ascending value.
func Roles(p *policy.Policy, q RoleQuery) iter.Seq[policy.RoleID] {
	return func(yield func(policy.RoleID) bool) {
		for id := range p.Roles() {
			if q.Name.accepts(p.RoleName(id)) &&
				(q.Types.isZero() || q.Types.accepts(typeNames(p, RoleTypes(p, id).All()))) && !yield(id) {
				return
			}
		}
	}
}

// RoleTypes returns the types that a role may have. It is empty for object_r, which may have
// every type: the kernel and libsepol drop its types in a policy file (role_read).
func RoleTypes(p *policy.Policy, id policy.RoleID) policy.Set[policy.TypeID] {
	if p.RoleName(id) == "object_r" {
		return policy.Set[policy.TypeID]{}
	}
	return p.RoleTypes(id)
}

// A UserQuery selects users; the zero UserQuery selects all. Levels accept
// nothing in a policy without MLS.
type UserQuery struct {
	Name  Match
	Roles SetMatch    // the names of its roles, without object_r
	Level *LevelMatch // its default level
	Range *LevelRange
}

// A LevelMatch is a criterion for an MLS level.
type LevelMatch struct {
	Level    policy.Level
	Relation LevelRelation
}

// A LevelRelation is the required relation of a criterion's level to a record's.
type LevelRelation uint8

// The relations of levels, as in the operators of constraints.
const (
	LevelEqual  LevelRelation = iota
	LevelDom                  // the criterion dominates the record
	LevelDomBy                // the record dominates the criterion
	LevelIncomp               // neither dominates the other
)

func (m *LevelMatch) accepts(l policy.Level) bool {
	dom, domBy := policy.Dominates(m.Level, l), policy.Dominates(l, m.Level)
	switch m.Relation {
	case LevelDom:
		return dom
	case LevelDomBy:
		return domBy
	case LevelIncomp:
		return !dom && !domBy
	}
	return dom && domBy
}

// Users yields the users by ascending value.
func Users(p *policy.Policy, q UserQuery) iter.Seq[policy.UserID] {
	return func(yield func(policy.UserID) bool) {
		for id := range p.Users() {
			u := p.UserInfo(id)
			if !q.Name.accepts(u.Name) ||
				!q.Roles.isZero() && !q.Roles.accepts(slices.Values(UserRoles(p, id))) ||
				q.Level != nil && !(p.MLS() && q.Level.accepts(u.DefaultLevel)) ||
				q.Range != nil && !(p.MLS() && q.Range.accepts(u.Range)) {
				continue
			}
			if !yield(id) {
				return
			}
		}
	}
}

// UserRoles returns the names of a user's roles by ascending value, without
// object_r, which compilers give to every user.
func UserRoles(p *policy.Policy, id policy.UserID) []string {
	var names []string
	for role := range p.UserRoles(id).All() {
		if name := p.RoleName(role); name != "" && name != "object_r" {
			names = append(names, name)
		}
	}
	return names
}
