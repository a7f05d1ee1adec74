package policydb

import "encoding/binary"

// Encode writes the policy in the format of its Version. For a policy that
// Decode returned and nobody edited, the result is Decode's input.
func (p *Policy) Encode() []byte {
	e := &encoder{p: p, out: newBuffer(p.sizeHint())}
	e.encode()
	return e.out
}

// sizeHint guesses the encoded size from the tables that make up most of it.
func (p *Policy) sizeHint() int {
	n := 0
	for i := range p.Conditionals {
		n += len(p.Conditionals[i].True.data) + len(p.Conditionals[i].False.data)
	}
	return n + len(p.AVTab.data) + len(p.FilenameTrans.data) + len(p.Trailing) +
		60*len(p.TypeAttrMap) + 40*len(p.Types.Items) + 1<<18
}

type encoder struct {
	p   *Policy
	out []byte
}

func (e *encoder) u32(v uint32)    { e.out = binary.LittleEndian.AppendUint32(e.out, v) }
func (e *encoder) u64(v uint64)    { e.out = binary.LittleEndian.AppendUint64(e.out, v) }
func (e *encoder) count(n int)     { e.u32(uint32(n)) }
func (e *encoder) str(s string)    { e.out = append(e.out, s...) }
func (e *encoder) bitmap(b Bitmap) { e.out = b.encode(e.out) }

// encode mirrors policydb_write.
func (e *encoder) encode() {
	p := e.p
	e.u32(magic)
	e.count(len(p.Target.magicString()))
	e.str(p.Target.magicString())
	e.u32(p.Version)
	e.u32(p.Config)
	symbols, ocontexts := tableCounts(p.Target, p.Version)
	e.u32(symbols)
	e.u32(ocontexts)
	if p.Version >= versionPolCap {
		e.bitmap(p.PolicyCaps)
	}
	if p.Version >= versionPermissive {
		e.bitmap(p.Permissive)
	}
	if p.Version >= versionNeverAudit {
		e.bitmap(p.NeverAudit)
	}
	e.symbolTables()
	e.avtab(p.AVTab)
	if p.Version >= versionBool {
		e.conditionals()
	}
	e.roleTransitions()
	e.roleAllows()
	if p.Version >= versionFilenameTrans {
		e.filenameTrans()
	}
	e.ocontexts()
	e.genFS()
	if p.Version >= versionMLS {
		e.rangeTransitions()
	}
	if p.Version >= versionAVTab {
		for _, b := range p.TypeAttrMap {
			e.bitmap(b)
		}
	}
	e.str(p.Trailing)
}
