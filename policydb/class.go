package policydb

// A Perm is a permission of a class or common. Permission n is bit n-1 of an
// access vector.
type Perm struct {
	Name  string
	Value uint32 // 1..32
}

// A Common is a set of permissions that classes inherit.
type Common struct {
	Name      string
	Value     uint32
	PermNPrim uint32 // the largest permission value
	Perms     []Perm
}

// A Class is an object class: its own permissions, which come after those of its common, and the
// statements about it that are not rules.
type Class struct {
	Name          string
	Common        string // the name of the common it inherits, or ""
	Value         uint32
	PermNPrim     uint32 // the largest permission value, the common's included
	Perms         []Perm // its own
	Constraints   []Constraint
	ValidateTrans []Constraint // v19+; Perms is unused there
	// The defaults of a new object's context, v27+ (type v28+), in the numbers
	// of the file: 0 none; user, role and type 1 source, 2 target; range 1 to 3
	// source low, high, low-high, 4 to 6 the target's, 7 glblub (v32+).
	DefaultUser, DefaultRole, DefaultRange, DefaultType uint32
}

const maxPerms = 32

func (d *decoder) common(nprim uint32, c *Common) {
	n := d.u32()
	c.Value = d.u32()
	c.PermNPrim = d.u32()
	count := d.count(8)
	c.Name = d.name(n)
	c.Perms = d.perms(count, c.PermNPrim)
	d.value("common", c.Value, nprim)
}

func (d *decoder) perms(n int, nprim uint32) []Perm {
	if nprim > maxPerms && d.err == nil {
		d.failf("%d permissions; an access vector holds %d", nprim, maxPerms)
	}
	if n > maxPerms && d.err == nil {
		d.failf("%d permission names; an access vector holds %d", n, maxPerms)
	}
	if d.err != nil {
		return nil
	}
	perms := d.perm.take(n)
	for i := range perms {
		length := d.u32()
		perms[i].Value = d.u32()
		perms[i].Name = d.name(length)
		d.value("permission", perms[i].Value, nprim)
	}
	return perms
}

func (d *decoder) class(nprim uint32, c *Class) {
	p := d.p
	nameLen, commonLen := d.u32(), d.u32()
	c.Value = d.u32()
	c.PermNPrim = d.u32()
	perms, constraints := d.count(8), d.count(8)
	c.Name = d.name(nameLen)
	if commonLen > 0 {
		c.Common = d.name(commonLen)
		d.knownCommon(c.Common)
	}
	c.Perms = d.perms(perms, c.PermNPrim)
	d.value("class", c.Value, nprim)
	c.Constraints = d.constraints(constraints, false)
	if p.Version >= versionMLS {
		c.ValidateTrans = d.constraints(d.count(8), true)
	}
	if p.Version >= versionObjectDefaults {
		c.DefaultUser, c.DefaultRole, c.DefaultRange = d.u32(), d.u32(), d.u32()
	}
	if p.Version >= versionDefaultType {
		c.DefaultType = d.u32()
	}
}

func (d *decoder) knownCommon(name string) {
	if d.commons == nil {
		d.commons = make(map[string]bool, len(d.p.Commons.Items))
		for i := range d.p.Commons.Items {
			d.commons[d.p.Commons.Items[i].Name] = true
		}
	}
	if !d.commons[name] && d.err == nil {
		d.failf("unknown common %.64q", name)
	}
}

func (e *encoder) common(c *Common) {
	e.count(len(c.Name))
	e.u32(c.Value)
	e.u32(c.PermNPrim)
	e.count(len(c.Perms))
	e.str(c.Name)
	e.perms(c.Perms)
}

func (e *encoder) perms(perms []Perm) {
	for _, p := range perms {
		e.count(len(p.Name))
		e.u32(p.Value)
		e.str(p.Name)
	}
}

func (e *encoder) class(c *Class) {
	p := e.p
	e.count(len(c.Name))
	e.count(len(c.Common))
	e.u32(c.Value)
	e.u32(c.PermNPrim)
	e.count(len(c.Perms))
	e.count(len(c.Constraints))
	e.str(c.Name)
	e.str(c.Common)
	e.perms(c.Perms)
	e.constraints(c.Constraints)
	if p.Version >= versionMLS {
		e.count(len(c.ValidateTrans))
		e.constraints(c.ValidateTrans)
	}
	if p.Version >= versionObjectDefaults {
		e.u32(c.DefaultUser)
		e.u32(c.DefaultRole)
		e.u32(c.DefaultRange)
	}
	if p.Version >= versionDefaultType {
		e.u32(c.DefaultType)
	}
}
