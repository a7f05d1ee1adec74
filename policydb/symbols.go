package policydb

// Symbols is one symbol table of the file.
type Symbols[T any] struct {
	// NPrim is the largest value a symbol of this table may have. Values
	// without an item are possible, and so are several items with one value:
	// aliases.
	NPrim uint32
	Items []T // in the file's order, which is that of libsepol's hash table
}

// A Type is a type, an attribute or an alias of a type.
type Type struct {
	Name       string
	Value      uint32
	Properties uint32 // [TypePrimary], [TypeAttribute]; before v24 only TypePrimary
	Bounds     uint32 // the type that bounds this one, 0 if none; v24+
}

// The bits of [Type.Properties] that kernel policies use.
const (
	TypePrimary   = 1 // not an alias
	TypeAttribute = 2
)

// IsAttribute reports whether the symbol is an attribute. Before version 24
// attributes have no symbol at all.
func (t *Type) IsAttribute() bool { return t.Properties&TypeAttribute != 0 }

// IsAlias reports whether the symbol is another name of a type.
func (t *Type) IsAlias() bool { return t.Properties&(TypePrimary|TypeAttribute) == 0 }

// A Role is a role and the types it may be paired with.
type Role struct {
	Name      string
	Value     uint32
	Bounds    uint32 // v24+
	Dominates Bitmap // role values - 1
	Types     Bitmap // type values - 1
}

// A User is an SELinux user.
type User struct {
	Name         string
	Value        uint32
	Bounds       uint32 // v24+
	Roles        Bitmap // role values - 1
	Range        Range  // v19+
	DefaultLevel Level  // v19+
}

// A Bool is a boolean with its value in this file.
type Bool struct {
	Name  string
	Value uint32 // the symbol's number, not its state
	State uint32 // 0 or 1
}

// A Sensitivity is a sensitivity or an alias of one. Its value is Level.Sens.
type Sensitivity struct {
	Name    string
	IsAlias uint32 // 0 or 1
	Level   Level  // the sensitivity and the categories it may be combined with
}

// A Category is a category or an alias of one.
type Category struct {
	Name    string
	Value   uint32
	IsAlias uint32 // 0 or 1
}

// symbolTables mirrors the loop over read_f in policydb_read.
func (d *decoder) symbolTables() {
	p := d.p
	symbols(d, "commons", &p.Commons, 16, d.common)
	symbols(d, "classes", &p.Classes, 24, d.class)
	symbols(d, "roles", &p.Roles, 8+2*bitmapMinSize, d.role)
	symbols(d, "types", &p.Types, 12, d.typ)
	symbols(d, "users", &p.Users, 8+bitmapMinSize, d.user)
	if p.Version >= versionBool {
		symbols(d, "booleans", &p.Bools, 12, d.boolean)
	}
	if p.Version >= versionMLS {
		symbols(d, "sensitivities", &p.Sensitivities, 12+bitmapMinSize, d.sensitivity)
		symbols(d, "categories", &p.Categories, 12, d.category)
		d.checkSymbolLevels()
	}
}

// checkSymbolLevels checks the levels of users and sensitivities, which can
// only be done once the tables that follow them are read.
func (d *decoder) checkSymbolLevels() {
	if d.err != nil || !d.p.MLS() {
		return
	}
	d.enter("users")
	for i := range d.p.Users.Items {
		d.record = i
		d.checkRange(d.p.Users.Items[i].Range)
		d.checkLevel(d.p.Users.Items[i].DefaultLevel)
	}
	d.enter("sensitivities")
	for i := range d.p.Sensitivities.Items {
		d.record = i
		d.checkLevel(d.p.Sensitivities.Items[i].Level)
	}
}

func symbols[T any](d *decoder, section string, table *Symbols[T], minSize int, read func(nprim uint32, item *T)) {
	d.enter(section)
	nprim := d.u32()
	limit := uint32(maxOtherSymbols)
	if section == "types" || section == "classes" {
		limit = maxSymbols
	}
	if nprim > limit && d.err == nil {
		d.failf("%d symbols; at most %d are possible", nprim, limit)
	}
	n := d.count(minSize)
	if n > 0 && nprim == 0 && d.err == nil {
		d.failf("%d items in a table without symbols", n)
	}
	if d.err != nil {
		return
	}
	table.NPrim = nprim
	table.Items = newTable[T](n)
	for i := range table.Items {
		d.record = i
		read(nprim, &table.Items[i])
		if d.err != nil {
			return
		}
	}
}

// boundary reports whether the format has bounds on types, roles and users.
func (p *Policy) boundary() bool { return p.Version >= versionBoundary }

