package pp

func (c *codec) typeSet(t *TypeSet) {
	c.set(&t.Types)
	c.set(&t.Not)
	c.u32(&t.Flags)
}

func (c *codec) roleSet(r *RoleSet) {
	c.set(&r.Roles)
	c.u32(&r.Flags)
}

// tables reads or writes the symbols of a module or of a block.
func (c *codec) tables(t *Tables) {
	table(c, "commons", &t.Commons, 16, (*codec).common)
	table(c, "classes", &t.Classes, 24, (*codec).class)
	table(c, "roles", &t.Roles, 40, (*codec).role)
	table(c, "types", &t.Types, 24, (*codec).typ)
	table(c, "users", &t.Users, 24, (*codec).user)
	table(c, "booleans", &t.Bools, 12, (*codec).boolean)
	table(c, "levels", &t.Levels, 24, (*codec).sensitivity)
	table(c, "categories", &t.Categories, 12, (*codec).category)
}

func table[T any](c *codec, section string, t *Table[T], size int, each func(*codec, *T)) {
	c.section = section
	n := uint32(len(t.Items))
	c.u32(&t.Values)
	c.u32(&n)
	items(c, &t.Items, n, size, each)
}

func (c *codec) perm(p *Perm) {
	n := uint32(len(p.Name))
	c.u32(&n)
	c.u32(&p.Value)
	c.text(&p.Name, n)
}

func (c *codec) common(m *Common) {
	n, perms := uint32(len(m.Name)), uint32(len(m.Perms.Items))
	c.u32(&n)
	c.u32(&m.Value)
	c.u32(&m.Perms.Values)
	c.u32(&perms)
	c.text(&m.Name, n)
	items(c, &m.Perms.Items, perms, 8, (*codec).perm)
}

func (c *codec) class(k *Class) {
	n, common := uint32(len(k.Name)), uint32(len(k.Common))
	perms, constraints := uint32(len(k.Perms.Items)), uint32(len(k.Constraints))
	c.u32(&n)
	c.u32(&common)
	c.u32(&k.Value)
	c.u32(&k.Perms.Values)
	c.u32(&perms)
	c.u32(&constraints)
	c.text(&k.Name, n)
	if common != 0 {
		c.text(&k.Common, common)
	}
	items(c, &k.Perms.Items, perms, 8, (*codec).perm)
	items(c, &k.Constraints, constraints, 8, (*codec).constraint)
	if c.base && c.at(versionMLS) {
		list(c, &k.ValidateTrans, 8, (*codec).constraint)
	}
	if c.base && c.at(versionDefaults) {
		c.u32(&k.DefaultUser)
		c.u32(&k.DefaultRole)
		c.u32(&k.DefaultRange)
	}
	if c.base && c.at(versionDefaultType) {
		c.u32(&k.DefaultType)
	}
}

func (c *codec) constraint(k *Constraint) {
	c.u32(&k.Perms)
	list(c, &k.Expr, 12, func(c *codec, t *ConstraintTerm) {
		c.u32(&t.Kind)
		c.u32(&t.Attr)
		c.u32(&t.Op)
		if t.Kind == termNames {
			c.set(&t.Names)
			c.typeSet(&t.Types)
		}
	})
}

func (c *codec) role(r *Role) {
	n := uint32(len(r.Name))
	c.u32(&n)
	c.u32(&r.Value)
	if c.at(versionBounds) {
		c.u32(&r.Bounds)
	}
	c.text(&r.Name, n)
	c.set(&r.Dominates)
	c.typeSet(&r.Types)
	if c.at(versionRoleAttribute) {
		c.u32(&r.Flavor)
		c.set(&r.Roles)
	}
}

func (c *codec) typ(t *Type) {
	n := uint32(len(t.Name))
	c.u32(&n)
	c.u32(&t.Value)
	switch {
	case c.at(versionBounds):
		properties := t.properties()
		if c.at(versionBoundsAlias) {
			c.u32(&t.Primary)
		}
		c.u32(&properties)
		if c.reading {
			t.setProperties(properties, !c.at(versionBoundsAlias))
		}
		c.u32(&t.Bounds)
	default:
		c.u32(&t.Primary)
		c.u32(&t.Flavor)
		if c.at(versionPermissive) {
			c.u32(&t.Flags)
		}
	}
	c.set(&t.Types)
	c.text(&t.Name, n)
}

