package te

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/policydb"
)

// bounds mirrors hierarchy_check_constraints: a name with a period is bounded by the name before
// the last period, and a role or user may not have more than the one that bounds it.
func (b *builder) bounds(at ident) {
	orphan := func(of, parent, name string) {
		b.bad(at.pos, "%s %s, which bounds %s, does not exist", of, parent, name)
	}
	for _, name := range b.users.names {
		u := b.users.find(name)
		if i := strings.LastIndexByte(name, '.'); i >= 0 && u.Bounds == 0 {
			if p := b.users.find(name[:i]); p != nil {
				u.Bounds = p.Value
			} else {
				orphan("user", name[:i], name)
			}
		}
	}
	for _, name := range b.roles.names {
		r := b.roles.find(name)
		if i := strings.LastIndexByte(name, '.'); i >= 0 && r.Bounds == 0 {
			if p := b.roles.find(name[:i]); p != nil {
				r.Bounds = p.Value
			} else {
				orphan("role", name[:i], name)
			}
		}
	}
	for _, name := range b.types.names {
		t := b.types.find(name)
		primary := b.typeValues[t.Value-1].Name
		if i := strings.LastIndexByte(primary, '.'); i >= 0 && t.Bounds == 0 {
			if p := b.types.find(primary[:i]); p != nil {
				t.Bounds = p.Value
			} else {
				orphan("type", primary[:i], primary)
			}
		}
	}
	for _, name := range b.roles.names {
		if r := b.roles.find(name); r.Bounds != 0 {
			if p := b.roles.find(b.roles.names[r.Bounds-1]); !p.Types.Types.Contains(r.Types.Types) {
				b.bad(at.pos, "role %s has types that role %s, which bounds it, does not have", name, p.Name)
			}
		}
	}
	for _, name := range b.users.names {
		if u := b.users.find(name); u.Bounds != 0 {
			if p := b.users.find(b.users.names[u.Bounds-1]); !p.Roles.Roles.Contains(u.Roles.Roles) {
				b.bad(at.pos, "user %s has roles that user %s, which bounds it, does not have", name, p.Name)
			}
		}
	}
}

// sorted returns symbols in the order of libsepol's table.
func sorted[T any](t *table[T], order func([]string) []int32) []T {
	items := make([]T, 0, len(t.names))
	for _, i := range order(t.names) {
		items = append(items, *t.byName[t.names[i]])
	}
	return items
}

// finish fills the module, in the order of the file.
func (b *builder) finish() {
	of := func(table int) func([]string) []int32 {
		return func(names []string) []int32 { return pp.Order(names, table, b.buckets[table], policydb.HashShift) }
	}
	natural := func(table int) func([]string) []int32 {
		return func(names []string) []int32 { return pp.Order(names, table, 0, policydb.HashShift) }
	}
	t := &b.m.Tables
	// The order of these tables is visible in CIL.
	t.Roles.Buckets, t.Types.Buckets = b.buckets[pp.Roles], b.buckets[pp.Types]
	t.Classes.Items = sorted(&b.classes, of(pp.Classes))
	for i := range t.Classes.Items {
		sortPerms(&t.Classes.Items[i].Perms)
	}
	t.Roles.Items = sorted(&b.roles, of(pp.Roles))
	t.Types.Items = sorted(&b.types, of(pp.Types))
	t.Users.Items = sorted(&b.users, of(pp.Users))
	t.Bools.Items = sorted(&b.bools, of(pp.Bools))
	t.Levels.Items = sorted(&b.levels, of(pp.Levels))
	t.Categories.Items = sorted(&b.cats, of(pp.Categories))
	for table := range b.scopes {
		b.m.Scopes[table] = sorted(&b.scopes[table], natural(table))
	}
	for _, at := range b.blocks {
		block := pp.Block{}
		for _, d := range at.decls {
			block.Decls = append(block.Decls, d.finished())
		}
		b.m.Blocks = append(b.m.Blocks, block)
	}
}

func sortPerms(t *pp.Table[pp.Perm]) {
	names := make([]string, len(t.Items))
	for i, p := range t.Items {
		names[i] = p.Name
	}
	items := make([]pp.Perm, 0, len(names))
	for _, i := range pp.PermOrder(names, policydb.HashShift) {
		items = append(items, t.Items[i])
	}
	t.Items = items
}

// finished returns a branch as it is written: all lists except the rules are in reverse order.
func (d *decl) finished() pp.Decl {
	of := func(table int) func([]string) []int32 {
		return func(names []string) []int32 { return pp.BlockOrder(names, table, policydb.HashShift) }
	}
	d.Tables.Types.Items = sorted(&d.types, of(pp.Types))
	d.Tables.Roles.Items = sorted(&d.roles, of(pp.Roles))
	d.Tables.Users.Items = sorted(&d.users, of(pp.Users))
	for _, c := range d.conds {
		d.Conditionals = append(d.Conditionals, c.Conditional)
	}
	slices.Reverse(d.Conditionals)
	slices.Reverse(d.RoleTransitions)
	slices.Reverse(d.RoleAllows)
	slices.Reverse(d.Filenames)
	slices.Reverse(d.Ranges)
	return d.Decl
}
