package access

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// An XPermKind is a permission with extended permissions: the kind of its commands.
type XPermKind uint8

// The kinds of extended permissions.
const (
	Ioctl XPermKind = iota // ioctl commands, the lower 16 bits
	Nlmsg                  // netlink message types, checked since Linux 6.13
)

// String returns the name of the permission.
func (k XPermKind) String() string {
	if k == Nlmsg {
		return "nlmsg"
	}
	return "ioctl"
}

// An XPermDecision is the answer on one command.
type XPermDecision struct {
	// Allowed says that the class's ioctl or nlmsg permission is granted, and also the command if
	// commands are filtered.
	Allowed bool
	// Filtered says that a rule of extended permissions is active between the two types for the
	// class, so that commands without an allowxperm rule are denied. A rule of any kind is enough:
	// also only an auditallowxperm or dontauditxperm, and a rule for nlmsg also filters ioctl.
	Filtered bool
	// Logged says that the kernel writes an AVC record: for a denial unless a dontaudit or
	// dontauditxperm rule covers it, for a grant if an auditallow rule and, if commands are
	// filtered, an auditallowxperm rule covers it.
	Logged bool
	// Base is the decision on the class's permissions.
	Base Decision
	// Rules are the active rules of extended permissions that cover the command, in the policy's
	// order.
	Rules []policy.Rule
}

// DecideXPerm mirrors avc_has_extended_perms and its call of security_compute_xperms_decision:
// whether source may use one ioctl command or send one netlink message type. Ioctl and nlmsg are
// separate as since Linux 6.14; before, rules for one also counted for the other.
//
// The policy's handle_unknown decides about an undefined class or permission. Only
// [XPermDecision.Base] takes a permissive source into account.
func (d *Decider) DecideXPerm(source, target policy.Context, class string, kind XPermKind,
	command uint16) XPermDecision {
	id, known := d.p.Class(class)
	perm, defined := d.p.Perm(id, kind.String())
	if !known {
		allow := d.p.DB().HandleUnknown() == policydb.UnknownAllow
		return XPermDecision{Allowed: allow, Logged: !allow}
	}
	dec := XPermDecision{Base: d.Decide(source, target, id)}
	base, auditDeny, auditAllow := dec.Base.Allowed&perm != 0, dec.Base.AuditDeny&perm != 0,
		dec.Base.AuditAllow&perm != 0
	if !defined {
		base, auditDeny, auditAllow = d.p.DB().HandleUnknown() == policydb.UnknownAllow, true, false
	}
	var covered policy.RuleKind
	for r := range d.rulesBetween(policy.TypeID(source.Type), policy.TypeID(target.Type), id) {
		if r.Kind&policy.XPermRules == 0 {
			continue
		}
		if !d.p.Enabled(r) {
			continue
		}
		dec.Filtered = true
		if covers(d.p.XPerms(r), kind, command) {
			covered |= r.Kind
			dec.Rules = append(dec.Rules, r)
		}
	}
	slices.SortFunc(dec.Rules, func(a, b policy.Rule) int { return int(a.Addr()) - int(b.Addr()) })
	dec.Allowed = base && (!dec.Filtered || covered&policy.AllowXPerm != 0)
	switch {
	case dec.Allowed:
		dec.Logged = auditAllow && (!dec.Filtered || covered&policy.AuditAllowXPerm != 0)
	case dec.Base.Flags&NeverAudit == 0:
		dec.Logged = auditDeny && covered&policy.DontAuditXPerm == 0
	}
	return dec
}

// covers mirrors services_compute_xperms_decision.
func covers(x policydb.XPerms, kind XPermKind, command uint16) bool {
	driver, function := uint8(command>>8), uint8(command)
	switch x.Specified {
	case policydb.XPermsIoctlFunction:
		return kind == Ioctl && x.Driver == driver && x.Has(function)
	case policydb.XPermsIoctlDriver:
		return kind == Ioctl && x.Has(driver)
	case policydb.XPermsNlmsg:
		return kind == Nlmsg && x.Driver == driver && x.Has(function)
	}
	return false
}
