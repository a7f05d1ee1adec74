package pp

const (
	magicModule  = 0xf97cff8d
	moduleID     = "SE Linux Module"
	typeBase     = 1
	typeModule   = 2
	configMLS    = 1
	configHandle = 6
)

// DecodeModule reads a module policy, as checkmodule writes it. Encode returns the same bytes
// again. The error is an [*Error].
func DecodeModule(data []byte) (*Module, error) { return decodeModule(string(data)) }

func decodeModule(data string) (*Module, error) {
	m := &Module{}
	c := &codec{reading: true, in: data, section: "header"}
	if c.module(m); c.err == nil {
		c.err = m.check()
	}
	if c.err != nil {
		return nil, c.err
	}
	return m, nil
}

// Encode returns the bytes of the module policy. The error names a part that the version cannot
// store.
func (m *Module) Encode() ([]byte, error) {
	c := &codec{section: "header"}
	c.module(m)
	return c.out, c.err
}

// module mirrors policydb_read and policydb_write.
func (c *codec) module(m *Module) {
	if !c.header(m) {
		return
	}
	c.version, c.base = m.Version, m.Base
	if !m.Base {
		c.name(&m.Name)
		c.name(&m.ModuleVersion)
	}
	if c.at(versionCapabilities) {
		c.section = "policy capabilities"
		c.set(&m.Capabilities)
	}
	tables := &m.Tables
	if !c.reading && !c.at(versionRoleAttribute) {
		tables = withoutRoleAttributes(tables)
	}
	c.tables(tables)
	c.section = "blocks"
	list(c, &m.Blocks, 4, (*codec).block)
	c.section = "scopes"
	for i := range m.Scopes {
		list(c, &m.Scopes[i], 16, (*codec).scope)
	}
	c.contexts(m.Contexts[:m.contextTables()])
	c.section = "genfs"
	list(c, &m.FileSystems, 9, (*codec).fileSystem)
	if m.Base && c.at(versionMLS) && !c.at(versionRanges) {
		c.section = "range transitions"
		list(c, &m.OldRanges, 24, (*codec).oldRange)
	}
}

// withoutRoleAttributes returns the tables as role_write writes them for a version without role
// attributes.
func withoutRoleAttributes(t *Tables) *Tables {
	old := *t
	old.Roles.Items = nil
	for _, r := range t.Roles.Items {
		if r.Flavor != RoleAttribute {
			old.Roles.Items = append(old.Roles.Items, r)
		}
	}
	return &old
}

// contextTables returns how many tables of labels the module has.
func (m *Module) contextTables() int {
	switch {
	case !m.Base:
		return 0
	case m.Version >= versionInfiniband:
		return ContextsIBEndport + 1
	}
	return ContextsNode6 + 1
}

// header reads or writes the fields before the symbols, and reports whether the rest can be
// processed.
func (c *codec) header(m *Module) bool {
	magic, kind, config, id := uint32(magicModule), uint32(typeModule), m.HandleUnknown&configHandle, moduleID
	if m.Base {
		kind = typeBase
	}
	if m.MLS {
		config |= configMLS
	}
	tables, contexts := uint32(NumTables), uint32(m.contextTables())
	c.u32(&magic)
	if c.err == nil && magic != magicModule {
		c.failf("this is not a module policy: it begins with %#08x", magic)
		return false
	}
	c.name(&id)
	c.u32(&kind)
	c.u32(&m.Version)
	c.u32(&config)
	c.u32(&tables)
	c.u32(&contexts)
	switch m.Base = kind == typeBase; {
	case c.err != nil:
	case id != moduleID:
		c.failf("this is not a module policy: its name is %q", id)
	case kind != typeBase && kind != typeModule:
		c.failf("module type %d is neither base nor module", kind)
	case m.Version < MinVersion || m.Version > MaxVersion:
		c.failf("version %d is not %d to %d", m.Version, MinVersion, MaxVersion)
	case tables != NumTables || contexts != uint32(m.contextTables()):
		c.failf("%d tables of symbols and %d of labels do not fit version %d", tables, contexts, m.Version)
	case m.MLS && m.Version < versionMLS && !c.reading:
		c.failf("version %d does not support levels", m.Version)
	}
	m.MLS, m.HandleUnknown = config&configMLS != 0, config&configHandle
	return c.err == nil
}
