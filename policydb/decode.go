package policydb

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"unsafe"
)

const magic = 0xf97cff8c

// moduleMagic begins the files that checkmodule writes; packageMagic the .pp
// around them.
const (
	moduleMagic  = 0xf97cff8d
	packageMagic = 0xf97cff8f
)

// Decode reads a binary kernel policy. It keeps no reference to b. The error
// is a [*DecodeError].
func Decode(b []byte) (*Policy, error) {
	return DecodeString(joined(unsafe.String(unsafe.SliceData(b), len(b))))
}

// DecodeString is Decode for a string, which the policy keeps and refers to.
func DecodeString(s string) (*Policy, error) {
	d := &decoder{cursor: cursor{s: s, record: -1}, p: &Policy{}}
	d.decode()
	if d.err != nil {
		return nil, d.err
	}
	return d.p, nil
}

// maxPolicySize is far beyond every policy seen (100 MB for Debian's in format
// 19) and keeps all offsets in 32 bits.
const maxPolicySize = 1 << 30

// Read decodes the policy that r yields until EOF. The size is a hint of its
// length in bytes, 0 if unknown.
func Read(r io.Reader, size int64) (*Policy, error) {
	// One byte more than the hint, so that a right one is seen to be right
	// without growing.
	buf := newBuffer(int(min(max(size, 64<<10), maxPolicySize) + 1))
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF:
			return DecodeString(unsafe.String(unsafe.SliceData(buf), len(buf))) // nobody writes to buf again
		case err != nil:
			return nil, err
		case len(buf) > maxPolicySize:
			return nil, fmt.Errorf("policy is larger than %d bytes", maxPolicySize)
		case len(buf) == cap(buf):
			buf = slices.Grow(buf, len(buf))
		}
	}
}

type decoder struct {
	cursor
	p       *Policy
	commons map[string]bool // the names of commons, made for the first class that has one

	expressions expressions
	constraint  slab[Constraint]
	nodes       slab[ConstraintNode]
	perm        slab[Perm]
	condNodes   slab[CondNode]
	files       slab[GenFSEntry]
}

func (d *decoder) decode() {
	p := d.p
	d.header()
	if p.Version >= versionPolCap {
		d.enter("policycaps")
		p.PolicyCaps = d.bitmap()
	}
	if p.Version >= versionPermissive {
		d.enter("permissive map")
		p.Permissive = d.bitmap()
	}
	if p.Version >= versionNeverAudit {
		d.enter("neveraudit map")
		p.NeverAudit = d.bitmap()
	}
	d.symbolTables()
	d.enter("avtab")
	p.AVTab = d.avtab(false)
	if p.AVTab.Len() == 0 && d.err == nil {
		d.failf("table is empty")
	}
	if p.Version >= versionBool {
		p.Conditionals = d.conditionals()
	}
	p.RoleTransitions = d.roleTransitions()
	p.RoleAllows = d.roleAllows()
	if p.Version >= versionFilenameTrans {
		p.FilenameTrans = d.filenameTrans()
	}
	d.ocontexts()
	p.GenFS = d.genFS()
	if p.Version >= versionMLS {
		p.RangeTrans = d.rangeTransitions()
	}
	if p.Version >= versionAVTab {
		p.TypeAttrMap = d.typeAttrMap()
	}
	p.Trailing = d.s[d.off:]
}

// header mirrors the beginning of policydb_read.
func (d *decoder) header() {
	p := d.p
	d.enter("header")
	switch m := d.u32(); {
	case d.err != nil:
	case m == moduleMagic || m == packageMagic:
		d.fail(fmt.Errorf("%w: this is a policy module", ErrNotPolicy))
	case m != magic:
		d.fail(fmt.Errorf("%w: magic number %#08x", ErrNotPolicy, m))
	}
	switch id := d.bytes(int(min(d.u32(), 64))); {
	case d.err != nil:
	case id == TargetSELinux.magicString():
		p.Target = TargetSELinux
	case id == TargetXen.magicString():
		p.Target = TargetXen
	default:
		d.fail(fmt.Errorf("%w: target %.32q", ErrNotPolicy, id))
	}
	p.Version = d.u32()
	if d.err == nil && (p.Version < MinVersion || p.Version > MaxVersion ||
		p.Target == TargetXen && p.Version < versionBoundary) {
		d.fail(fmt.Errorf("%w: %s version %d", ErrUnsupportedVersion, p.Target, p.Version))
	}
	p.Config = d.u32()
	if d.err == nil && p.MLS() && p.Version < versionMLS {
		d.failf("MLS in version %d, which cannot have it", p.Version)
	}
	symbols, ocontexts := d.u32(), d.u32()
	wantSymbols, wantOcontexts := tableCounts(p.Target, p.Version)
	if d.err == nil && (symbols != wantSymbols || ocontexts != wantOcontexts) {
		d.failf("%d symbol tables and %d kinds of ocontexts, where version %d has %d and %d",
			symbols, ocontexts, p.Version, wantSymbols, wantOcontexts)
	}
}

var errAttrBeyondTypes = errors.New("an attribute beyond the number of types")

// typeAttrMap mirrors the last loop of policydb_read.
func (d *decoder) typeAttrMap() []Bitmap {
	d.enter("type_attr_map")
	n := d.bound(d.p.Types.NPrim, bitmapMinSize)
	m := newTable[Bitmap](n)
	for i := range m {
		d.record = i
		m[i] = d.bitmap()
		if d.err != nil {
			return nil
		}
		if last := len(m[i].nodes) - bitmapNodeSize; last >= 0 &&
			m[i].lastBit() >= d.p.Types.NPrim {
			d.fail(errAttrBeyondTypes)
			return nil
		}
	}
	return m
}
