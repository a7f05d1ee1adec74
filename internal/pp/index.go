package pp

import "github.com/senet-selinux/senet/policydb"

import "fmt"

// An index finds symbols by name and by value, as libsepol does after reading.
type index struct {
	m *Module
	// tables has the names of each table, in the order of its items. After reading, the first role
	// is object_r, even if the file has none.
	tables [NumTables]hashed
	scopes [NumTables]hashed
	// items and names are by the value of a symbol minus 1: its index in the table or -1, and its
	// name or "". Aliases are not included.
	items [NumTables][]int32
	names [NumTables][]string
	roles []Role
	// memory says that the module was never written and read back.
	memory bool
}

// newIndex indexes a module as libsepol has it after reading, or, if memory is set, as it has it
// before writing.
func newIndex(m *Module, h policydb.SymbolHash, memory bool) (*index, error) {
	x := &index{m: m, roles: m.Tables.Roles.Items, memory: memory}
	if !memory {
		x.roles = withObjectR(x.roles)
	}
	if err := x.fill(h); err != nil {
		return nil, &Error{"symbols", -1, err}
	}
	for i := range x.scopes {
		names := make([]string, len(m.Scopes[i]))
		for j, s := range m.Scopes[i] {
			names[j] = s.Name
			if x.tables[i].find(s.Name) < 0 {
				return nil, &Error{"scopes", -1, fmt.Errorf("there is no %s %s", tableNames[i], s.Name)}
			}
		}
		if x.scopes[i] = newHashed(names, moduleSizes[i], h); x.scopes[i].twice() != "" {
			return nil, &Error{"scopes", -1, fmt.Errorf("%s is listed twice", x.scopes[i].twice())}
		}
	}
	return x, nil
}

var tableNames = [NumTables]string{"common", "class", "role", "type", "user", "boolean", "sensitivity", "category"}

func (x *index) fill(h policydb.SymbolHash) error {
	t := &x.m.Tables
	f := filler{x: x, hash: h}
	fillTable(&f, Commons, &t.Commons, func(c *Common) (string, uint32) {
		return c.Name, c.Value
	})
	fillTable(&f, Classes, &t.Classes, func(c *Class) (string, uint32) {
		return c.Name, c.Value
	})
	roles := Table[Role]{Values: max(t.Roles.Values, 1), Items: x.roles, Buckets: t.Roles.Buckets}
	fillTable(&f, Roles, &roles, func(r *Role) (string, uint32) { return r.Name, r.Value })
	fillTable(&f, Types, &t.Types, func(t *Type) (string, uint32) {
		if t.Primary == 0 {
			return t.Name, 0
		}
		return t.Name, t.Value
	})
	fillTable(&f, Users, &t.Users, func(u *User) (string, uint32) { return u.Name, u.Value })
	fillTable(&f, Bools, &t.Bools, func(b *Bool) (string, uint32) { return b.Name, b.Value })
	fillTable(&f, Levels, &t.Levels, func(l *Level) (string, uint32) {
		if l.IsAlias != 0 {
			return l.Name, 0
		}
		return l.Name, l.Level.Sens
	})
	fillTable(&f, Categories, &t.Categories, func(c *Category) (string, uint32) {
		if c.IsAlias != 0 {
			return c.Name, 0
		}
		return c.Name, c.Value
	})
	return f.err
}

// withObjectR adds an empty role object_r as the first one: libsepol makes it before it reads, and
// ignores the one in the file.
func withObjectR(all []Role) []Role {
	roles := make([]Role, 1, len(all)+1)
	roles[0] = Role{Name: ObjectR, Value: 1}
	for _, r := range all {
		if r.Name != ObjectR {
			roles = append(roles, r)
		}
	}
	return roles
}

type filler struct {
	x    *index
	hash policydb.SymbolHash
	err  error
}

// fillTable indexes one table; key returns the name of an item and its value, 0 for an alias.
func fillTable[T any](f *filler, table int, t *Table[T], key func(*T) (string, uint32)) {
	if f.err != nil {
		return
	}
	items, values, buckets := t.Items, t.Values, t.Buckets
	if uint64(values) > 4096+64*uint64(len(items)) {
		f.err = fmt.Errorf("%d values are too many for %d symbols (%s)", values, len(items), tableNames[table])
		return
	}
	names := make([]string, len(items))
	x := f.x
	x.items[table], x.names[table] = make([]int32, values), make([]string, values)
	for i := range x.items[table] {
		x.items[table][i] = -1
	}
	for i := range items {
		name, value := key(&items[i])
		names[i] = name
		switch {
		case value > values:
			f.err = fmt.Errorf("%s %s has the value %d of %d", tableNames[table], name, value, values)
			return
		case value == 0:
		case x.names[table][value-1] != "":
			f.err = fmt.Errorf("%s %s has the value of %s", tableNames[table], name, x.names[table][value-1])
			return
		default:
			x.items[table][value-1], x.names[table][value-1] = int32(i), name
		}
	}
	if !x.memory {
		buckets = 0
	}
	x.tables[table] = newHashed(names, max(buckets, moduleSizes[table]), f.hash)
	if name := x.tables[table].twice(); name != "" {
		f.err = fmt.Errorf("%s %s is defined twice", tableNames[table], name)
	}
}

// has reports whether a value has a name.
func (x *index) has(table int, value uint32) bool {
	return value > 0 && uint64(value) <= uint64(len(x.names[table])) && x.names[table][value-1] != ""
}

// scope returns where a symbol is declared or required, or nil.
func (x *index) scope(table int, name string) *Scope {
	if i := x.scopes[table].find(name); i >= 0 {
		return &x.m.Scopes[table][i]
	}
	if table == Roles && name == ObjectR {
		return &objectScope
	}
	return nil
}

// objectScope is the scope that libsepol gives object_r, whatever the file has.
var objectScope = Scope{Name: ObjectR, Kind: ScopeDeclared, Decls: []uint32{1}}
