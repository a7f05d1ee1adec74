package policydb

import (
	"encoding/binary"
	"errors"
	"iter"
	"math/bits"
)

// AVKind is the kind of a rule in an access vector table: exactly one of the
// kind bits, and perhaps [AVEnabled].
type AVKind uint16

// The bits of an AVKind, in the numbers of the file (AVTAB_*).
const (
	AVAllowed          AVKind = 0x0001
	AVAuditAllow       AVKind = 0x0002
	AVAuditDeny        AVKind = 0x0004 // dontaudit, stored as the permissions still audited
	AVTransition       AVKind = 0x0010
	AVMember           AVKind = 0x0020
	AVChange           AVKind = 0x0040
	AVXPermsAllowed    AVKind = 0x0100
	AVXPermsAuditAllow AVKind = 0x0200
	AVXPermsDontAudit  AVKind = 0x0400
	AVEnabled          AVKind = 0x8000 // a conditional rule that was in force when the policy was written
	AVAccess                  = AVAllowed | AVAuditAllow | AVAuditDeny
	AVType                    = AVTransition | AVMember | AVChange
	AVXPerms                  = AVXPermsAllowed | AVXPermsAuditAllow | AVXPermsDontAudit
	avKinds                   = AVAccess | AVType | AVXPerms
	avJoined           AVKind = 0x2000 // see AVTab; never in a file
	avEnabledOld              = 0x80000000
	avRecordSize              = 12
	avXPermsRecordSize        = 42
	avOldRecordMinSize        = 24
	avOldMaxItems             = 8
	avOldKnown                = uint32(AVAccess|AVType) | avEnabledOld
)

// An AVRule is one node of an access vector table.
type AVRule struct {
	Source, Target uint16 // types or attributes
	Class          uint16
	Kind           AVKind
	// Data is the access vector of an allow, auditallow or dontaudit (inverted:
	// the permissions that are still audited) and the resulting type of a
	// type_transition, type_change or type_member. Extended permissions have
	// none; see [AVTab.XPerms].
	Data uint32
}

// XPerms is the datum of an extended permissions rule.
type XPerms struct {
	Specified XPermsKind
	Driver    uint8     // the high byte of the command, for XPermsIoctlFunction and XPermsNlmsg
	Perms     [8]uint32 // bit n: the low byte n, or for XPermsIoctlDriver the driver n
}

// An XPermsKind tells the meaning of the bits of an [XPerms].
type XPermsKind uint8

// The kinds of extended permissions, in the numbers of the file.
const (
	XPermsIoctlFunction XPermsKind = 1 // ioctl commands of one driver
	XPermsIoctlDriver   XPermsKind = 2 // whole drivers: all 256 commands of each
	XPermsNlmsg         XPermsKind = 3 // netlink message types
)

// Has reports whether bit n, 0..255, is set.
func (x *XPerms) Has(n uint8) bool { return x.Perms[n/32]>>(n%32)&1 != 0 }

// An AVTab is a list of rules in the file's order.
//
// It is a view of records in the layout of version 20 and later: 12 bytes a
// rule, 42 with extended permissions. Older files are converted when they are
// read. One record of theirs can carry several rules; avJoined marks those that
// stand in one record with the rule before them, so that encoding restores it.
//
// A rule is addressed by the offset of its record: 0 is the first,
// [AVTab.Next] gives the one after, [AVTab.Size] is the end.
type AVTab struct {
	data  string
	rules int
}

// Len returns the number of rules.
func (t AVTab) Len() int { return t.rules }

// Size returns the offset after the last rule.
func (t AVTab) Size() uint32 { return uint32(len(t.data)) }

// At returns the rule at offset off.
func (t AVTab) At(off uint32) AVRule {
	key := t.Key(off)
	return AVRule{key.Source(), key.Target(), key.Class(), key.Kind(), t.Data(off)}
}

// An AVKey identifies a rule, in one word: fast to fetch where a scan rejects most rules by it.
type AVKey uint64

// Source returns the type or attribute the rule is for.
func (k AVKey) Source() uint16 { return uint16(k) }

