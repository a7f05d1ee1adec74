package te

import "github.com/senet-selinux/senet/internal/pp"

// require adds symbols to those that the open block requires: users in the second pass, all others
// in the first.
func (b *builder) require(s *requireStmt) {
	for _, r := range s.items {
		if b.pass == 2 {
			if r.word == "user" {
				for _, name := range r.names {
					b.createUser(name, pp.ScopeRequired)
				}
			}
			continue
		}
		if r.word == "class" {
			b.requireClass(r.names[0], r.perms)
			continue
		}
		for _, name := range r.names {
			b.requireName(r.word, name)
		}
	}
}

func (b *builder) requireName(word string, name ident) {
	switch word {
	case "type":
		b.createType(name, pp.TypeType, pp.ScopeRequired)
	case "attribute":
		b.createType(name, pp.TypeAttribute, pp.ScopeRequired)
	case "role", "attribute_role":
		flavor := uint32(pp.RoleRole)
		if word != "role" {
			flavor = pp.RoleAttribute
		}
		if made, value, ok := b.createRole(name, flavor, pp.ScopeRequired); ok && made {
			b.roles.find(name.text).Dominates.Add(value - 1)
		}
	case "bool", "tunable":
		if !b.scoped(pp.Bools, name, pp.ScopeRequired, true) {
			return
		}
		v := b.bools.find(name.text)
		if v == nil {
			v = &pp.Bool{Name: name.text, Value: b.value(pp.Bools)}
			if word == "tunable" {
				v.Flags = pp.BoolTunable
			}
			b.bools.add(name.text, v)
		}
		b.mark(pp.Bools, pp.ScopeRequired, v.Value)
	case "sensitivity":
		if !b.scoped(pp.Levels, name, pp.ScopeRequired, true) {
			return
		}
		l := b.levels.find(name.text)
		if l == nil {
			l = &pp.Level{Name: name.text, Level: pp.MLSLevel{Sens: b.value(pp.Levels)}}
			b.levels.add(name.text, l)
		}
		b.mark(pp.Levels, pp.ScopeRequired, l.Level.Sens)
	case "category":
		if !b.scoped(pp.Categories, name, pp.ScopeRequired, true) {
			return
		}
		c := b.cats.find(name.text)
		if c == nil {
			c = &pp.Category{Name: name.text, Value: b.value(pp.Categories)}
			b.cats.add(name.text, c)
		}
		b.mark(pp.Categories, pp.ScopeRequired, c.Value)
	}
}

// maxPerms is the largest number of permissions of a class: a rule has a bit for each.
const maxPerms = 32

// requireClass requires a class and permissions. Their bits are in the order of their first
// appearance in the source.
func (b *builder) requireClass(name ident, perms nameSet) {
	if !b.scoped(pp.Classes, name, pp.ScopeRequired, true) {
		return
	}
	c := b.classes.find(name.text)
	if c == nil {
		c = &pp.Class{Name: name.text, Value: b.value(pp.Classes)}
		b.classes.add(name.text, c)
	}
	b.mark(pp.Classes, pp.ScopeRequired, c.Value)
	for _, p := range perms {
		value := permValue(c, p.text)
		if value == 0 {
			if c.Perms.Values == maxPerms {
				b.bad(p.pos, "class %s has more than %d permissions", name.text, maxPerms)
				return
			}
			c.Perms.Values++
			value = c.Perms.Values
			c.Perms.Items = append(c.Perms.Items, pp.Perm{Name: p.text, Value: value})
		}
		own := &b.open.decl.Required
		for uint32(len(own.Perms)) < c.Value {
			own.Perms = append(own.Perms, pp.Set{})
		}
		own.Perms[c.Value-1].Add(value - 1)
	}
}

// permValue returns the value of a permission, 0 if the class does not have it.
func permValue(c *pp.Class, name string) uint32 {
	for _, p := range c.Perms.Items {
		if p.Name == name {
			return p.Value
		}
	}
	return 0
}
