package semanage

import (
	"fmt"

	"github.com/senet-selinux/senet/policydb"
)

// policyNames looks names up in the symbol tables of a policy, and contexts.
// It scans: a transaction asks for few.
type policyNames struct {
	db    *policydb.Policy
	store *Store // whose policy it is, nil for none
}

func (p *policyNames) typ(name string) *policydb.Type {
	for i := range p.db.Types.Items {
		if t := &p.db.Types.Items[i]; t.Name == name {
			return t
		}
	}
	return nil
}

// typeName returns the name of a type by its value, not an alias's.
func (p *policyNames) typeName(value uint32) string {
	for i := range p.db.Types.Items {
		if t := &p.db.Types.Items[i]; t.Value == value && !t.IsAlias() {
			return t.Name
		}
	}
	return ""
}

// realType returns the type's own name where name is an alias, else name
// (get_real_type_name of sepolicy).
func (p *policyNames) realType(name string) string {
	if t := p.typ(name); t != nil && t.IsAlias() {
		if own := p.typeName(t.Value); own != "" {
			return own
		}
	}
	return name
}

// hasAttribute reports whether the type called name has the attribute.
func (p *policyNames) hasAttribute(name, attribute string) bool {
	t, attr := p.typ(name), p.typ(attribute)
	if t == nil || attr == nil || t.IsAttribute() || !attr.IsAttribute() || int(t.Value) > len(p.db.TypeAttrMap) {
		return false
	}
	return p.db.TypeAttrMap[t.Value-1].Has(attr.Value - 1)
}

func (p *policyNames) role(name string) *policydb.Role {
	for i := range p.db.Roles.Items {
		if r := &p.db.Roles.Items[i]; r.Name == name {
			return r
		}
	}
	return nil
}

func (p *policyNames) user(name string) *policydb.User {
	for i := range p.db.Users.Items {
		if u := &p.db.Users.Items[i]; u.Name == name {
			return u
		}
	}
	return nil
}

func (p *policyNames) boolean(name string) *policydb.Bool {
	for i := range p.db.Bools.Items {
		if b := &p.db.Bools.Items[i]; b.Name == name {
			return b
		}
	}
	return nil
}

func (p *policyNames) sensitivity(name string) (uint32, bool) {
	for i := range p.db.Sensitivities.Items {
		if s := &p.db.Sensitivities.Items[i]; s.Name == name {
			return s.Level.Sens, true
		}
	}
	return 0, false
}

func (p *policyNames) category(name string) (uint32, bool) {
	for i := range p.db.Categories.Items {
		if c := &p.db.Categories.Items[i]; c.Name == name {
			return c.Value, true
		}
	}
	return 0, false
}

func (p *policyNames) sensitivityName(value uint32) string {
	for i := range p.db.Sensitivities.Items {
		if s := &p.db.Sensitivities.Items[i]; s.Level.Sens == value && s.IsAlias == 0 {
			return s.Name
		}
	}
	return fmt.Sprintf("?%d", value)
}

func (p *policyNames) categoryName(value uint32) string {
	for i := range p.db.Categories.Items {
		if c := &p.db.Categories.Items[i]; c.Value == value && c.IsAlias == 0 {
			return c.Name
		}
	}
	return fmt.Sprintf("?%d", value)
}

// context resolves and checks a context, as context_from_record of libsepol.
func (p *policyNames) context(c Context) (policydb.Context, error) {
	u, r, t := p.user(c.User), p.role(c.Role), p.typ(c.Type)
	switch {
	case u == nil:
		return policydb.Context{}, fmt.Errorf("%w: user %s is not defined", ErrContext, c.User)
	case r == nil && c.Role != objectRole:
		return policydb.Context{}, fmt.Errorf("%w: role %s is not defined", ErrContext, c.Role)
	case t == nil || t.IsAttribute():
		return policydb.Context{}, fmt.Errorf("%w: type %s is not defined", ErrType, c.Type)
	case c.Range != "" && !p.db.MLS():
		return policydb.Context{}, fmt.Errorf("%w: a range, but the policy has no MLS: %s", ErrContext, c)
	case c.Range == "" && p.db.MLS():
		return policydb.Context{}, fmt.Errorf("%w: the policy has MLS, the context no range: %s", ErrContext, c)
	}
	out := policydb.Context{User: u.Value, Role: objectRoleValue, Type: t.Value}
	if r != nil {
		out.Role = r.Value
	}
	if c.Range != "" {
		var err error
		if out.Range, err = p.parseRange(c.Range); err != nil {
			return policydb.Context{}, err
		}
	}
	if !p.valid(out, u, r) {
		return policydb.Context{}, fmt.Errorf("%w: %s", ErrContext, c)
	}
	return out, nil
}

// Every policy has object_r, whether its table names it or not.
const (
	objectRole      = "object_r"
	objectRoleValue = 1
)

// valid mirrors context_is_valid.
func (p *policyNames) valid(c policydb.Context, u *policydb.User, r *policydb.Role) bool {
	if c.Role != objectRoleValue {
		if !r.Types.Has(c.Type-1) || !u.Roles.Has(c.Role-1) {
			return false
		}
	}
	if !p.db.MLS() {
		return true
	}
	if !dominates(c.Range.High, c.Range.Low) {
		return false
	}
	for _, l := range []policydb.Level{c.Range.Low, c.Range.High} {
		if !p.levelAllowed(l) {
			return false
		}
	}
	return c.Role == objectRoleValue ||
		dominates(c.Range.Low, u.Range.Low) && dominates(u.Range.High, c.Range.High)
}

// levelAllowed reports whether the sensitivity may have those categories.
func (p *policyNames) levelAllowed(l policydb.Level) bool {
	for i := range p.db.Sensitivities.Items {
		if s := &p.db.Sensitivities.Items[i]; s.Level.Sens == l.Sens && s.IsAlias == 0 {
			return subset(l.Cats, s.Level.Cats)
		}
	}
	return false
}

// contextText is the inverse of context (context_to_record).
func (p *policyNames) contextText(c policydb.Context) Context {
	var out Context
	for i := range p.db.Users.Items {
		if u := &p.db.Users.Items[i]; u.Value == c.User {
			out.User = u.Name
		}
	}
	out.Role = objectRole
	for i := range p.db.Roles.Items {
		if r := &p.db.Roles.Items[i]; r.Value == c.Role {
			out.Role = r.Name
		}
	}
	out.Type = p.typeName(c.Type)
	if p.db.MLS() {
		out.Range = p.rangeText(c.Range)
	}
	return out
}
