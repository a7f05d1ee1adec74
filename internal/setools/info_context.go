package setools

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// appendInfoContext appends a context as SETools writes it: with blanks around the dash of a range.
func appendInfoContext(b []byte, p *policy.Policy, c *policydb.Context) []byte {
	b = append(b, p.UserName(policy.UserID(c.User))...)
	b = append(b, ':')
	b = append(b, p.RoleName(policy.RoleID(c.Role))...)
	b = append(b, ':')
	b = append(b, p.TypeName(policy.TypeID(c.Type))...)
	if p.MLS() {
		b = appendInfoRange(append(b, ':'), p, &c.Range)
	}
	return b
}

func appendInfoRange(b []byte, p *policy.Policy, r *policydb.Range) []byte {
	b = appendInfoLevel(b, p, &r.Low)
	if !policy.SameLevel(r.Low, r.High) {
		b = appendInfoLevel(append(b, " - "...), p, &r.High)
	}
	return b
}

// appendInfoLevel appends a level as SETools writes it: a dot joins two neighbouring categories, where the kernel
// writes a comma.
func appendInfoLevel(b []byte, p *policy.Policy, l *policydb.Level) []byte {
	b = append(b, p.SensitivityName(policy.SensID(l.Sens))...)
	separator := byte(':')
	var first, last policy.CatID // of the span that is being collected; 0 before the first
	flush := func() {
		b = append(b, separator)
		separator = ','
		b = append(b, p.CategoryName(first)...)
		if last != first {
			b = append(append(b, '.'), p.CategoryName(last)...)
		}
	}
	for bit := range l.Cats.All() {
		id := policy.CatID(bit + 1)
		if first != 0 && id != last+1 {
			flush()
			first = 0
		}
		if first == 0 {
			first = id
		}
		last = id
	}
	if first != 0 {
		flush()
	}
	return b
}
