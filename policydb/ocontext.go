package policydb

// A Context is a security context.
type Context struct {
	User, Role, Type uint32
	Range            Range // void without MLS; v19+
}

// OContexts are the contexts of things that are not files with labels of their
// own. The order of each list is the order in which the kernel tries its
// records: the first that matches wins.
type OContexts struct {
	InitialSIDs []InitialSID
	FS          []FSCon
	Ports       []PortCon
	Netifs      []NetifCon
	Nodes       []NodeCon
	FSUses      []FSUse
	Nodes6      []NodeCon6      // v17+
	IBPKeys     []IBPKeyCon     // v31+
	IBEndPorts  []IBEndPortCon  // v31+
	PIRQs       []PIRQCon       // Xen
	IOPorts     []IOPortCon     // Xen
	IOMems      []IOMemCon      // Xen
	PCIDevices  []PCIDeviceCon  // Xen
	DeviceTrees []DeviceTreeCon // Xen, v30+
}

// An InitialSID is a context that the kernel needs before anything is labelled,
// or when nothing else gives a label: "port" for ports without a portcon.
type InitialSID struct {
	SID     uint32
	Context Context
}

// An FSCon is an fscon statement, which no kernel since 2.6 uses.
type FSCon struct {
	Name     string
	FS, File Context
}

// A PortCon labels the ports from Low to High of one protocol.
type PortCon struct {
	Protocol  uint32 // an IP protocol number: 6 TCP, 17 UDP, 33 DCCP, 132 SCTP
	Low, High uint32
	Context   Context
}

// A NetifCon labels a network interface.
type NetifCon struct {
	Name   string // a pattern where the policy has the capability netif_wildcard
	If     Context
	Packet Context // used by no kernel since 2.6.18
}

// A NodeCon labels IPv4 addresses. Bytes stand in network order.
type NodeCon struct {
	Addr, Mask [4]byte
	Context    Context
}

// A NodeCon6 labels IPv6 addresses. Bytes stand in network order.
type NodeCon6 struct {
	Addr, Mask [16]byte
	Context    Context
}

// An FSUse is the rule by which the files of a file system get their labels.
type FSUse struct {
	Behavior uint32 // 1 xattr, 2 trans, 3 task
	Name     string
	Context  Context
}

// An IBPKeyCon labels InfiniBand partition keys of one subnet.
type IBPKeyCon struct {
	SubnetPrefix [8]byte // network order: the upper half of an IPv6 address
	Low, High    uint32
	Context      Context
}

// An IBEndPortCon labels a port of an InfiniBand device.
type IBEndPortCon struct {
	Device  string
	Port    uint32 // 1..255
	Context Context
}

// A PIRQCon labels a physical interrupt line.
type PIRQCon struct {
	PIRQ    uint32
	Context Context
}

// An IOPortCon labels x86 I/O ports.
type IOPortCon struct {
	Low, High uint32
	Context   Context
}

// An IOMemCon labels machine memory by page frame number.
type IOMemCon struct {
	Low, High uint64 // at most 32 bits before v30
	Context   Context
}

// A PCIDeviceCon labels a PCI device.
type PCIDeviceCon struct {
	Device  uint32
	Context Context
}

// A DeviceTreeCon labels a device tree node.
type DeviceTreeCon struct {
	Path    string
	Context Context
}

// context mirrors context_read_and_validate without the check that user, role and type go together,
// which the kernel makes when the policy is loaded.
func (d *decoder) context() Context {
	p := d.p
	c := Context{User: d.u32(), Role: d.u32(), Type: d.u32()}
	d.value("user", c.User, p.Users.NPrim)
	d.value("role", c.Role, p.Roles.NPrim)
	d.value("type", c.Type, p.Types.NPrim)
	if p.Version >= versionMLS {
		c.Range = d.mlsRange()
		d.checkRange(c.Range)
	}
	return c
}

func (e *encoder) context(c Context) {
	e.u32(c.User)
	e.u32(c.Role)
	e.u32(c.Type)
	if e.p.Version >= versionMLS {
		e.mlsRange(c.Range)
	}
}

const contextMinSize = 12

// ocontextList reads one list of the section.
func ocontextList[T any](d *decoder, section string, minSize int, read func(*T)) []T {
	d.enter(section)
	list := newTable[T](d.count(minSize + contextMinSize))
	for i := range list {
		d.record = i
		read(&list[i])
		if d.err != nil {
			return nil
		}
	}
	return list
}

