package access

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A Check is the answer to a kernel hook: whether source has the named permissions on a
// target of the named class.
type Check struct {
	Perms []PermCheck
}

// A PermCheck is the answer on one permission.
type PermCheck struct {
	Name    string
	Allowed bool // by the policy, without regard to permissive
	Reason  Reason
}

// Allowed reports whether the policy grants every permission.
func (c *Check) Allowed() bool {
	for i := range c.Perms {
		if !c.Perms[i].Allowed {
			return false
		}
	}
	return true
}

// Check asks as the kernel's hooks do: by name, so that the policy's handle_unknown
// decides about an undefined class or permission, without regard to constraints or
// bounds. It mirrors unmap_class and map_decision.
func (d *Decider) Check(source, target policy.Context, class string, perms ...string) Check {
	id, known := d.p.Class(class)
	check := Check{Perms: make([]PermCheck, 0, len(perms))}
	for _, name := range perms {
		pc := PermCheck{Name: name}
		perm, defined := d.p.Perm(id, name)
		switch {
		case known && defined:
			pc.Reason = d.Explain(source, target, id, perm)
		case d.p.DB().HandleUnknown() == policydb.UnknownAllow:
			pc.Reason.Code = UnknownAllowed
		default:
			pc.Reason.Code = UnknownDenied
		}
		pc.Allowed = pc.Reason.Allowed()
		check.Perms = append(check.Perms, pc)
	}
	return check
}