// Target returns the type or attribute the rule is about.
func (k AVKey) Target() uint16 { return uint16(k >> 16) }

// Class returns the object class.
func (k AVKey) Class() uint16 { return uint16(k >> 32) }

// Kind returns the kind of the rule.
func (k AVKey) Kind() AVKind { return AVKind(k>>48) &^ avJoined }

// Size returns the length of the rule's record: the distance to the next.
func (k AVKey) Size() uint32 {
	if AVKind(k>>48)&AVXPerms != 0 {
		return avXPermsRecordSize
	}
	return avRecordSize
}

// Key returns the key of the rule at offset off.
func (t AVTab) Key(off uint32) AVKey { return AVKey(le64(t.data, int(off))) }

// Data returns the datum of the rule at offset off; see [AVRule].
func (t AVTab) Data(off uint32) uint32 { return le32(t.data, int(off)+8) }

// Record returns the bytes of the rule at offset off.
func (t AVTab) Record(off uint32) string { return t.data[off : off+t.Key(off).Size()] }

// Next returns the offset of the rule after the one at off.
func (t AVTab) Next(off uint32) uint32 { return off + t.Key(off).Size() }

// XPerms returns the extended permissions of the rule at off, whose Kind must
// be one of AVXPerms.
func (t AVTab) XPerms(off uint32) XPerms {
	rec := t.data[off+8 : off+avXPermsRecordSize]
	x := XPerms{Specified: XPermsKind(rec[0]), Driver: rec[1]}
	for i := range x.Perms {
		x.Perms[i] = le32(rec, 2+4*i)
	}
	return x
}

// All yields the rules with their offsets, in the file's order.
func (t AVTab) All() iter.Seq2[uint32, AVRule] {
	return func(yield func(uint32, AVRule) bool) {
		for off := uint32(0); off < t.Size(); off = t.Next(off) {
			if !yield(off, t.At(off)) {
				return
			}
		}
	}
}

// IsXPerms reports whether the rule is one of extended permissions.
func (k AVKind) IsXPerms() bool { return k&AVXPerms != 0 }

var (
	errAVKind       = errors.New("not exactly one kind of rule")
	errAVItems      = errors.New("number of items disagrees with the kinds of rules")
	errAVXPerms     = errors.New("extended permissions, which this version or target does not have")
	errAVCondXPerms = errors.New("extended permissions in a conditional, which this version does not have")
)

// avtab mirrors avtab_read and avtab_read_item.
func (d *decoder) avtab(conditional bool) AVTab {
	if d.p.Version < versionAVTab {
		return d.oldAVTab()
	}
	n := d.count(avRecordSize)
	if d.err != nil {
		return AVTab{}
	}
	types, classes := d.p.Types.NPrim-1, d.p.Classes.NPrim-1
	start, off := d.off, d.off
	s := d.s
	for i := range n {
		if len(s)-off < avRecordSize {
			d.failRecord(i, off, errTruncated)
			return AVTab{}
		}
		rec := s[off : off+avRecordSize]
		key := le64(rec, 0)
		kind := AVKind(key >> 48)
		// The subtractions wrap zero around, so one comparison checks 1..n.
		if uint32(uint16(key))-1 > types || uint32(uint16(key>>16))-1 > types || uint32(uint16(key>>32))-1 > classes {
			d.failRecord(i, off, errors.New("a type or class that does not exist"))
			return AVTab{}
		}
		known := kind &^ AVEnabled
		if known == 0 || known&(known-1) != 0 || known&^avKinds != 0 {
			d.failRecord(i, off, errAVKind)
			return AVTab{}
		}
		size := avRecordSize
		switch {
		case known&AVXPerms != 0:
			size = avXPermsRecordSize
			switch {
			case d.p.Version < versionXPerms || d.p.Target != TargetSELinux:
				d.failRecord(i, off, errAVXPerms)
			case conditional && d.p.Version < versionCondXPerms:
				d.failRecord(i, off, errAVCondXPerms)
			case len(s)-off < size:
				d.failRecord(i, off, errTruncated)
			}
		case known&AVType != 0 && le32(rec, 8)-1 > types:
			d.failRecord(i, off, errors.New("the resulting type does not exist"))
		}
		if d.err != nil {
			return AVTab{}
		}
		off += size
	}
	d.off = off
	return AVTab{data: s[start:off], rules: n}
}

