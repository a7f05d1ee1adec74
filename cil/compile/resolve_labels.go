package compile

import "net/netip"

// label resolves a statement that labels something.
func (c *compiler) label(s stmtID, kw symID) found {
	u, a := c.args(s)
	f := u.file
	l := label{stmt: s, kind: kw}
	at := a + 1
	switch kw {
	case wFilecon:
		l.path = f.Text(a)
		if c.opts.since(6) {
			path, got := c.nameArgument(s, u.word(a))
			if got != foundIt {
				return got
			}
			l.path = c.names[c.data[path].name]
		}
		l.a = fileKind(u.word(a + 1))
		at = a + 2
		if noContext(u, at) {
			c.labels = append(c.labels, l)
			return foundIt
		}
	case wFSUse:
		l.a = map[symID]uint32{wXattr: 1, wTrans: 2, wTask: 3}[u.word(a)]
		l.text = f.Text(a + 1)
		at = a + 2
	case wGenFSCon:
		l.text, l.path = f.Text(a), f.Text(a+1)
		at = a + 2
		if next := f.Next(at); next < f.End(c.stmts[s].node) {
			if l.a = fileKind(u.word(at)); c.stmts[s].copied {
				l.a = 0 // libsepol forgets the kind when it copies
			}
			at = next
		}
	case wPortCon:
		l.a = uint32(u.word(a)-wUDP) + 1
		l.lo, l.hi = numbers(u, a+1, 10)
		at = f.Next(a + 1)
	case wIBPKeyCon:
		l.text = f.Text(a)
		l.lo, l.hi = numbers(u, a+1, 0)
		at = f.Next(a + 1)
	case wIBEndPortCon:
		l.text = f.Text(a)
		l.lo, _ = parseUint(f.Text(a+1), 10)
		at = a + 2
	case wNetifCon:
		l.text = f.Text(a)
	case wNodeCon:
		return c.nodeCon(s, u, a, l)
	case wPIRQCon:
		l.lo, _ = parseUint(f.Text(a), 10)
	case wPCIDeviceCon:
		l.lo, _ = parseUint(f.Text(a), 0)
	case wIOMemCon, wIOPortCon:
		l.lo, l.hi = numbers(u, a, 0)
		at = f.Next(a)
	case wDeviceTreeCon:
		l.path = f.Text(a)
	}
	var got found
	if l.ctx, got = c.context(s, u, at); got != foundIt {
		return got
	}
	if kw == wNetifCon {
		if l.ctx2, got = c.context(s, u, f.Next(at)); got != foundIt {
			return got
		}
	}
	c.labels = append(c.labels, l)
	return foundIt
}

func fileKind(w symID) uint32 {
	for n, k := range fileKinds {
		if k == w {
			return uint32(n)
		}
	}
	return 0
}

// numbers reads a number or a list of two, which were checked.
func numbers(u *unit, i uint32, base int) (lo, hi uint64) {
	if !u.file.IsList(i) {
		lo, _ = parseUint(u.file.Text(i), base)
		return lo, lo
	}
	lo, _ = parseUint(u.file.Text(i+1), base)
	hi, _ = parseUint(u.file.Text(i+2), base)
	return lo, hi
}

// nodeCon mirrors cil_resolve_nodecon.
func (c *compiler) nodeCon(s stmtID, u *unit, a uint32, l label) found {
	f := u.file
	mask := f.Next(a)
	var got found
	if l.addr, got = c.address(s, u, a); got != foundIt {
		return got
	}
	if l.mask, got = c.address(s, u, mask); got != foundIt {
		return got
	}
	if l.ctx, got = c.context(s, u, f.Next(mask)); got != foundIt {
		return got
	}
	if l.addr.Is4() != l.mask.Is4() {
		c.failStmt(s, "the address and the mask are not of the same family")
		return failed
	}
	c.labels = append(c.labels, l)
	return foundIt
}

// address looks up an address: a name, or one written in place.
func (c *compiler) address(s stmtID, u *unit, i uint32) (netip.Addr, found) {
	if u.file.IsList(i) {
		addr, _ := parseAddr(u.file.Text(i + 1))
		return addr, foundIt
	}
	if c.bareAddress(u.file.Text(i)) {
		addr, _ := parseAddr(u.file.Text(i))
		return addr, foundIt
	}
	id, got := c.name(s, tIPAddrs, u, i)
	if got != foundIt {
		return netip.Addr{}, got
	}
	d := &c.data[id]
	if d.name == wNone {
		a := c.anons[d.value]
		addr, _ := parseAddr(c.units[a.unit].file.Text(a.node))
		return addr, foundIt
	}
	declared := c.unitOf(d.first)
	addr, _ := parseAddr(declared.file.Text(c.stmts[d.first].node + 3))
	return addr, foundIt
}