func (d *decoder) typ(nprim uint32, t *Type) {
	n := d.u32()
	t.Value = d.u32()
	t.Properties = d.u32()
	if d.p.boundary() {
		t.Bounds = d.u32()
		if t.Bounds > nprim {
			d.value("bounds type", t.Bounds, nprim)
		}
	}
	t.Name = d.name(n)
	d.value("type", t.Value, nprim)
}

func (d *decoder) role(nprim uint32, r *Role) {
	n := d.u32()
	r.Value = d.u32()
	if d.p.boundary() {
		r.Bounds = d.u32()
		if r.Bounds > nprim {
			d.value("bounds role", r.Bounds, nprim)
		}
	}
	r.Name = d.name(n)
	r.Dominates = d.bitmap()
	r.Types = d.bitmap()
	d.value("role", r.Value, nprim)
}

func (d *decoder) user(nprim uint32, u *User) {
	n := d.u32()
	u.Value = d.u32()
	if d.p.boundary() {
		u.Bounds = d.u32()
		if u.Bounds > nprim {
			d.value("bounds user", u.Bounds, nprim)
		}
	}
	u.Name = d.name(n)
	u.Roles = d.bitmap()
	if d.p.Version >= versionMLS {
		// The tables of levels come later in the file, so ranges cannot be
		// checked against them here; see checkSymbolLevels.
		u.Range = d.mlsRange()
		u.DefaultLevel = d.level()
	}
	d.value("user", u.Value, nprim)
}

func (d *decoder) boolean(nprim uint32, b *Bool) {
	b.Value = d.u32()
	b.State = d.u32()
	b.Name = d.name(d.u32())
	d.value("boolean", b.Value, nprim)
	if b.State > 1 && d.err == nil {
		d.failf("boolean state %d is not 0 or 1", b.State)
	}
}

func (d *decoder) sensitivity(nprim uint32, s *Sensitivity) {
	n := d.u32()
	s.IsAlias = d.u32()
	s.Name = d.name(n)
	s.Level = d.level()
	d.value("sensitivity", s.Level.Sens, nprim)
}

func (d *decoder) category(nprim uint32, c *Category) {
	n := d.u32()
	c.Value = d.u32()
	c.IsAlias = d.u32()
	c.Name = d.name(n)
	d.value("category", c.Value, nprim)
}

func (e *encoder) symbolTables() {
	p := e.p
	encodeSymbols(e, p.Commons, e.common)
	encodeSymbols(e, p.Classes, e.class)
	encodeSymbols(e, p.Roles, e.role)
	encodeSymbols(e, p.Types, e.typ)
	encodeSymbols(e, p.Users, e.user)
	if p.Version >= versionBool {
		encodeSymbols(e, p.Bools, e.boolean)
	}
	if p.Version >= versionMLS {
		encodeSymbols(e, p.Sensitivities, e.sensitivity)
		encodeSymbols(e, p.Categories, e.category)
	}
}

func encodeSymbols[T any](e *encoder, table Symbols[T], write func(*T)) {
	e.u32(table.NPrim)
	e.count(len(table.Items))
	for i := range table.Items {
		write(&table.Items[i])
	}
}

func (e *encoder) typ(t *Type) {
	e.count(len(t.Name))
	e.u32(t.Value)
	e.u32(t.Properties)
	if e.p.boundary() {
		e.u32(t.Bounds)
	}
	e.str(t.Name)
}

func (e *encoder) role(r *Role) {
	e.count(len(r.Name))
	e.u32(r.Value)
	if e.p.boundary() {
		e.u32(r.Bounds)
	}
	e.str(r.Name)
	e.bitmap(r.Dominates)
	e.bitmap(r.Types)
}

func (e *encoder) user(u *User) {
	e.count(len(u.Name))
	e.u32(u.Value)
	if e.p.boundary() {
		e.u32(u.Bounds)
	}
	e.str(u.Name)
	e.bitmap(u.Roles)
	if e.p.Version >= versionMLS {
		e.mlsRange(u.Range)
		e.level(u.DefaultLevel)
	}
}

func (e *encoder) boolean(b *Bool) {
	e.u32(b.Value)
	e.u32(b.State)
	e.count(len(b.Name))
	e.str(b.Name)
}

func (e *encoder) sensitivity(s *Sensitivity) {
	e.count(len(s.Name))
	e.u32(s.IsAlias)
	e.str(s.Name)
	e.level(s.Level)
}

func (e *encoder) category(c *Category) {
	e.count(len(c.Name))
	e.u32(c.Value)
	e.u32(c.IsAlias)
	e.str(c.Name)
}
