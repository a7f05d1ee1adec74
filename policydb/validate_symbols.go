package policydb

import "math/bits"

// maxBoolName is the longest name of a boolean: the kernel puts "/booleans/" in
// front of it and wants less than a page.
const maxBoolName = 4096 - 1 - len("/booleans/")

// maxPointers is the most pointers that the kernel allocates at once: kcalloc gives at most
// 4 MiB. A table of roles or users by value has no more.
const maxPointers = 1 << 19

// symbols checks the symbol tables and makes the kernel's tables by value. It
// mirrors the read functions of policydb_read, policydb_index, and what
// sel_make_bools and sel_make_classes need.
func (v *validator) symbols() {
	p := v.p
	v.enter("commons")
	uniqueNames(v, p.Commons.Items, func(c *Common) string { return c.Name })
	for i := range p.Commons.Items {
		v.record = i
		c := &p.Commons.Items[i]
		v.perms(c.Perms, 0, c.PermNPrim)
	}
	v.classTable()
	v.roleTable()

	v.enter("types")
	uniqueNames(v, p.Types.Items, func(t *Type) string { return t.Name })
	v.types = byValue(p.Types, func(t *Type) (string, uint32, bool) { return t.Name, t.Value, p.primary(t) })

	v.enter("users")
	uniqueNames(v, p.Users.Items, func(u *User) string { return u.Name })
	for i := range p.Users.Items {
		v.record = i
		u := &p.Users.Items[i]
		v.bitmap(u.Roles)
		v.rangeBitmaps(u.Range)
		v.bitmap(u.DefaultLevel.Cats)
	}
	if p.Users.NPrim > maxPointers {
		v.record = -1
		v.failf("%d symbols are more than the kernel has memory for", p.Users.NPrim)
	}
	v.users = byValue(p.Users, func(u *User) (string, uint32, bool) { return u.Name, u.Value, true })

	v.boolTable()
	v.levelTables()
}

// primary reports whether a symbol is the name of a type or attribute, and no
// alias. It mirrors type_read, which keeps one byte of the word.
func (p *Policy) primary(t *Type) bool {
	if p.boundary() {
		return t.Properties&TypePrimary != 0
	}
	return uint8(t.Properties) != 0
}

func (v *validator) classTable() {
	p := v.p
	v.enter("classes")
	uniqueNames(v, p.Classes.Items, func(c *Class) string { return c.Name })
	for i := range p.Classes.Items {
		v.record = i
		c := &p.Classes.Items[i]
		inherited := uint32(0)
		if c.Common != "" {
			if common := v.common(c.Common); common != nil {
				inherited = common.PermNPrim
			}
		}
		if inherited > c.PermNPrim {
			v.failf("fewer permissions than the common %.64q that it inherits", c.Common)
		}
		v.perms(c.Perms, inherited, c.PermNPrim)
		if c.DefaultUser > 2 || c.DefaultRole > 2 || c.DefaultType > 2 || c.DefaultRange > 7 {
			v.failf("a default that does not exist: user %d role %d type %d range %d", c.DefaultUser, c.DefaultRole,
				c.DefaultType, c.DefaultRange)
		}
		v.constraints(c.Constraints)
		v.constraints(c.ValidateTrans)
		if cName(c.Name) == "process" {
			v.process = c.Value
		}
	}
	v.record = -1
	v.classes = byValue(p.Classes, func(c *Class) (string, uint32, bool) { return c.Name, c.Value, true })
	for i, c := range v.classes {
		if c == nil {
			v.failf("class %d has no symbol", i+1)
			return
		}
	}
	if v.process == 0 || v.process > p.Classes.NPrim {
		v.failf("the class process is missing")
		return
	}
	for _, perm := range []string{"transition", "dyntransition"} {
		if !v.hasPerm(v.classes[v.process-1], perm) {
			v.failf("the permission %s of the class process is missing", perm)
		}
	}
}

