package setools

import (
	"math/bits"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// write writes the sorted rules as SETools 4 does, one a line.
func (t *ruleTable) write(w *lineWriter) {
	l := lineJoiner{t: t}
	l.last.source-- // matches no rule
	layout := t.layout
	for _, key := range t.keys {
		w.buf = l.append(w.buf, layout.unpack(key))
		w.done()
	}
	for _, r := range t.parts {
		w.buf = l.append(w.buf, r)
		w.done()
	}
}

// A lineJoiner writes lines. Neighbours mostly begin alike, so it keeps the beginning of the last line.
type lineJoiner struct {
	t      *ruleTable
	last   ruleParts
	prefix []byte // the beginning that all rules with last's kind and source share
}

// append appends a line with its end.
func (l *lineJoiner) append(b []byte, r ruleParts) []byte {
	if r.source != l.last.source || r.kind != l.last.kind {
		l.prefix = append(append(l.prefix[:0], ruleKindNames()[r.kind]...), ' ')
		l.prefix = append(append(l.prefix, l.t.sources.names[r.source]...), ' ')
		l.last = r
	}
	b = append(b, l.prefix...)
	b = append(append(b, l.t.targets.names[r.target]...), ':')
	b = append(append(b, l.t.ends.names[r.tail]...), l.t.conds.names[r.cond]...)
	return append(b, '\n')
}

// appendLine appends one rule without the end of the line.
func (t *ruleTable) appendLine(b []byte, r ruleParts) []byte {
	b = append(append(b, ruleKindNames()[r.kind]...), ' ')
	b = append(append(b, t.sources.names[r.source]...), ' ')
	b = append(append(b, t.targets.names[r.target]...), ':')
	return append(append(b, t.ends.names[r.tail]...), t.conds.names[r.cond]...)
}

// appendXPerms appends the kind of extended permissions and their ranges, several in braces.
func appendXPerms(b []byte, x *policydb.XPerms) []byte {
	b = append(append(b, xpermKind(x)...), ' ')
	ranges := xpermRanges(x)
	if len(ranges) > 1 {
		b = append(b, "{ "...)
	}
	for i, r := range ranges {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendXPerm(b, r.Low)
		if r.High != r.Low {
			b = appendXPerm(append(b, '-'), r.High)
		}
	}
	if len(ranges) > 1 {
		b = append(b, " }"...)
	}
	return b
}

func xpermKind(x *policydb.XPerms) string {
	if x.Specified == policydb.XPermsNlmsg {
		return "nlmsg"
	}
	return "ioctl"
}

// appendXPerm appends a number in four hexadecimal digits.
func appendXPerm(b []byte, v uint16) []byte {
	const digits = "0123456789abcdef"
	return append(b, '0', 'x', digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
}

// xpermRanges returns the extended permissions as ranges, neighbours joined.
func xpermRanges(x *policydb.XPerms) []XpermRange {
	var ranges []XpermRange
	for bit := range 256 {
		if !x.Has(uint8(bit)) {
			continue
		}
		r := XpermRange{Low: uint16(x.Driver)<<8 | uint16(bit)}
		r.High = r.Low
		if x.Specified == policydb.XPermsIoctlDriver {
			r.Low = uint16(bit) << 8
			r.High = r.Low | 0xff
		}
		if n := len(ranges); n > 0 && ranges[n-1].High+1 == r.Low {
			ranges[n-1].High = r.High
			continue
		}
		ranges = append(ranges, r)
	}
	return ranges
}

// appendRBACRule appends a role rule as SETools 4 writes it.
func appendRBACRule(b []byte, p *policy.Policy, r query.RBACRule) []byte {
	if r.Kind == query.RoleAllow {
		b = append(append(b, "allow "...), p.RoleName(r.Source)...)
		b = append(append(b, ' '), p.RoleName(r.TargetRole)...)
		return append(b, ';')
	}
	b = append(append(b, "role_transition "...), p.RoleName(r.Source)...)
	b = append(append(b, ' '), p.TypeName(r.TargetType)...)
	b = append(append(b, ':'), p.ClassName(r.Class)...)
	b = append(append(b, ' '), p.RoleName(r.Default)...)
	return append(b, ';')
}

// appendMLSRule appends a range_transition as SETools 4 writes it.
func appendMLSRule(b []byte, p *policy.Policy, r *query.MLSRule) []byte {
	b = append(append(b, "range_transition "...), p.TypeName(r.Source)...)
	b = append(append(b, ' '), p.TypeName(r.Target)...)
	b = append(append(b, ':'), p.ClassName(r.Class)...)
	return append(appendInfoRange(append(b, ' '), p, &r.Range), ';')
}

// permCount is the number of permissions in an access vector.
func permCount(av policy.AccessVector) int { return bits.OnesCount32(uint32(av)) }
