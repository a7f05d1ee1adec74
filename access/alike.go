package access

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// ConstraintsTellApart reports whether a constraint on one of the permissions may be true for a
// target of type a and false for one of type b with the same user, role and range, for any source.
// It is conservative: true may be a false alarm, false is certain.
func ConstraintsTellApart(p *policy.Policy, class policy.ClassID, perms policy.AccessVector, a, b policy.TypeID) bool {
	info := p.ClassInfo(class)
	if info == nil {
		return false
	}
	for i := range info.Constraints {
		if policy.AccessVector(info.Constraints[i].Perms)&perms == 0 {
			continue
		}
		for _, node := range info.Constraints[i].Expr {
			switch {
			case node.Kind == policydb.ConstraintAttr && node.Attr&policydb.AttrType != 0:
				return true
			case node.Kind == policydb.ConstraintNames && node.Attr == policydb.AttrType|policydb.AttrTarget &&
				node.Names.Has(uint32(a-1)) != node.Names.Has(uint32(b-1)):
				return true
			}
		}
	}
	return false
}
