package policydb

import (
	"errors"
	"fmt"
)

// A cursor reads little-endian values from s. The first failure sticks: later
// reads return zero values, so a decoder checks once for each record.
type cursor struct {
	s       string
	off     int
	section string
	record  int
	err     *DecodeError
}

var errTruncated = errors.New("truncated")

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = &DecodeError{Section: c.section, Record: c.record, Offset: c.off, Err: err}
	}
}

func (c *cursor) failf(format string, args ...any) { c.fail(fmt.Errorf(format, args...)) }

// enter names the section that errors are reported in from here on.
func (c *cursor) enter(section string) { c.section, c.record = section, -1 }

func (c *cursor) remaining() int { return len(c.s) - c.off }

func (c *cursor) u32() uint32 {
	if c.err != nil || len(c.s)-c.off < 4 {
		c.fail(errTruncated)
		return 0
	}
	v := le32(c.s, c.off)
	c.off += 4
	return v
}

func (c *cursor) u64() uint64 {
	lo := c.u32()
	return uint64(lo) | uint64(c.u32())<<32
}

// bytes returns the next n bytes as a view of the input.
func (c *cursor) bytes(n int) string {
	if c.err != nil || n < 0 || n > c.remaining() {
		c.fail(errTruncated)
		return ""
	}
	v := c.s[c.off : c.off+n]
	c.off += n
	return v
}

// name reads a string whose length n was read before. An empty name is refused
// as libsepol (zero_or_saturated) and the kernel (str_read) refuse it.
func (c *cursor) name(n uint32) string {
	if n == 0 && c.err == nil {
		c.failf("empty name")
	}
	if uint64(n) > uint64(c.remaining()) {
		c.fail(errTruncated)
		return ""
	}
	return c.bytes(int(n))
}

// count reads a number of records of at least minSize bytes each, and refuses
// one that the remaining bytes cannot hold, so that no allocation follows a lie.
func (c *cursor) count(minSize int) int {
	n := c.u32()
	return c.bound(n, minSize)
}

func (c *cursor) bound(n uint32, minSize int) int {
	if c.err != nil {
		return 0
	}
	if uint64(n)*uint64(minSize) > uint64(c.remaining()) {
		c.failf("count of %d records needs more than the %d bytes that remain", n, c.remaining())
		return 0
	}
	return int(n)
}

// value checks that v is one of 1..n.
func (c *cursor) value(what string, v, n uint32) {
	if (v == 0 || v > n) && c.err == nil {
		c.failf("%s %d is not in 1..%d", what, v, n)
	}
}

func le16(s string, off int) uint16 {
	s = s[off : off+2]
	return uint16(s[0]) | uint16(s[1])<<8
}

func le32(s string, off int) uint32 {
	s = s[off : off+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func le64(s string, off int) uint64 {
	s = s[off : off+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
