package contextfile

import (
	"encoding/binary"
	"slices"
)

// maxDepth is the depth of the tree that libselinux takes.
const maxDepth = 32

// withoutCode returns a compiled form as it is without compiled expressions, nil if it is none.
func withoutCode(form []byte) []byte {
	c := &codeless{in: form, order: binary.BigEndian}
	if len(form) < 8 {
		return nil
	}
	if c.order.Uint32(form) == binaryMagic && c.order.Uint32(form[4:]) == treeVersion {
		c.tree()
	} else {
		if binary.LittleEndian.Uint32(form) == binaryMagic {
			c.order = binary.LittleEndian
		}
		c.list()
	}
	if c.bad || len(c.in) > 0 {
		return nil
	}
	return c.out
}

// A codeless copies a form from in to out.
type codeless struct {
	in, out []byte
	order   binary.ByteOrder
	bad     bool
}

// copy copies n bytes and returns them.
func (c *codeless) copy(n uint32) []byte {
	if c.bad || uint64(n) > uint64(len(c.in)) {
		c.bad = true
		return make([]byte, 8)
	}
	b := c.in[:n]
	c.out, c.in = append(c.out, b...), c.in[n:]
	return b
}

func (c *codeless) number() uint32 { return c.order.Uint32(c.copy(4)) }

// short copies a text with its length of two bytes.
func (c *codeless) short() { c.copy(uint32(c.order.Uint16(c.copy(2)))) }

// code leaves out a compiled expression.
func (c *codeless) code() {
	n := c.number()
	if c.bad || uint64(n) > uint64(len(c.in)) {
		c.bad = true
		return
	}
	clear(c.out[len(c.out)-4:])
	c.in = c.in[n:]
}

// head copies the magic number, the version, and the versions of PCRE and of the architecture.
func (c *codeless) head(version uint32) {
	c.out = slices.Grow(c.out, min(len(c.in), 1<<20))
	if c.number() != binaryMagic || c.number() != version {
		c.bad = true
	}
	c.copy(c.number())
	c.copy(c.number())
}

// each calls do for 1 to a number that it copies.
func (c *codeless) each(do func()) {
	for n := c.number(); n > 0 && !c.bad; n-- {
		do()
	}
}

// list copies the form of libselinux 2.7 to 3.7; see [library.encodeList].
func (c *codeless) list() {
	c.head(binaryVersion)
	c.each(func() {
		n := c.number()
		c.copy(n)
		c.copy(1)
	})
	c.each(func() {
		c.copy(c.number())
		c.copy(c.number())
		c.copy(4 * 4)
		c.code()
	})
}

// tree copies the form of libselinux 3.8; see [library.encodeTree].
func (c *codeless) tree() {
	c.head(treeVersion)
	c.copy(8)
	c.each(c.short)
	c.node(0)
}

func (c *codeless) node(depth int) {
	if depth == maxDepth {
		c.bad = true
		return
	}
	c.short()
	c.each(func() {
		c.copy(4)
		c.short()
		c.short()
		c.copy(1)
	})
	c.each(func() {
		c.copy(4 + 4)
		c.short()
		c.copy(2 + 1)
		c.code()
	})
	c.each(func() { c.node(depth + 1) })
}