// common returns the common of that name, nil if the policy has none: Decode takes the names of
// commons by all of their bytes.
func (v *validator) common(name string) *Common {
	for i := range v.p.Commons.Items {
		if c := &v.p.Commons.Items[i]; cName(c.Name) == cName(name) {
			return c
		}
	}
	return nil
}

func (v *validator) hasPerm(c *Class, name string) bool {
	lists := [][]Perm{c.Perms}
	if common := v.common(c.Common); common != nil && c.Common != "" {
		lists = append(lists, common.Perms)
	}
	for _, list := range lists {
		for i := range list {
			if cName(list[i].Name) == name {
				return true
			}
		}
	}
	return false
}

// perms checks that the permissions have the values above inherited and up to
// nprim, each once (perm_claimed_mask of common_read and class_read).
func (v *validator) perms(perms []Perm, inherited, nprim uint32) {
	uniqueNames(v, perms, func(p *Perm) string { return p.Name })
	claimed := uint32(0)
	for i := range perms {
		bit := uint32(1) << (perms[i].Value - 1)
		if claimed&bit != 0 {
			v.failf("two permissions have the value %d", perms[i].Value)
		}
		claimed |= bit
	}
	mask := func(n uint32) uint32 { return uint32(1<<uint64(n) - 1) }
	if want := mask(nprim) &^ mask(inherited); claimed != want {
		v.failf("permission %d is declared and not defined, or inherited and defined",
			bits.TrailingZeros32(claimed^want)+1)
	}
}

// objectRoleValue is the value of object_r, a role that the kernel has before it
// reads a policy (roles_init); the one of the file is not kept.
const objectRoleValue = 1

func (v *validator) roleTable() {
	p := v.p
	v.enter("roles")
	if len(p.Roles.Items) == 0 {
		v.failf("the table is empty")
		return
	}
	names := make(map[string]struct{}, len(p.Roles.Items))
	for i := range p.Roles.Items {
		v.record = i
		r := &p.Roles.Items[i]
		v.bitmap(r.Dominates)
		v.bitmap(r.Types)
		name := cName(r.Name)
		if name == objectRole {
			if r.Value != objectRoleValue {
				v.failf("the role object_r has the value %d, not 1", r.Value)
			}
			continue
		}
		if _, twice := names[name]; twice {
			v.failf("the name %.64q is there twice", name)
		}
		names[name] = struct{}{}
	}
	v.record = -1
	if p.Roles.NPrim > maxPointers {
		v.failf("%d symbols are more than the kernel has memory for", p.Roles.NPrim)
	}
	builtin := Role{Name: objectRole, Value: objectRoleValue}
	kept := Symbols[Role]{NPrim: p.Roles.NPrim, Items: make([]Role, 0, len(p.Roles.Items)+1)}
	for i := range p.Roles.Items {
		if cName(p.Roles.Items[i].Name) != objectRole {
			kept.Items = append(kept.Items, p.Roles.Items[i])
		}
	}
	kept.Items = append(kept.Items, builtin)
	v.roles = indexByValue(kept, len(p.Roles.Items), func(r *Role) (string, uint32, bool) {
		return r.Name, r.Value,
			true
	})
}

func (v *validator) boolTable() {
	p := v.p
	v.enter("booleans")
	uniqueNames(v, p.Bools.Items, func(b *Bool) string { return b.Name })
	for i := range p.Bools.Items {
		v.record = i
		if len(cName(p.Bools.Items[i].Name)) > maxBoolName {
			v.failf("the name is longer than %d bytes", maxBoolName)
		}
	}
	v.record = -1
	for i, b := range byValue(p.Bools, func(b *Bool) (string, uint32, bool) { return b.Name, b.Value, true }) {
		if b == nil {
			v.failf("boolean %d has no symbol", i+1)
		}
	}
}

