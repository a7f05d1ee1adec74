package te

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/pp"
)

// value returns the next value of a table.
func (b *builder) value(table int) uint32 {
	t := &b.m.Tables
	n := map[int]*uint32{pp.Classes: &t.Classes.Values, pp.Roles: &t.Roles.Values, pp.Types: &t.Types.Values,
		pp.Users: &t.Users.Values, pp.Bools: &t.Bools.Values, pp.Levels: &t.Levels.Values,
		pp.Categories: &t.Categories.Values}[table]
	*n++
	return *n
}

// scoped notes where a symbol is declared or required, and reports whether this is allowed. twice
// says that a symbol may be declared twice.
func (b *builder) scoped(table int, name ident, scope uint32, twice bool) bool {
	if b.open.inElse {
		b.bad(name.pos, "%s %s cannot be declared or required after else", tableNames[table], name.text)
		return false
	}
	all := [pp.NumTables]known{nil, &b.classes, &b.roles, &b.types, &b.users, &b.bools, &b.levels, &b.cats}
	b.buckets[table] = pp.Buckets(table, b.buckets[table], all[table].count())
	id := b.open.decl.ID
	s := b.scopes[table].find(name.text)
	switch {
	case s == nil:
		s = &pp.Scope{Name: name.text, Kind: scope}
		b.scopes[table].add(name.text, s)
	case s.Kind == pp.ScopeDeclared && scope == pp.ScopeDeclared && !twice:
		b.bad(name.pos, "%s %s is declared twice", tableNames[table], name.text)
		return false
	case scope == pp.ScopeDeclared:
		s.Kind = pp.ScopeDeclared
	}
	if slices.Contains(s.Decls, id) {
		return true
	}
	s.Decls = append(s.Decls, id)
	if n := len(s.Decls); s.Kind == pp.ScopeDeclared && scope == pp.ScopeRequired {
		// The branch that declares it stays the last.
		s.Decls[n-2], s.Decls[n-1] = s.Decls[n-1], s.Decls[n-2]
	}
	return true
}

// mark adds a value to those that the open block declares or requires.
func (b *builder) mark(table int, scope, value uint32) {
	if d := b.open.decl; scope == pp.ScopeDeclared {
		d.Declared.Symbols[table].Add(value - 1)
	} else {
		d.Required.Symbols[table].Add(value - 1)
		b.open.required = true
	}
}

// inScope reports whether a symbol is declared or required in one of the open blocks.
func (b *builder) inScope(table int, name string) bool {
	s := b.scopes[table].find(name)
	for f := b.open; s != nil && f != nil; f = f.parent {
		if slices.Contains(s.Decls, f.decl.ID) {
			return true
		}
	}
	return s == nil // the caller reports it as unknown
}

// check reports whether a name of a table can be used here.
func (b *builder) check(table int, of string, name ident, there bool) bool {
	switch {
	case !b.inScope(table, name.text):
		b.bad(name.pos, "%s %s is not declared or required in this block", of, name.text)
		return false
	case !there:
		b.unknown(table, of, name)
		return false
	}
	return true
}

// declareType declares a type or an attribute. It returns nil after a mistake.
func (b *builder) declareType(name ident, flavor uint32) *pp.Type {
	return b.createType(name, flavor, pp.ScopeDeclared)
}

func (b *builder) createType(name ident, flavor, scope uint32) *pp.Type {
	if name.text == "self" {
		b.bad(name.pos, "no type can have the name self")
		return nil
	}
	if !b.scoped(pp.Types, name, scope, false) {
		return nil
	}
	t := b.types.find(name.text)
	if t == nil {
		t = &pp.Type{Name: name.text, Value: b.value(pp.Types), Primary: 1, Flavor: flavor}
		b.types.add(name.text, t)
	} else if t.Flavor != flavor {
		b.bad(name.pos, "%s is used both as a type and as an attribute", name.text)
		return nil
	}
	b.mark(pp.Types, scope, t.Value)
	return t
}

// known returns a type or an attribute that can be used here, or nil.
func (b *builder) known(name ident, flavor uint32) *pp.Type {
	t := b.types.find(name.text)
	of := "type"
	if flavor == pp.TypeAttribute {
		of = "attribute"
	}
	switch {
	case !b.check(pp.Types, of, name, t != nil):
		return nil
	case flavor == pp.TypeAttribute && t.Flavor != pp.TypeAttribute:
		b.bad(name.pos, "%s is a type, not an attribute", name.text)
		return nil
	case flavor != pp.TypeAttribute && t.Flavor == pp.TypeAttribute:
		b.bad(name.pos, "%s is an attribute, not a type", name.text)
		return nil
	}
	return t
}

// localType returns the entry of a type in the open block's own table.
func (b *builder) localType(t *pp.Type) *pp.Type {
	if b.open.parent == nil {
		return t
	}
	own := &b.open.decl.types
	l := own.find(t.Name)
	if l == nil {
		l = &pp.Type{Name: t.Name, Value: t.Value, Primary: 1, Flavor: t.Flavor}
		own.add(t.Name, l)
	}
	return l
}

