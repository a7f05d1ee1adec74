package compile

import "math/bits"

// An xpermSet is a set of ioctl commands or of message types of netlink.
type xpermSet [1 << 16 / 64]uint64

func (x *xpermSet) or(o *xpermSet) {
	for i, w := range o {
		x[i] |= w
	}
}

// driver returns the bits of the 256 commands of a driver.
func (x *xpermSet) driver(d uint32) []uint64 { return x[d*4 : d*4+4] }

// count returns how many of a driver's commands are in the set.
func (x *xpermSet) count(d uint32) int {
	n := 0
	for _, w := range x.driver(d) {
		n += bits.OnesCount64(w)
	}
	return n
}

// xpermSets evaluates extended permissions and verifies that their classes have
// the permission that they extend, ioctl or nlmsg. It mirrors __evaluate_permissionx_expression and
// __cil_verify_permissionx.
func (p *post) xpermSets() {
	used := make([]bool, len(p.permxs))
	for _, r := range p.xrules {
		p.xpermSet(r.stmt, r.permx, used)
	}
	for _, s := range p.few {
		if symID(p.stmts[s].kind) == wPermissionX {
			p.xpermSet(s, p.data[p.datumOf(s)].ext, used)
		}
	}
}

func (p *post) xpermSet(s stmtID, n uint32, done []bool) {
	if done[n] {
		return
	}
	done[n] = true
	x := &p.permxs[n]
	u := &p.units[x.unit]
	x.perms = p.xpermExpr(s, u, x.node+3)
	for _, class := range p.expandClass(x.class) {
		info := &p.classes[p.data[class].ext]
		if _, ok := p.permBit(info, x.kind); !ok {
			p.failStmt(s, "class %s has no permission %s", p.names[p.data[class].name], words[x.kind])
			return
		}
	}
}

func (p *post) xpermExpr(s stmtID, u *unit, i uint32) *xpermSet {
	f := u.file
	out := new(xpermSet)
	if !f.IsList(i) {
		v, ok := parseXPerm(f.Text(i))
		if !ok {
			p.badXPerm(s, u, i)
			return out
		}
		out[v/64] |= 1 << (v % 64)
		return out
	}
	op := u.word(i + 1)
	if op == wRange {
		low, ok := parseXPerm(f.Text(i + 2))
		if !ok {
			p.badXPerm(s, u, i+2)
		}
		high, ok := parseXPerm(f.Text(i + 3))
		if !ok {
			p.badXPerm(s, u, i+3)
		}
		for v := low; v <= high && v <= 0xffff; v++ {
			out[v/64] |= 1 << (v % 64)
		}
		return out
	}
	at := i + 1
	if operator(op) {
		at = f.Next(at)
	}
	var values []*xpermSet
	for ; at < f.End(i); at = f.Next(at) {
		values = append(values, p.xpermExpr(s, u, at))
	}
	for n := range out {
		switch op {
		case wAll:
			out[n] = ^uint64(0)
		case wNot:
			out[n] = ^values[0][n]
		case wAnd:
			out[n] = values[0][n] & values[1][n]
		case wXor:
			out[n] = values[0][n] ^ values[1][n]
		default:
			for _, v := range values {
				out[n] |= v[n]
			}
		}
	}
	return out
}

func (p *post) badXPerm(s stmtID, u *unit, i uint32) {
	d := p.failNode(u, i, "%s is no extended permission: want a number from 0 to 0xffff", u.file.String(i))
	p.chain(d, p.stmts[s].scope)
}