func (t *Type) properties() uint32 {
	var p uint32
	if t.Primary != 0 {
		p |= propertyPrimary
	}
	switch t.Flavor {
	case TypeAttribute:
		p |= propertyAttribute
	case TypeAlias:
		p |= propertyAlias
	}
	if t.Flags&TypePermissive != 0 {
		p |= propertyPermissive
	}
	if t.Flags&TypeNeveraudit != 0 {
		p |= propertyNeveraudit
	}
	return p
}

func (t *Type) setProperties(p uint32, primary bool) {
	if primary && p&propertyPrimary != 0 {
		t.Primary = 1
	}
	if p&propertyAttribute != 0 {
		t.Flavor = TypeAttribute
	}
	if p&propertyAlias != 0 {
		t.Flavor = TypeAlias
	}
	if p&propertyPermissive != 0 {
		t.Flags |= TypePermissive
	}
	if p&propertyNeveraudit != 0 {
		t.Flags |= TypeNeveraudit
	}
}

func (c *codec) user(u *User) {
	n := uint32(len(u.Name))
	c.u32(&n)
	c.u32(&u.Value)
	if c.at(versionBounds) {
		c.u32(&u.Bounds)
	}
	c.text(&u.Name, n)
	c.roleSet(&u.Roles)
	switch {
	case c.at(versionRanges):
		c.semanticRange(&u.Range)
		c.semanticLevel(&u.Level)
	case c.at(versionMLS):
		c.mlsRange(&u.OldRange)
		c.mlsLevel(&u.OldLevel)
		if c.reading && c.err == nil {
			u.Range = SemanticRange{u.OldRange.Low.semantic(), u.OldRange.High.semantic()}
			u.Level = u.OldLevel.semantic()
		}
	}
}

func (c *codec) boolean(b *Bool) {
	n := uint32(len(b.Name))
	c.u32(&b.Value)
	c.u32(&b.State)
	c.u32(&n)
	c.text(&b.Name, n)
	if c.at(versionTunables) {
		c.u32(&b.Flags)
	}
}

func (c *codec) sensitivity(l *Level) {
	n := uint32(len(l.Name))
	c.u32(&n)
	c.u32(&l.IsAlias)
	c.text(&l.Name, n)
	c.mlsLevel(&l.Level)
}

func (c *codec) category(k *Category) {
	n := uint32(len(k.Name))
	c.u32(&n)
	c.u32(&k.Value)
	c.u32(&k.IsAlias)
	c.text(&k.Name, n)
}

func (c *codec) mlsLevel(l *MLSLevel) {
	c.u32(&l.Sens)
	c.set(&l.Categories)
}

// mlsRange mirrors mls_read_range_helper: both sensitivities come before the sets.
func (c *codec) mlsRange(r *Range) {
	n := uint32(2)
	if r.One {
		n = 1
	}
	c.u32(&n)
	if c.reading && c.err == nil && n > 2 {
		c.failf("a range of %d levels", n)
	}
	if r.One = n < 2; n > 0 {
		c.u32(&r.Low.Sens)
	}
	if !r.One {
		c.u32(&r.High.Sens)
	}
	c.set(&r.Low.Categories)
	if !r.One {
		c.set(&r.High.Categories)
	} else if c.reading {
		r.High = r.Low
	}
}

func (c *codec) semanticLevel(l *SemanticLevel) {
	c.u32(&l.Sens)
	list(c, &l.Categories, 8, func(c *codec, r *CategoryRange) {
		c.u32(&r.Low)
		c.u32(&r.High)
	})
}

func (c *codec) semanticRange(r *SemanticRange) {
	c.semanticLevel(&r.Low)
	c.semanticLevel(&r.High)
}

// semantic returns the level as mls_level_to_semantic makes it: one range for each run of
// categories, in the order of the file.
func (l MLSLevel) semantic() SemanticLevel {
	s := SemanticLevel{Sens: l.Sens}
	for bit := range l.Categories.All() {
		if n := len(s.Categories); n > 0 && s.Categories[n-1].High == bit {
			s.Categories[n-1].High++
			continue
		}
		s.Categories = append(s.Categories, CategoryRange{bit + 1, bit + 1})
	}
	return s
}
