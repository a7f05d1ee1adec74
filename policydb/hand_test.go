package policydb_test

import (
	"encoding/binary"
	"slices"
)

// A hand is a policy written by hand, section by section: the smallest that has
// one record of everything its version and target have. Tests change a section
// and look what becomes of it.
type hand struct {
	version uint32
	xen     bool
	mls     bool

	magic              uint32
	id                 string
	idLen              uint32
	config             uint32
	symbols, ocontexts uint32

	// The sections, in the file's order. A nil one is not written.
	policycaps, permissive, neveraudit                              []byte
	commons, classes, roles, types, users, bools, sens, cats        []byte
	avtab, conds, roleTrans, roleAllows, filenames                  []byte
	isids, fs, ports, netifs, nodes, fsUses, nodes6, ibpkeys, ibend []byte
	pirqs, ioports, iomems, pcidevices, devicetrees                 []byte
	genfs, ranges, attrMap, trailing                                []byte
}

// The values of the symbols of a hand-written policy.
const (
	handProcess, handFile  = 1, 2
	handT, handU, handA    = 1, 2, 3 // a is an attribute of t, version 20 on
	handObjectR, handR     = 1, 2
	handUser, handBool     = 1, 1
	handS0, handC0, handC1 = 1, 1, 2
	avAllow, avTransition  = 0x1, 0x10
)

func newHand(version uint32, xen, mls bool) *hand {
	h := &hand{version: version, xen: xen, mls: mls, magic: 0xf97cff8c, id: "SE Linux", idLen: 8}
	if xen {
		h.id = "XenFlask"
	}
	if mls {
		h.config = 1
	}
	h.symbols, h.ocontexts = 8, 9
	switch {
	case version < 16:
		h.symbols = 5
	case version < 19:
		h.symbols = 6
	}
	switch {
	case xen && version < 30:
		h.ocontexts = 5
	case xen:
		h.ocontexts = 6
	case version < 17:
		h.ocontexts = 6
	case version < 31:
		h.ocontexts = 7
	}
	if version >= 22 {
		h.policycaps = bitmap(1)
	}
	if version >= 23 {
		h.permissive = bitmap(handT)
	}
	if version >= 35 {
		h.neveraudit = bitmap(handU)
	}
	h.commons = cat(u32(1, 1), u32(1, 1, 1, 1), "c", perm("p", 1))
	process := "process"
	if xen {
		process = "domain"
	}
	h.classes = cat(u32(2, 2),
		h.class(process, "", handProcess, 2, cat(perm("transition", 1), perm("dyntransition", 2)), 2, nil, 0),
		h.class("file", "c", handFile, 2, perm("q", 2), 1, cat(u32(1), h.expr(attrNode(4, 1))), 1))
	h.roles = cat(u32(2, 2), h.named("object_r", handObjectR), bitmap(), bitmap(), h.named("r", handR),
		bitmap(handR-1), bitmap(handT-1))
	h.types = cat(u32(2, 2), h.typ("t", handT, 1), h.typ("u", handU, 1))
	if version >= 20 {
		// Before 24 the attribute has a value and no symbol.
		h.types = cat(u32(3, 2), h.typ("t", handT, 1), h.typ("u", handU, 1))
		h.attrMap = cat(bitmap(handT-1, handA-1), bitmap(handU-1), bitmap(handA-1))
	}
	if version >= 24 {
		h.types = cat(u32(3, 3), h.typ("t", handT, 1), h.typ("u", handU, 1), h.typ("a", handA, 3))
	}
	h.users = cat(u32(1, 1), h.named("u", handUser), bitmap(handR-1))
	if version >= 16 {
		h.bools = cat(u32(1, 1), u32(handBool, 1, 1), "b")
	}
	if version >= 19 {
		h.users = cat(h.users, h.rng(), level(h.s0()))
		h.sens = cat(u32(1, 1), u32(2, 0), "s0", level(1, 0, 1))
		h.cats = cat(u32(2, 2), u32(2, 1, 0), "c0", u32(2, 2, 0), "c1")
	}
	h.avtab = cat(u32(2), h.rule(handT, handU, handFile, avAllow, 3),
		h.rule(handT, handU, handProcess, avTransition, handT))
	if version >= 16 {
		h.conds = cat(u32(1), u32(1, 1, 1, handBool), u32(1), h.rule(handT, handT, handFile, avAllow|h.enabled(), 1),
			u32(0))
	}
	h.roleTrans = cat(u32(1), u32(handR, handT, handR))
	if version >= 26 {
		h.roleTrans = cat(h.roleTrans, u32(handFile))
	}
	h.roleAllows = cat(u32(1), u32(handR, handR))
	switch {
	case version >= 33:
		h.filenames = cat(u32(1), u32(4), "name", u32(handU, handFile, 1), bitmap(handT-1), u32(handU))
	case version >= 25:
		h.filenames = cat(u32(1), u32(4), "name", u32(handT, handU, handFile, handU))
	}
	h.isids = cat(u32(1), u32(1), h.context())
	if xen {
		h.pirqs = cat(u32(1), u32(33), h.context())
		h.ioports = cat(u32(1), u32(0x70, 0x71), h.context())
		h.iomems = cat(u32(1), u32(0xa0, 0xbf), h.context())
		h.pcidevices = cat(u32(1), u32(0xc800), h.context())
		if version >= 30 {
			h.iomems = cat(u32(1), u32(0xa0, 0x1, 0xbf, 0x1), h.context())
			h.devicetrees = cat(u32(1), u32(4), "/soc", h.context())
		}
	} else {
		h.fs = cat(u32(1), u32(2), "fs", h.context(), h.context())
		h.ports = cat(u32(1), u32(6, 80, 443), h.context())
		h.netifs = cat(u32(1), u32(2), "lo", h.context(), h.context())
		h.nodes = cat(u32(1), "\x7f\x00\x00\x01\xff\xff\xff\xff", h.context())
		h.fsUses = cat(u32(1), u32(1, 4), "ext4", h.context())
		if version >= 17 {
			h.nodes6 = cat(u32(1), "0123456789abcdefFEDCBA9876543210", h.context())
		}
		if version >= 31 {
			h.ibpkeys = cat(u32(1), "\xfe\x80\x00\x00\x00\x00\x00\x00", u32(1, 0xffff), h.context())
			h.ibend = cat(u32(1), u32(4, 1), "mlx5", h.context())
		}
	}
	h.genfs = cat(u32(1), u32(4), "proc", u32(1), u32(1), "/", u32(0), h.context())
	if version >= 19 {
		h.ranges = cat(u32(1), u32(handT, handU))
		if version >= 21 {
			h.ranges = cat(h.ranges, u32(handProcess))
		}
		h.ranges = cat(h.ranges, h.rng())
	}
	return h
}

