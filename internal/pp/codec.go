package pp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
)

// A codec reads or writes a module policy: it reads from in into the values that it is
// given, or appends the values to out. So one description of each record serves both.
// After the first failure all later values are zero.
type codec struct {
	reading bool
	in      string
	off     int
	out     []byte
	section string
	err     error

	version uint32
	base    bool
}

// An Error is a fault in a package or a module policy.
type Error struct {
	// Section is the faulty part: "classes", "rules".
	Section string
	// Offset is the place in bytes: in the package while its sections are read, then in
	// the module policy. It is -1 if the fault has no single place.
	Offset int
	Err    error
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("%s: %v", e.Section, e.Err)
	}
	return fmt.Sprintf("%s: at byte %d: %v", e.Section, e.Offset, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

var errTruncated = errors.New("the file ends too early")

func (c *codec) fail(err error) {
	if c.err == nil {
		c.err = &Error{Section: c.section, Offset: c.off, Err: err}
	}
}

func (c *codec) failf(format string, args ...any) { c.fail(fmt.Errorf(format, args...)) }

// at reports whether the version of the policy is v or newer.
func (c *codec) at(v uint32) bool { return c.version >= v }

func (c *codec) take(n int) string {
	if c.err != nil || n > len(c.in)-c.off {
		c.fail(errTruncated)
		return ""
	}
	c.off += n
	return c.in[c.off-n : c.off]
}

func (c *codec) u32(v *uint32) {
	if !c.reading {
		c.out = binary.LittleEndian.AppendUint32(c.out, *v)
		return
	}
	*v = 0
	if b := c.take(4); b != "" {
		*v = uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
	}
}

func (c *codec) u64(v *uint64) {
	lo, hi := uint32(*v), uint32(*v>>32)
	c.u32(&lo)
	c.u32(&hi)
	*v = uint64(lo) | uint64(hi)<<32
}

func (c *codec) u8(v *uint8) {
	if !c.reading {
		c.out = append(c.out, *v)
		return
	}
	*v = 0
	if b := c.take(1); b != "" {
		*v = b[0]
	}
}

// text reads a name of n bytes, or writes the name. A name has at least one byte.
func (c *codec) text(s *string, n uint32) {
	if !c.reading {
		c.out = append(c.out, *s...)
		return
	}
	if n == 0 && c.err == nil {
		c.failf("empty name")
	}
	if uint64(n) > uint64(len(c.in)-c.off) {
		c.fail(errTruncated)
		return
	}
	*s = c.take(int(n))
	if strings.IndexByte(*s, 0) >= 0 {
		c.failf("name with a NUL byte")
	}
}

// name reads or writes a name, with its length before it.
func (c *codec) name(s *string) {
	n := uint32(len(*s))
	c.u32(&n)
	c.text(s, n)
}

// bound returns a count of records of at least size bytes each. It checks the count
// against the rest of the file, so that a wrong count cannot cause a large allocation.
func (c *codec) bound(n uint32, size int) int {
	if c.err != nil {
		return 0
	}
	if n > math.MaxInt32 { // libsepol 3.4 takes that number of conditionals for a negative one, and reads none
		c.failf("%d records are too many for a list", n)
		return 0
	}
	if uint64(n)*uint64(size) > uint64(len(c.in)-c.off) {
		c.failf("%d records need more than the %d bytes that remain", n, len(c.in)-c.off)
		return 0
	}
	return int(n)
}

// items reads n records of at least size bytes each into s, or writes those of s.
func items[T any](c *codec, s *[]T, n uint32, size int, each func(*codec, *T)) {
	if c.reading {
		*s = nil
		if count := c.bound(n, size); count > 0 {
			*s = make([]T, count)
		}
	}
	for i := range *s {
		if each(c, &(*s)[i]); c.err != nil {
			return
		}
	}
}

// list reads or writes a count and that many records of at least size bytes.
func list[T any](c *codec, s *[]T, size int, each func(*codec, *T)) {
	n := uint32(len(*s))
	c.u32(&n)
	items(c, s, n, size, each)
}
