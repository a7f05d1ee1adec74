package query

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// A NameKind is the kind of a name in a criterion.
type NameKind uint8

// The kinds of names.
const (
	NameType  NameKind = 1 + iota // a type, alias or attribute
	NameClass                     // an object class
	NamePerm                      // a permission
	NameBool                      // a boolean
	NameRole                      // a role
)

// String returns the term for the kind.
func (k NameKind) String() string {
	switch k {
	case NameType:
		return "type or attribute"
	case NameClass:
		return "class"
	case NamePerm:
		return "permission"
	case NameBool:
		return "boolean"
	case NameRole:
		return "role"
	}
	return "name"
}

// An UnknownError says that a criterion has a name that the policy lacks.
type UnknownError struct {
	Kind NameKind
	// Names are the unknown names in the order of the criterion: one, or for permissions all that
	// no class has.
	Names []string
	// Classes are the classes in which the permissions were looked up, nil for all classes of the
	// policy.
	Classes []string
}

// Error returns a message such as `unknown class "tcp_sock"`.
func (e *UnknownError) Error() string {
	var b strings.Builder
	b.WriteString("unknown ")
	b.WriteString(e.Kind.String())
	for i, name := range e.Names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte(' ')
		b.WriteString(strconv.Quote(name))
	}
	if len(e.Classes) > 0 {
		b.WriteString(" in the given classes")
	}
	return b.String()
}

func unknown(kind NameKind, name string) error {
	return &UnknownError{Kind: kind, Names: []string{name}}
}

// A TypeMatch is a criterion for the type or attribute in a rule. The zero TypeMatch accepts every
// one.
//
// Text names a type, one of its aliases, or an attribute, and must exist. A Regexp is matched with
// the names of types, not with those of attributes or aliases.
type TypeMatch struct {
	Match
	// Direct compares the type or attribute in the rule by its own name: no attribute is expanded,
	// and a Regexp is also matched with attributes.
	Direct bool
}

// resolve returns the types and attributes that a rule accepted by the criterion may name, nil if
// that is all.
func (m TypeMatch) resolve(p *policy.Policy) (*policy.Set[policy.TypeID], error) {
	if m.isZero() {
		return nil, nil
	}
	set := policy.NewSet(p.MaxType())
	if m.Regexp == nil {
		id, ok := p.TypeOrAttribute(m.Text)
		if !ok {
			return nil, unknown(NameType, m.Text)
		}
		switch {
		case m.Direct:
			set.Add(id)
		case p.IsAttribute(id):
			addReferences(p, set, p.Members(id))
		default:
			set = p.Attributes(id)
		}
		return &set, nil
	}
	if m.Direct {
		for id := policy.TypeID(1); id <= p.MaxType(); id++ {
			if m.accepts(p.TypeName(id)) {
				set.Add(id)
			}
		}
		return &set, nil
	}
	matching := policy.NewSet(p.MaxType())
	for id := range p.Types() {
		if m.accepts(p.TypeName(id)) {
			matching.Add(id)
		}
	}
	addReferences(p, set, matching)
	return &set, nil
}

// addReferences adds all types and attributes that a rule for one of the types may name.
func addReferences(p *policy.Policy, set, types policy.Set[policy.TypeID]) {
	for id := range types.All() {
		set.AddAll(p.Attributes(id))
	}
}

// A ClassMatch is a criterion for an object class. The zero ClassMatch accepts
// every one.
type ClassMatch struct {
	Names  []string       // any of these classes, which must exist
	Regexp *regexp.Regexp // found anywhere in the name; takes precedence over Names
}

func (m ClassMatch) isZero() bool { return len(m.Names) == 0 && m.Regexp == nil }

func (m ClassMatch) resolve(p *policy.Policy) (*policy.Set[policy.ClassID], error) {
	if m.isZero() {
		return nil, nil
	}
	set := policy.NewSet(p.MaxClass())
	if m.Regexp != nil {
		for id := range p.Classes() {
			if m.Regexp.MatchString(p.ClassName(id)) {
				set.Add(id)
			}
		}
		return &set, nil
	}
	for _, name := range m.Names {
		id, ok := p.Class(name)
		if !ok {
			return nil, unknown(NameClass, name)
		}
		set.Add(id)
	}
	return &set, nil
}

// resolveRole returns the roles that the criterion accepts, nil if that is all.
func resolveRole(p *policy.Policy, m Match) (*policy.Set[policy.RoleID], error) {
	if m.isZero() {
		return nil, nil
	}
	set := policy.NewSet(policy.RoleID(p.DB().Roles.NPrim))
	if m.Regexp == nil {
		id, ok := p.Role(m.Text)
		if !ok {
			return nil, unknown(NameRole, m.Text)
		}
		set.Add(id)
		return &set, nil
	}
	for id := range p.Roles() {
		if m.accepts(p.RoleName(id)) {
			set.Add(id)
		}
	}
	return &set, nil
}

// has reports whether a set has id; nil is no restriction.
func has[T ~uint32](set *policy.Set[T], id T) bool { return set == nil || set.Has(id) }
