package query

import (
	"math/bits"

	"github.com/senet-selinux/senet/policydb"
)

// An XPermRange is a range of extended permissions, ioctl commands or netlink
// message types, both ends inclusive, Low <= High.
type XPermRange struct{ Low, High uint16 }

// An XPermMatch is a criterion for extended permissions. The zero XPermMatch
// accepts every rule; any other accepts only rules of extended permissions.
type XPermMatch struct {
	Ranges []XPermRange // the rule has one of these
	Equal  bool         // the rule has exactly these
}

// xpermWords is the number of words in a set of all extended permissions.
const xpermWords = 1 << 16 / 64

// An xpermTest is a criterion as a bitmap.
type xpermTest struct {
	set   [xpermWords]uint64
	n     int
	equal bool
}

func newXPermTest(m XPermMatch) *xpermTest {
	if len(m.Ranges) == 0 {
		return nil
	}
	t := &xpermTest{equal: m.Equal}
	for _, r := range m.Ranges {
		for x := uint32(r.Low); x <= uint32(r.High); x++ {
			t.set[x/64] |= 1 << (x % 64)
		}
	}
	for _, w := range t.set {
		t.n += bits.OnesCount64(w)
	}
	return t
}

func (t *xpermTest) accepts(x *policydb.XPerms) bool {
	n, common := 0, 0
	for bit := range 256 {
		if !x.Has(uint8(bit)) {
			continue
		}
		if x.Specified != policydb.XPermsIoctlDriver {
			v := int(x.Driver)<<8 | bit
			n++
			common += int(t.set[v/64] >> (v % 64) & 1)
			continue
		}
		n += 256
		for _, w := range t.set[bit*4 : bit*4+4] {
			common += bits.OnesCount64(w)
		}
	}
	if t.equal {
		return n == t.n && common == n
	}
	return common > 0
}