func (b *builder) typ(s *typeStmt) {
	if b.pass == 2 {
		if i := strings.LastIndexByte(s.name.text, '.'); i >= 0 {
			b.bound(ident{s.name.text[:i], s.name.pos}, s.name)
		}
		return
	}
	t := b.declareType(s.name, pp.TypeType)
	if t == nil {
		return
	}
	b.aliases(t, s.aliases)
	b.joinType(t.Value, s.attrs)
}

// aliases declares aliases of a type. An alias that was required before keeps its value.
func (b *builder) aliases(t *pp.Type, names nameSet) {
	for _, name := range names {
		switch {
		case strings.Contains(name.text, "."):
			b.bad(name.pos, "the alias %s has a period", name.text)
			continue
		case name.text == "-" || name.text == "~" || name.text == "*":
			b.bad(name.pos, "aliases must be names without %q", name.text)
			continue
		case !b.scoped(pp.Types, name, pp.ScopeDeclared, false):
			continue
		}
		b.mark(pp.Types, pp.ScopeDeclared, t.Value)
		if a := b.types.find(name.text); a != nil {
			a.Primary, a.Flavor = t.Value, pp.TypeAlias
			continue
		}
		b.types.add(name.text, &pp.Type{Name: name.text, Value: t.Value})
	}
}

// member adds a type or a role to attributes.
func (b *builder) member(s *memberStmt) {
	if !s.role {
		if t := b.known(s.name, pp.TypeType); t != nil {
			b.joinType(t.Value, s.attrs)
		}
		return
	}
	if r := b.roles.find(s.name.text); b.check(pp.Roles, "role", s.name, r != nil) {
		b.joinRole(r.Value, s.attrs)
	}
}

func (b *builder) joinType(value uint32, attrs []ident) {
	for _, name := range attrs {
		if a := b.known(name, pp.TypeAttribute); a != nil {
			b.localType(a).Types.Add(value - 1)
		}
	}
}

func (b *builder) joinRole(value uint32, attrs []ident) {
	for _, name := range attrs {
		a := b.roles.find(name.text)
		switch {
		case !b.check(pp.Roles, "role attribute", name, a != nil):
		case a.Flavor != pp.RoleAttribute:
			b.bad(name.pos, "%s is a role, not an attribute of roles", name.text)
		default:
			b.localRole(a).Roles.Add(value - 1)
		}
	}
}

func (b *builder) boolean(s *boolStmt) {
	if strings.Contains(s.name.text, ".") {
		b.bad(s.name.pos, "the boolean %s has a period", s.name.text)
		return
	}
	if !b.scoped(pp.Bools, s.name, pp.ScopeDeclared, false) {
		return
	}
	v := b.bools.find(s.name.text)
	if v == nil {
		v = &pp.Bool{Name: s.name.text, Value: b.value(pp.Bools)}
		if s.value {
			v.State = 1
		}
		if s.tunable {
			v.Flags = pp.BoolTunable
		}
		b.bools.add(s.name.text, v)
	}
	// checkmodule does not set the state of a boolean that was required before.
	b.mark(pp.Bools, pp.ScopeDeclared, v.Value)
}

func (b *builder) expand(s *expandStmt) {
	flag := uint32(pp.TypeExpandFalse)
	if s.expand {
		flag = pp.TypeExpandTrue
	}
	for _, name := range s.names {
		a := b.known(name, pp.TypeAttribute)
		if a == nil {
			continue
		}
		if a.Flags |= flag; a.Flags&pp.TypeExpandTrue != 0 && a.Flags&pp.TypeExpandFalse != 0 {
			b.strange(name.pos, "attribute %s is set to be expanded and not to be expanded; false counts", name.text)
			a.Flags &^= pp.TypeExpandTrue
		}
	}
}

func (b *builder) permissive(s *permissiveStmt) {
	if t := b.known(s.name, pp.TypeType); t != nil {
		t.Flags |= pp.TypePermissive
	}
}

// bound sets the parent of a type, whose permissions it cannot exceed.
func (b *builder) bound(parent, child ident) {
	p, t := b.known(parent, pp.TypeType), b.known(child, pp.TypeType)
	if p == nil || t == nil {
		return
	}
	switch {
	case t.Flavor == pp.TypeType && t.Primary == 0:
		t = b.typeValues[t.Value-1]
	case t.Flavor == pp.TypeAlias:
		t = b.typeValues[t.Primary-1]
	}
	if t.Bounds == 0 {
		t.Bounds = p.Value
	} else if t.Bounds != p.Value {
		b.bad(child.pos, "type %s has two parents, %s and %s", child.text, b.typeValues[t.Bounds-1].Name, parent.text)
	}
}
