package pp

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// Repacked returns the module as libsepol writes it after reading, as semodule_package and
// semodule_unpackage do: the categories of levels are in reverse order, tables are in the order of
// their hash, and object_r is empty.
func (m *Module) Repacked() *Module {
	r := *m
	r.Tables.Roles.Values = max(r.Tables.Roles.Values, 1)
	r.Tables.Roles.Items = withObjectR(m.Tables.Roles.Items)
	r.Tables.repack(&moduleSizes)
	for i := range r.Scopes {
		scopes := slices.Clone(m.Scopes[i])
		if i == Roles {
			scopes = slices.DeleteFunc(scopes, func(s Scope) bool { return s.Name == ObjectR })
			scopes = append(scopes, objectScope)
		}
		r.Scopes[i] = ordered(scopes, moduleSizes[i], func(s *Scope) string { return s.Name })
	}
	r.Blocks = slices.Clone(m.Blocks)
	for i := range r.Blocks {
		r.Blocks[i].Decls = slices.Clone(m.Blocks[i].Decls)
		for j := range r.Blocks[i].Decls {
			r.Blocks[i].Decls[j].repack()
		}
	}
	r.FileSystems = slices.Clone(m.FileSystems)
	slices.SortStableFunc(r.FileSystems, func(a, b FileSystem) int { return strings.Compare(a.Type, b.Type) })
	for i := range r.FileSystems {
		r.FileSystems[i].Paths = longestFirst(r.FileSystems[i].Paths)
	}
	return &r
}

// longestFirst returns the paths in libsepol's order.
func longestFirst(paths []PathLabel) []PathLabel {
	paths = slices.Clone(paths)
	slices.SortStableFunc(paths, func(a, b PathLabel) int { return len(b.Path) - len(a.Path) })
	return paths
}

func (d *Decl) repack() {
	d.Tables.Roles.Items = slices.DeleteFunc(slices.Clone(d.Tables.Roles.Items), func(r Role) bool {
		return r.Name == ObjectR
	})
	d.Tables.repack(&blockSizes)
	d.Ranges = slices.Clone(d.Ranges)
	for i := range d.Ranges {
		d.Ranges[i].Range.turn()
	}
}

// repack orders the tables, and reverses the levels of users.
func (t *Tables) repack(sizes *[NumTables]uint32) {
	t.Commons.Items = ordered(t.Commons.Items, sizes[Commons], func(c *Common) string { return c.Name })
	for i := range t.Commons.Items {
		orderPerms(&t.Commons.Items[i].Perms)
	}
	t.Classes.Items = ordered(t.Classes.Items, sizes[Classes], func(c *Class) string { return c.Name })
	for i := range t.Classes.Items {
		orderPerms(&t.Classes.Items[i].Perms)
	}
	t.Roles.Items = ordered(t.Roles.Items, sizes[Roles], func(r *Role) string { return r.Name })
	t.Types.Items = ordered(t.Types.Items, sizes[Types], func(t *Type) string { return t.Name })
	t.Users.Items = ordered(t.Users.Items, sizes[Users], func(u *User) string { return u.Name })
	t.Bools.Items = ordered(t.Bools.Items, sizes[Bools], func(b *Bool) string { return b.Name })
	t.Levels.Items = ordered(t.Levels.Items, sizes[Levels], func(l *Level) string { return l.Name })
	t.Categories.Items = ordered(t.Categories.Items, sizes[Categories], func(c *Category) string { return c.Name })
	for i := range t.Users.Items {
		u := &t.Users.Items[i]
		u.Range.turn()
		u.Level.turn()
	}
}

func orderPerms(t *Table[Perm]) {
	t.Items = ordered(t.Items, permSize, func(p *Perm) string { return p.Name })
}

// ordered returns a copy of items in the order of a libsepol table of a size.
func ordered[T any](items []T, size uint32, name func(*T) string) []T {
	names := make([]string, len(items))
	for i := range items {
		names[i] = name(&items[i])
	}
	h := newHashed(names, size, policydb.HashShift)
	out := make([]T, 0, len(items))
	for _, i := range h.order {
		out = append(out, items[i])
	}
	return out
}

func (r *SemanticRange) turn() {
	r.Low.turn()
	r.High.turn()
}

func (l *SemanticLevel) turn() {
	l.Categories = slices.Clone(l.Categories)
	slices.Reverse(l.Categories)
}