func (v *validator) levelTables() {
	p := v.p
	v.enter("sensitivities")
	uniqueNames(v, p.Sensitivities.Items, func(s *Sensitivity) string { return s.Name })
	for i := range p.Sensitivities.Items {
		v.record = i
		s := &p.Sensitivities.Items[i]
		if s.IsAlias > 1 {
			v.failf("alias is %d, not 0 or 1", s.IsAlias)
		}
		v.bitmap(s.Level.Cats)
	}
	v.levels = byValue(p.Sensitivities, func(s *Sensitivity) (string, uint32, bool) {
		return s.Name, s.Level.Sens,
			s.IsAlias == 0
	})
	v.enter("categories")
	uniqueNames(v, p.Categories.Items, func(c *Category) string { return c.Name })
	for i := range p.Categories.Items {
		if v.record = i; p.Categories.Items[i].IsAlias > 1 {
			v.failf("alias is %d, not 0 or 1", p.Categories.Items[i].IsAlias)
		}
	}
	v.cats = byValue(p.Categories, func(c *Category) (string, uint32, bool) { return c.Name, c.Value, c.IsAlias == 0 })
}

// constraints checks the bitmaps of constraints, and that each comparison is one
// of those that constraint_expr_eval knows: a kernel reads others too, and stops
// when it comes to them.
func (v *validator) constraints(list []Constraint) {
	for i := range list {
		for j := range list[i].Expr {
			node := &list[i].Expr[j]
			v.bitmap(node.Names)
			v.bitmap(node.TypeNames.Types)
			v.bitmap(node.TypeNames.Negset)
			ok := node.Op >= OpEq && node.Op <= OpIncomp
			switch {
			case node.Kind == ConstraintNames:
				ok = (node.Op == OpEq || node.Op == OpNeq) && node.Attr&(AttrUser|AttrRole|AttrType) != 0
			case node.Kind != ConstraintAttr:
				ok = true
			case node.Attr == AttrUser || node.Attr == AttrType:
				ok = node.Op == OpEq || node.Op == OpNeq
			case node.Attr == AttrRole, node.Attr == AttrL1L2, node.Attr == AttrL1H2, node.Attr == AttrH1L2,
				node.Attr == AttrH1H2, node.Attr == AttrL1H1, node.Attr == AttrL2H2:
			default:
				ok = false
			}
			if !ok {
				v.failf("a constraint compares attribute %d by operator %d", node.Attr, node.Op)
			}
		}
	}
}

func (v *validator) rangeBitmaps(r Range) {
	v.bitmap(r.Low.Cats)
	v.bitmap(r.High.Cats)
}

// uniqueNames checks that no name of a table is there twice (symtab_insert).
func uniqueNames[T any](v *validator, items []T, name func(*T) string) {
	if v.err != nil {
		return
	}
	names := make(map[string]struct{}, len(items))
	for i := range items {
		n := cName(name(&items[i]))
		if _, twice := names[n]; twice {
			v.failf("the name %.64q is there twice", n)
			return
		}
		names[n] = struct{}{}
	}
}

func byValue[T any](table Symbols[T], symbol func(*T) (name string, value uint32, indexed bool)) []*T {
	return indexByValue(table, len(table.Items), symbol)
}

// indexByValue returns the symbols by their values less one. Of several with
// one value the kernel keeps the one that comes last in its hash table, which
// has a slot for each item that the file announces, rounded up to a power of
// two, with the names of a slot in alphabetical order.
func indexByValue[T any](table Symbols[T], announced int,
	symbol func(*T) (name string, value uint32, indexed bool)) []*T {
	list := make([]*T, table.NPrim)
	mask := uint32(1)<<bits.Len32(uint32(max(announced, 1)-1)) - 1
	for i := range table.Items {
		item := &table.Items[i]
		name, value, indexed := symbol(item)
		if !indexed || value == 0 || value > table.NPrim {
			continue
		}
		if list[value-1] != nil {
			name, other := cName(name), ""
			other, _, _ = symbol(list[value-1])
			other = cName(other)
			mine, its := HashDJB2a.Sum(name)&mask, HashDJB2a.Sum(other)&mask
			if mine < its || mine == its && name < other {
				continue
			}
		}
		list[value-1] = item
	}
	return list
}