// ocontexts mirrors ocontext_read_selinux and libsepol's ocontext_read_xen.
func (d *decoder) ocontexts() {
	o := &d.p.OContexts
	o.InitialSIDs = ocontextList(d, "initial SIDs", 4, func(c *InitialSID) {
		c.SID = d.u32()
		c.Context = d.context()
	})
	if d.p.Target == TargetXen {
		d.xenOContexts(o)
		return
	}
	o.FS = ocontextList(d, "fscon", 4, func(c *FSCon) {
		c.Name = d.name(d.u32())
		c.FS, c.File = d.context(), d.context()
	})
	o.Ports = ocontextList(d, "portcon", 12, func(c *PortCon) {
		c.Protocol, c.Low, c.High = d.u32(), d.u32(), d.u32()
		if (c.Low > 65535 || c.High > 65535 || c.Protocol > 255) && d.err == nil {
			d.failf("protocol %d port %d-%d is out of range", c.Protocol, c.Low, c.High)
		}
		c.Context = d.context()
	})
	o.Netifs = ocontextList(d, "netifcon", 4, func(c *NetifCon) {
		c.Name = d.name(d.u32())
		c.If, c.Packet = d.context(), d.context()
	})
	o.Nodes = ocontextList(d, "nodecon", 8, func(c *NodeCon) {
		copy(c.Addr[:], d.bytes(4))
		copy(c.Mask[:], d.bytes(4))
		c.Context = d.context()
	})
	o.FSUses = ocontextList(d, "fs_use", 8, func(c *FSUse) {
		c.Behavior = d.u32()
		c.Name = d.name(d.u32())
		c.Context = d.context()
	})
	if d.p.Version >= versionIPv6 {
		o.Nodes6 = ocontextList(d, "nodecon (IPv6)", 32, func(c *NodeCon6) {
			copy(c.Addr[:], d.bytes(16))
			copy(c.Mask[:], d.bytes(16))
			c.Context = d.context()
		})
	}
	if d.p.Version >= versionInfiniband {
		o.IBPKeys = ocontextList(d, "ibpkeycon", 16, func(c *IBPKeyCon) {
			copy(c.SubnetPrefix[:], d.bytes(8))
			c.Low, c.High = d.u32(), d.u32()
			if (c.Low > 0xffff || c.High > 0xffff) && d.err == nil {
				d.failf("partition key %#x-%#x is out of range", c.Low, c.High)
			}
			c.Context = d.context()
		})
		o.IBEndPorts = ocontextList(d, "ibendportcon", 8, func(c *IBEndPortCon) {
			n := d.u32()
			c.Port = d.u32()
			c.Device = d.name(n)
			c.Context = d.context()
		})
	}
}

func (d *decoder) xenOContexts(o *OContexts) {
	o.PIRQs = ocontextList(d, "pirqcon", 4, func(c *PIRQCon) {
		c.PIRQ = d.u32()
		c.Context = d.context()
	})
	o.IOPorts = ocontextList(d, "ioportcon", 8, func(c *IOPortCon) {
		c.Low, c.High = d.u32(), d.u32()
		c.Context = d.context()
	})
	o.IOMems = ocontextList(d, "iomemcon", 8, func(c *IOMemCon) {
		if d.p.Version >= versionXPerms {
			c.Low, c.High = d.u64(), d.u64()
		} else {
			c.Low, c.High = uint64(d.u32()), uint64(d.u32())
		}
		c.Context = d.context()
	})
	o.PCIDevices = ocontextList(d, "pcidevicecon", 4, func(c *PCIDeviceCon) {
		c.Device = d.u32()
		c.Context = d.context()
	})
	if d.p.Version >= versionXPerms {
		o.DeviceTrees = ocontextList(d, "devicetreecon", 4, func(c *DeviceTreeCon) {
			c.Path = d.name(d.u32())
			c.Context = d.context()
		})
	}
}

func encodeList[T any](e *encoder, list []T, write func(*T)) {
	e.count(len(list))
	for i := range list {
		write(&list[i])
	}
}

func (e *encoder) ocontexts() {
	o := &e.p.OContexts
	encodeList(e, o.InitialSIDs, func(c *InitialSID) { e.u32(c.SID); e.context(c.Context) })
	if e.p.Target == TargetXen {
		e.xenOContexts(o)
		return
	}
	encodeList(e, o.FS, func(c *FSCon) { e.named(c.Name); e.context(c.FS); e.context(c.File) })
	encodeList(e, o.Ports, func(c *PortCon) {
		e.u32(c.Protocol)
		e.u32(c.Low)
		e.u32(c.High)
		e.context(c.Context)
	})
	encodeList(e, o.Netifs, func(c *NetifCon) { e.named(c.Name); e.context(c.If); e.context(c.Packet) })
	encodeList(e, o.Nodes, func(c *NodeCon) {
		e.out = append(append(e.out, c.Addr[:]...), c.Mask[:]...)
		e.context(c.Context)
	})
	encodeList(e, o.FSUses, func(c *FSUse) { e.u32(c.Behavior); e.named(c.Name); e.context(c.Context) })
	if e.p.Version >= versionIPv6 {
		encodeList(e, o.Nodes6, func(c *NodeCon6) {
			e.out = append(append(e.out, c.Addr[:]...), c.Mask[:]...)
			e.context(c.Context)
		})
	}
	if e.p.Version >= versionInfiniband {
		encodeList(e, o.IBPKeys, func(c *IBPKeyCon) {
			e.out = append(e.out, c.SubnetPrefix[:]...)
			e.u32(c.Low)
			e.u32(c.High)
			e.context(c.Context)
		})
		encodeList(e, o.IBEndPorts, func(c *IBEndPortCon) {
			e.count(len(c.Device))
			e.u32(c.Port)
			e.str(c.Device)
			e.context(c.Context)
		})
	}
}

func (e *encoder) xenOContexts(o *OContexts) {
	encodeList(e, o.PIRQs, func(c *PIRQCon) { e.u32(c.PIRQ); e.context(c.Context) })
	encodeList(e, o.IOPorts, func(c *IOPortCon) { e.u32(c.Low); e.u32(c.High); e.context(c.Context) })
	encodeList(e, o.IOMems, func(c *IOMemCon) {
		if e.p.Version >= versionXPerms {
			e.u64(c.Low)
			e.u64(c.High)
		} else {
			e.u32(uint32(c.Low))
			e.u32(uint32(c.High))
		}
		e.context(c.Context)
	})
	encodeList(e, o.PCIDevices, func(c *PCIDeviceCon) { e.u32(c.Device); e.context(c.Context) })
	if e.p.Version >= versionXPerms {
		encodeList(e, o.DeviceTrees, func(c *DeviceTreeCon) { e.named(c.Path); e.context(c.Context) })
	}
}

// named writes a name after its length.
func (e *encoder) named(s string) {
	e.count(len(s))
	e.str(s)
}