func (d *decoder) failRecord(record, off int, err error) {
	d.record, d.off = record, off
	d.fail(err)
}

// oldSpecOrder is the order of data in a record of the old layout.
var oldSpecOrder = [...]AVKind{AVAllowed, AVAuditDeny, AVAuditAllow, AVTransition, AVChange, AVMember}

// oldAVTab reads the layout of versions 15 to 19: 32-bit words, and one record
// for all rules of one source, target and class that are either access vectors
// or types.
func (d *decoder) oldAVTab() AVTab {
	n := d.count(avOldRecordMinSize)
	types, classes := d.p.Types.NPrim, d.p.Classes.NPrim
	data := make([]byte, 0, n*avRecordSize)
	rules := 0
	for i := range n {
		d.record = i
		items := d.u32()
		if (items < 5 || items > avOldMaxItems) && d.err == nil {
			d.fail(errAVItems)
		}
		source, target, class, spec := d.u32(), d.u32(), d.u32(), d.u32()
		d.value("source type", source, types)
		d.value("target type", target, types)
		d.value("class", class, classes)
		kinds := AVKind(spec) & (AVAccess | AVType)
		switch {
		case d.err != nil:
		case spec&^avOldKnown != 0 || kinds == 0 || kinds&AVAccess != 0 && kinds&AVType != 0:
			d.fail(errAVKind)
		case int(items) != 4+bits.OnesCount16(uint16(kinds)):
			d.fail(errAVItems)
		}
		var flags AVKind
		if spec&avEnabledOld != 0 {
			flags = AVEnabled
		}
		for _, kind := range oldSpecOrder {
			if kinds&kind == 0 {
				continue
			}
			datum := d.u32()
			if kind&AVType != 0 {
				d.value("resulting type", datum, types)
			}
			if d.err != nil {
				return AVTab{}
			}
			data = appendAVRule(data, AVRule{uint16(source), uint16(target), uint16(class), kind | flags, datum})
			flags |= avJoined
			rules++
		}
		if d.err != nil {
			return AVTab{}
		}
	}
	return AVTab{data: string(data), rules: rules}
}

func appendAVRule(b []byte, r AVRule) []byte {
	b = binary.LittleEndian.AppendUint16(b, r.Source)
	b = binary.LittleEndian.AppendUint16(b, r.Target)
	b = binary.LittleEndian.AppendUint16(b, r.Class)
	b = binary.LittleEndian.AppendUint16(b, uint16(r.Kind))
	return binary.LittleEndian.AppendUint32(b, r.Data)
}

func (e *encoder) avtab(t AVTab) {
	if e.p.Version < versionAVTab {
		e.oldAVTab(t)
		return
	}
	e.count(t.rules)
	e.str(t.data)
}

func (e *encoder) oldAVTab(t AVTab) {
	at := len(e.out)
	e.u32(0) // the number of records, known at the end
	records := uint32(0)
	for off := 0; off < len(t.data); records++ {
		end := off + avRecordSize
		spec := uint32(0)
		for next := off; next == off || next < len(t.data) &&
			AVKind(le16(t.data, next+6))&avJoined != 0; next += avRecordSize {
			kind := AVKind(le16(t.data, next+6))
			spec |= uint32(kind & (AVAccess | AVType))
			if kind&AVEnabled != 0 {
				spec |= avEnabledOld
			}
			end = next + avRecordSize
		}
		e.count(4 + (end-off)/avRecordSize)
		e.u32(uint32(le16(t.data, off)))
		e.u32(uint32(le16(t.data, off+2)))
		e.u32(uint32(le16(t.data, off+4)))
		e.u32(spec)
		for ; off < end; off += avRecordSize {
			e.u32(le32(t.data, off+8))
		}
	}
	binary.LittleEndian.PutUint32(e.out[at:], records)
}
