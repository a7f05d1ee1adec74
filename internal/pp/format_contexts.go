package pp

// contexts reads or writes the labels of a base module. Other modules have none, not even
// a count of them.
func (c *codec) contexts(tables []([]Context)) {
	for i := range tables {
		c.section = contextSections[i]
		list(c, &tables[i], 16, func(c *codec, x *Context) { c.context(i, x) })
	}
}

var contextSections = [NumContexts]string{"initial SIDs", "filesystems", "ports", "interfaces", "nodes", "fs_use",
	"IPv6 nodes", "infiniband keys", "infiniband ports"}

func (c *codec) context(table int, x *Context) {
	numbers := func(n int) {
		for i := range n {
			c.u32(&x.Numbers[i])
		}
	}
	n := uint32(len(x.Name))
	switch table {
	case ContextsSID:
		numbers(1)
	case ContextsFS, ContextsNetif:
		c.name(&x.Name)
		if len(x.Name) > 63 {
			c.failf("a name of %d bytes", len(x.Name))
		}
	case ContextsPort:
		numbers(3)
	case ContextsNode:
		numbers(2)
	case ContextsFSUse:
		numbers(1)
		c.name(&x.Name)
	case ContextsNode6:
		numbers(8)
	case ContextsIBPKey:
		numbers(4)
		if x.Numbers[2] > 0xffff || x.Numbers[3] > 0xffff {
			c.failf("a key beyond 65535")
		}
	case ContextsIBEndport:
		c.u32(&n)
		numbers(1)
		if p := x.Numbers[0]; c.err == nil && (n > 63 || p == 0 || p > 0xff) {
			c.failf("port %d of a name of %d bytes", p, n)
		}
		c.text(&x.Name, n)
	}
	c.label(&x.Labels[0])
	if table == ContextsFS || table == ContextsNetif {
		c.label(&x.Labels[1])
	}
}

func (c *codec) label(l *Label) {
	c.u32(&l.User)
	c.u32(&l.Role)
	c.u32(&l.Type)
	if c.base && c.at(versionMLS) {
		c.mlsRange(&l.Range)
	}
}

func (c *codec) fileSystem(f *FileSystem) {
	c.name(&f.Type)
	list(c, &f.Paths, 20, func(c *codec, p *PathLabel) {
		c.name(&p.Path)
		c.u32(&p.Class)
		c.label(&p.Label)
	})
}

func (c *codec) oldRange(r *OldRangeTransition) {
	c.u32(&r.Source)
	c.u32(&r.Target)
	c.mlsRange(&r.Range)
}
