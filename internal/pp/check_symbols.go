package pp

import (
	"fmt"

	"github.com/senet-selinux/senet/policydb"
)

// tables checks the symbols of the module.
func (k *checker) tables() {
	t := &k.m.Tables
	for i := range t.Commons.Items {
		k.perms(t.Commons.Items[i].Name, &t.Commons.Items[i].Perms)
	}
	for i := range t.Classes.Items {
		k.class(&t.Classes.Items[i])
	}
	k.parts(t)
	for _, b := range t.Bools.Items {
		if k.value(Bools, b.Value); b.State > 1 || b.Flags > BoolTunable {
			k.failf("boolean %s has the state %d and the flags %#x", b.Name, b.State, b.Flags)
		}
	}
	for i := range t.Levels.Items {
		if l := &t.Levels.Items[i].Level; k.m.MLS {
			k.mlsLevel(l)
		} else {
			k.bounds(Levels, l.Sens)
			k.set(Categories, l.Categories)
		}
	}
	for _, c := range t.Categories.Items {
		if c.Value == 0 || c.Value > t.Categories.Values || c.IsAlias != 0 && !k.has(Categories, c.Value) {
			k.failf("category %s has the value %d", c.Name, c.Value)
		}
	}
}

// parts checks the roles, types and users of a module or of a block.
func (k *checker) parts(t *Tables) {
	for i := range t.Roles.Items {
		k.role(&t.Roles.Items[i])
	}
	for i := range t.Types.Items {
		k.typ(&t.Types.Items[i])
	}
	for i := range t.Users.Items {
		k.user(&t.Users.Items[i])
	}
}

func (k *checker) perms(of string, t *Table[Perm]) {
	if t.Values > permSize {
		k.failf("%s has %d permissions", of, t.Values)
	}
	names := make([]string, len(t.Items))
	for i, p := range t.Items {
		if names[i] = p.Name; p.Value == 0 || p.Value > t.Values {
			k.failf("permission %s of %s has the value %d of %d", p.Name, of, p.Value, t.Values)
		}
	}
	h := newHashed(names, permSize, policydb.HashShift)
	if name := h.twice(); name != "" {
		k.failf("permission %s of %s is defined twice", name, of)
	}
}

func (k *checker) class(c *Class) {
	k.value(Classes, c.Value)
	k.perms(c.Name, &c.Perms)
	if c.Common != "" && k.index.tables[Commons].find(c.Common) < 0 {
		k.failf("class %s has the common %s, which does not exist", c.Name, c.Common)
	}
	for i := range c.Constraints {
		if p := c.Constraints[i].Perms; (c.Perms.Values == 0) != (p == 0) ||
			c.Perms.Values < permSize && p>>c.Perms.Values != 0 {
			k.failf("a constraint of %s has the permissions %#x", c.Name, p)
		}
		k.constraint(c.Constraints[i].Expr, true)
	}
	for i := range c.ValidateTrans {
		if c.ValidateTrans[i].Perms != 0 {
			k.failf("validatetrans of %s has permissions", c.Name)
		}
		k.constraint(c.ValidateTrans[i].Expr, false)
	}
	if c.DefaultUser > 2 || c.DefaultRole > 2 || c.DefaultType > 2 || c.DefaultRange > 7 {
		k.failf("the defaults of %s are not known", c.Name)
	}
}

func (k *checker) constraint(expr []ConstraintTerm, permissions bool) {
	depth := -1
	for i := range expr {
		t := &expr[i]
		switch t.Kind {
		case termNot:
		case termAnd, termOr:
			depth--
		case termAttr, termNames:
			if depth++; depth >= maxTermDepth {
				k.failf("a constraint is nested too deeply")
			}
		default:
			k.failf("a constraint has a term of kind %d", t.Kind)
		}
		if depth < 0 {
			k.failf("a constraint lacks an operand")
		}
		if err := t.check(permissions); err != nil {
			k.failf("a constraint has %w", err)
		}
		switch t.Attr &^ (attrTarget | attrXTarget) {
		case attrUser:
			k.set(Users, t.Names)
		case attrRole:
			k.set(Roles, t.Names)
		case attrType:
			k.set(Types, t.Names)
			k.typeSet(&t.Types)
		}
	}
	if depth != 0 {
		k.failf("a constraint is not complete")
	}
}

// check checks that the numbers of a term fit together.
func (t *ConstraintTerm) check(permissions bool) error {
	of := t.Attr &^ (attrTarget | attrXTarget)
	names := of == attrUser || of == attrRole || of == attrType
	switch {
	case t.Kind < termAttr && (t.Op != 0 || t.Attr != 0):
		return fmt.Errorf("an operator with operands")
	case t.Kind < termAttr:
	case t.Op == 0 || t.Op > 5 || t.Kind == termNames && t.Op > 2:
		return fmt.Errorf("the comparison %d", t.Op)
	case t.Kind == termNames && (!names || t.Attr&attrTarget != 0 && t.Attr&attrXTarget != 0):
		return fmt.Errorf("names for %#x", t.Attr)
	case t.Kind == termNames && permissions && t.Attr&attrXTarget != 0:
		return fmt.Errorf("a third context")
	case t.Kind == termAttr && (t.Attr == 0 || t.Attr&(t.Attr-1) != 0 || t.Attr > 1024 ||
		t.Attr == attrTarget || t.Attr == attrXTarget):
		return fmt.Errorf("the operand %#x", t.Attr)
	case t.Kind == termAttr && t.Op > 2 && t.Attr&(attrUser|attrType) != 0:
		return fmt.Errorf("the comparison %d of users or types", t.Op)
	}
	return nil
}

func (k *checker) role(r *Role) {
	if r.Name == ObjectR {
		if r.Value != 1 {
			k.failf("%s has the value %d", ObjectR, r.Value)
		}
		return
	}
	k.value(Roles, r.Value)
	k.set(Roles, r.Dominates)
	k.typeSet(&r.Types)
	k.bounds(Roles, r.Bounds)
	k.set(Roles, r.Roles)
	if r.Flavor > RoleAttribute {
		k.failf("role %s is of kind %d", r.Name, r.Flavor)
	}
}

func (k *checker) typ(t *Type) {
	if t.Value == 0 || t.Value > k.m.Tables.Types.Values {
		k.failf("type %s has the value %d", t.Name, t.Value)
	}
	k.set(Types, t.Types)
	k.bounds(Types, t.Bounds)
	if t.Flavor > TypeAlias {
		k.failf("type %s is of kind %d", t.Name, t.Flavor)
	}
	switch t.Flags {
	case 0, TypePermissive, TypeExpandTrue, TypeExpandFalse, TypeExpandTrue | TypeExpandFalse,
		TypeNeveraudit, TypeNeveraudit | TypePermissive:
	default:
		k.failf("type %s has the flags %#x", t.Name, t.Flags)
	}
	if t.Primary != 1 {
		k.value(Types, t.actual())
	}
}

// actual returns the value of the type that an alias names.
func (t *Type) actual() uint32 {
	if t.Flavor == TypeAlias {
		return t.Primary
	}
	return t.Value
}

func (k *checker) user(u *User) {
	k.value(Users, u.Value)
	k.roleSet(&u.Roles)
	k.bounds(Users, u.Bounds)
	k.semanticLevel(&u.Range.Low)
	k.semanticLevel(&u.Range.High)
	k.semanticLevel(&u.Level)
}
