package policydiff

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Two policies may give their categories other values. Then one text, such as c1.c3, may be two sets, and one set may
// have two texts. An identity is a text that only equal contexts, levels and ranges share, in both policies.

// sameCategories reports whether both policies give each value to the category of the same name. Then their usual
// texts are identities.
func sameCategories(before, after *policy.Policy) bool {
	if before.MaxCategory() != after.MaxCategory() {
		return false
	}
	for id := policy.CatID(1); id <= before.MaxCategory(); id++ {
		if before.CategoryName(id) != after.CategoryName(id) {
			return false
		}
	}
	return true
}

// contextIdentity is the identity of a context.
func contextIdentity(p *policy.Policy, c *policydb.Context) string {
	text := p.UserName(policy.UserID(c.User)) + ":" + p.RoleName(policy.RoleID(c.Role)) + ":" +
		p.TypeName(policy.TypeID(c.Type))
	if p.MLS() {
		text += ":" + rangeIdentity(p, &c.Range)
	}
	return text
}

// rangeIdentity is the identity of a range.
func rangeIdentity(p *policy.Policy, r *policydb.Range) string {
	low, high := levelIdentity(p, &r.Low), levelIdentity(p, &r.High)
	if low == high {
		return low
	}
	return low + "-" + high
}

// levelIdentity is the identity of a level: all its categories, sorted by name.
func levelIdentity(p *policy.Policy, l *policydb.Level) string {
	var names []string
	for bit := range l.Cats.All() {
		names = append(names, p.CategoryName(policy.CatID(bit+1)))
	}
	text := p.SensitivityName(policy.SensID(l.Sens))
	if len(names) == 0 {
		return text
	}
	slices.Sort(names)
	return text + ":" + strings.Join(names, ",")
}
