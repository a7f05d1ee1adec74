package te

import (
	"strings"

	"github.com/senet-selinux/senet/internal/pp"
)

// declareRole declares a role or a role attribute, and returns its entry in the table of the open
// block. A role can be declared twice. It returns nil after a mistake.
func (b *builder) declareRole(name ident, flavor uint32) *pp.Role {
	made, value, ok := b.createRole(name, flavor, pp.ScopeDeclared)
	if !ok {
		return nil
	}
	r := b.roles.find(name.text)
	if own := &b.open.decl.roles; b.open.parent != nil {
		if r = own.find(name.text); r == nil {
			r = &pp.Role{Name: name.text, Value: value, Flavor: flavor}
			if i := strings.LastIndexByte(name.text, '.'); i >= 0 {
				parent := own.find(name.text[:i])
				if parent == nil {
					b.bad(name.pos, "role %s, which bounds %s, is not in this block", name.text[:i], name.text)
					return nil
				}
				r.Bounds = parent.Value
			}
			own.add(name.text, r)
		}
	}
	if made {
		r.Dominates.Add(r.Value - 1)
	}
	return r
}

// createRole adds a role to the module's table if it is missing, and returns whether it was added,
// and its value.
func (b *builder) createRole(name ident, flavor, scope uint32) (made bool, value uint32, ok bool) {
	r := b.roles.find(name.text)
	both := flavor == pp.RoleRole && r != nil && r.Flavor == pp.RoleRole
	if !b.scoped(pp.Roles, name, scope, both) {
		return false, 0, false
	}
	if r == nil {
		r = &pp.Role{Name: name.text, Value: b.value(pp.Roles), Flavor: flavor}
		b.roles.add(name.text, r)
		made = true
	} else if r.Flavor != flavor {
		b.bad(name.pos, "%s is used both as a role and as an attribute of roles", name.text)
		return false, 0, false
	}
	b.mark(pp.Roles, scope, r.Value)
	return made, r.Value, true
}

// localRole returns the entry of a role in the open block's own table.
func (b *builder) localRole(r *pp.Role) *pp.Role {
	if b.open.parent == nil {
		return r
	}
	own := &b.open.decl.roles
	l := own.find(r.Name)
	if l == nil {
		l = &pp.Role{Name: r.Name, Value: r.Value, Flavor: r.Flavor}
		own.add(r.Name, l)
	}
	return l
}

func (b *builder) roleTypes(s *roleTypesStmt) {
	r := b.roles.find(s.name.text)
	if b.check(pp.Roles, "role", s.name, r != nil) {
		b.typeSet(&b.localRole(r).Types, s.types, false)
	}
}

// roleSet adds the roles of a set. Neither "*" nor "~" nor "-" is allowed in it.
func (b *builder) roleSet(to *pp.Set, names nameSet) {
	for _, name := range names {
		if name.text == "*" || name.text == "~" || name.text == "-" {
			b.bad(name.pos, "%q is not allowed in sets of roles", name.text)
			continue
		}
		if r := b.roles.find(name.text); b.check(pp.Roles, "role", name, r != nil) {
			to.Add(r.Value - 1)
		}
	}
}

func (b *builder) roleAllow(s *roleAllowStmt) {
	var r pp.RoleAllow
	b.roleSet(&r.From.Roles, s.from)
	b.roleSet(&r.To.Roles, s.to)
	d := b.open.decl
	d.RoleAllows = append(d.RoleAllows, r) // reversed at the end
}

func (b *builder) roleTransition(s *roleTransitionStmt) {
	var r pp.RoleTransition
	b.roleSet(&r.Roles.Roles, s.roles)
	b.typeSet(&r.Types, s.types, false)
	b.classSet(&r.Classes, s.classes, s.hasClasses, s.newRole)
	to := b.roles.find(s.newRole.text)
	if !b.check(pp.Roles, "role", s.newRole, to != nil) {
		return
	}
	if to.Flavor != pp.RoleRole {
		b.bad(s.newRole.pos, "the new role %s is an attribute", s.newRole.text)
		return
	}
	r.New = to.Value
	types := b.expanded(&r.Types)
	for role := range r.Roles.Roles.All() {
		for t := range types.All() {
			for class := range r.Classes.All() {
				key := [3]uint32{role, t, class}
				if b.transitions[key] {
					b.bad(s.pos, "there is already a role transition for this role, type %s and class", b.typeName(t+1))
					return
				}
				if len(b.transitions) >= maxTransitions {
					b.bad(s.pos, "the module has more than %d role transitions", maxTransitions)
					return
				}
				b.transitions[key] = true
			}
		}
	}
	d := b.open.decl
	d.RoleTransitions = append(d.RoleTransitions, r)
}

// classSet adds classes; if none are given, it adds the class process.
func (b *builder) classSet(to *pp.Set, names nameSet, given bool, at ident) {
	if !given {
		if c := b.classes.find("process"); c != nil {
			to.Add(c.Value - 1)
			return
		}
		b.bad(at.pos, "a transition without a class is for the class process, which is not required")
		return
	}
	for _, name := range names {
		if c := b.classes.find(name.text); b.check(pp.Classes, "class", name, c != nil) {
			to.Add(c.Value - 1)
		}
	}
}

// user declares a user, in the second pass: its roles, and in a policy with levels its levels.
func (b *builder) user(s *userStmt) {
	value, ok := b.createUser(s.name, pp.ScopeDeclared)
	if !ok {
		return
	}
	u := b.users.find(s.name.text)
	if own := &b.open.decl.users; b.open.parent != nil {
		if u = own.find(s.name.text); u == nil {
			u = newUser(s.name.text, value)
			if i := strings.LastIndexByte(s.name.text, '.'); i >= 0 {
				parent := own.find(s.name.text[:i])
				if parent == nil {
					b.bad(s.name.pos, "user %s, which bounds %s, is not in this block", s.name.text[:i], s.name.text)
					return
				}
				u.Bounds = parent.Value
			}
			own.add(s.name.text, u)
		}
	}
	b.roleSet(&u.Roles.Roles, s.roles)
	switch {
	case b.o.MLS && !s.hasLevels:
		b.bad(s.name.pos, "user %s has no level: user %s roles ROLE level LEVEL range LOW - HIGH;", s.name.text,
			s.name.text)
	case !b.o.MLS && s.hasLevels:
		b.bad(s.name.pos, "user %s has levels in a policy without levels", s.name.text)
	case b.o.MLS:
		b.level(&u.Level, s.level)
		b.mlsRange(&u.Range, s.low, s.high, s.hasHigh)
	}
}

func newUser(name string, value uint32) *pp.User {
	return &pp.User{Name: name, Value: value, OldRange: pp.Range{One: true}}
}

// createUser adds a user to the module's table if it is missing, and returns its value.
func (b *builder) createUser(name ident, scope uint32) (value uint32, ok bool) {
	if !b.scoped(pp.Users, name, scope, true) {
		return 0, false
	}
	u := b.users.find(name.text)
	if u == nil {
		u = newUser(name.text, b.value(pp.Users))
		b.users.add(name.text, u)
	}
	b.mark(pp.Users, scope, u.Value)
	return u.Value, true
}