// build returns the policy's bytes.
func (h *hand) build() []byte {
	return slices.Concat(
		u32(h.magic, h.idLen), []byte(h.id), u32(h.version, h.config, h.symbols, h.ocontexts),
		h.policycaps, h.permissive, h.neveraudit,
		h.commons, h.classes, h.roles, h.types, h.users, h.bools, h.sens, h.cats,
		h.avtab, h.conds, h.roleTrans, h.roleAllows, h.filenames,
		h.isids, h.fs, h.ports, h.netifs, h.nodes, h.fsUses, h.nodes6, h.ibpkeys, h.ibend,
		h.pirqs, h.ioports, h.iomems, h.pcidevices, h.devicetrees,
		h.genfs, h.ranges, h.attrMap, h.trailing)
}

// named writes a symbol's length, value, bounds (version 24 on) and name.
func (h *hand) named(name string, value uint32) []byte {
	return cat(u32(uint32(len(name)), value), h.bounds(), name)
}

func (h *hand) typ(name string, value, properties uint32) []byte {
	return cat(u32(uint32(len(name)), value, properties), h.bounds(), name)
}

func (h *hand) bounds() []byte {
	if h.version >= 24 {
		return u32(0)
	}
	return nil
}

// class writes a class; constraints are given with their permissions word.
func (h *hand) class(name, common string, value, nprim uint32, perms []byte, nperms uint32, constraints []byte,
	nconstraints uint32) []byte {
	b := cat(u32(uint32(len(name)), uint32(len(common)), value, nprim, nperms, nconstraints), name, common, perms,
		constraints)
	if h.version >= 19 {
		b = cat(b, u32(0))
	}
	return cat(b, h.defaults())
}

// defaults writes the default_* rules of a class: none.
func (h *hand) defaults() []byte {
	switch {
	case h.version >= 28:
		return u32(0, 0, 0, 0)
	case h.version >= 27:
		return u32(0, 0, 0)
	}
	return nil
}

// oneClass makes the section of classes one class with these constraints, each
// given with its permissions word.
func (h *hand) oneClass(constraints ...[]byte) {
	h.classes = cat(u32(2, 2),
		h.class("process", "", handProcess, 2, cat(perm("transition", 1), perm("dyntransition", 2)), 2, nil, 0),
		h.class("file", "c", handFile, 2, perm("q", 2), 1, slices.Concat(constraints...), uint32(len(constraints))))
}

// expr writes a constraint's expression with its number of nodes.
func (h *hand) expr(nodes ...[]byte) []byte {
	return cat(u32(uint32(len(nodes))), slices.Concat(nodes...))
}

func attrNode(attr, op uint32) []byte { return u32(4, attr, op) }

var notNode, andNode, orNode = u32(1, 0, 0), u32(2, 0, 0), u32(3, 0, 0)

func (h *hand) namesNode(attr, op uint32, names ...uint32) []byte {
	b := cat(u32(5, attr, op), bitmap(names...))
	if h.version >= 29 {
		b = cat(b, bitmap(), bitmap(), u32(0))
	}
	return b
}

// rule writes one rule in the layout of the version.
func (h *hand) rule(source, target, class, kind, data uint32) []byte {
	if h.version < 20 {
		return u32(5, source, target, class, kind, data)
	}
	return cat(u16(source, target, class, kind), u32(data))
}

// enabled is the bit of a conditional's rule that is in force.
func (h *hand) enabled() uint32 {
	if h.version < 20 {
		return 0x80000000
	}
	return 0x8000
}

func (h *hand) context() []byte {
	b := u32(handUser, handObjectR, handT)
	if h.version >= 19 {
		b = cat(b, h.rng())
	}
	return b
}

// s0 is the value of the lowest sensitivity, which is 0 without MLS.
func (h *hand) s0() uint32 {
	if h.mls {
		return handS0
	}
	return 0
}

// rng writes a range of one level.
func (h *hand) rng() []byte { return cat(u32(1, h.s0()), bitmap()) }

func level(sens uint32, cats ...uint32) []byte { return cat(u32(sens), bitmap(cats...)) }

func perm(name string, value uint32) []byte { return cat(u32(uint32(len(name)), value), name) }

func u32(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func u16(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func u64(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }

// bitmap writes an ebitmap of bits below 64.
func bitmap(set ...uint32) []byte {
	if len(set) == 0 {
		return u32(64, 0, 0)
	}
	word := uint64(0)
	for _, bit := range set {
		word |= 1 << bit
	}
	return cat(u32(64, 64, 1, 0), u64(word))
}

func cat(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			b = append(b, part...)
		case []byte:
			b = append(b, part...)
		}
	}
	return b
}
