package access

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Code is the fixed name of a reason.
type Code string

// The reasons of a decision on one permission.
const (
	Granted        Code = "SN-GRANTED"       // a rule grants it, and nothing removes it
	NoRule         Code = "SN-NO-RULE"       // no allow rule, active or not
	BoolOff        Code = "SN-BOOL-OFF"      // allow rules exist, but booleans disable them
	Constrained    Code = "SN-CONSTRAINT"    // a rule grants it, but a constraint removes it
	RoleRefused    Code = "SN-ROLE"          // a rule grants it, but no role allow permits the change of roles
	Bounded        Code = "SN-BOUNDS"        // a rule grants it, but the bounding type lacks it
	UnknownAllowed Code = "SN-UNKNOWN-ALLOW" // the policy does not define it and allows undefined permissions
	UnknownDenied  Code = "SN-UNKNOWN-DENY"  // the policy does not define it and denies undefined permissions
)

// A Reason says why one permission is granted or refused.
type Reason struct {
	Code Code
	// Rules are, for Granted and for the denials that come after type enforcement, the
	// active allow rules that grant it; for BoolOff those that would with other values of
	// booleans. They are in the policy's order.
	Rules []policy.Rule
	// Constraints are those that fail, for Constrained, in the policy's order.
	Constraints []*policydb.Constraint
	// Bound is the type that lacks the permission, for Bounded, and BoundReason the
	// reason.
	Bound       policy.TypeID
	BoundReason *Reason
	// Switches are, for BoolOff, the smallest changes of booleans that enable one of
	// Rules and make the decision grant the permission: alternatives, each a set of
	// settings. Empty if up to two settings are not enough.
	Switches [][]policy.BoolSetting
	// DontAudit are the active rules that hide a denial from the log.
	DontAudit []policy.Rule
}

// Allowed reports whether the reason grants the permission.
func (r *Reason) Allowed() bool { return r.Code == Granted || r.Code == UnknownAllowed }

// Explain returns the reason of the decision on one permission, an access vector with one
// bit.
func (d *Decider) Explain(source, target policy.Context, class policy.ClassID, perm policy.AccessVector) Reason {
	return d.explain(source, target, class, perm, 0)
}

func (d *Decider) explain(source, target policy.Context, class policy.ClassID, perm policy.AccessVector,
	depth int) Reason {
	var r Reason
	var off []policy.Rule
	for rule := range d.rulesBetween(policy.TypeID(source.Type), policy.TypeID(target.Type), class) {
		switch {
		case rule.Kind == policy.DontAudit && rule.Perms&perm != 0 && d.p.Enabled(rule):
			r.DontAudit = append(r.DontAudit, rule)
		case rule.Kind != policy.Allow || rule.Perms&perm == 0:
		case d.p.Enabled(rule):
			r.Rules = append(r.Rules, rule)
		default:
			off = append(off, rule)
		}
	}
	byAddr := func(a, b policy.Rule) int { return int(a.Addr()) - int(b.Addr()) }
	slices.SortFunc(r.Rules, byAddr)
	slices.SortFunc(r.DontAudit, byAddr)
	slices.SortFunc(off, byAddr)
	switch {
	case len(r.Rules) == 0 && len(off) == 0:
		r.Code = NoRule
		return r
	case len(r.Rules) == 0:
		r.Code, r.Rules = BoolOff, off
		if depth == 0 {
			r.Switches = d.switches(source, target, class, perm, off)
		}
		return r
	}
	info := d.p.ClassInfo(class)
	for i := range info.Constraints {
		c := &info.Constraints[i]
		if policy.AccessVector(c.Perms)&perm != 0 && !evaluate(d.p, c.Expr, &source, &target) {
			r.Constraints = append(r.Constraints, c)
		}
	}
	if len(r.Constraints) > 0 {
		r.Code = Constrained
		return r
	}
	if class == d.p.ProcessClass() && perm&d.trans != 0 && !d.roleAllowed(&source, &target) {
		r.Code = RoleRefused
		return r
	}
	if parent := d.bounds(policy.TypeID(source.Type)); parent != 0 && depth < boundsMaxDepth {
		s, t := d.bounding(&source, &target, parent)
		if inner := d.explain(s, t, class, perm, depth+1); !inner.Allowed() {
			r.Code, r.Bound, r.BoundReason = Bounded, policy.TypeID(s.Type), &inner
			return r
		}
	}
	r.Code = Granted
	return r
}

// switches tries the booleans of the disabled rules, one at a time and, if no single one
// helps, two at a time.
func (d *Decider) switches(source, target policy.Context, class policy.ClassID, perm policy.AccessVector,
	off []policy.Rule) [][]policy.BoolSetting {
	bools := policy.NewSet(policy.BoolID(d.p.DB().Bools.NPrim))
	for _, r := range off {
		bools.AddAll(d.p.CondBools(r.Cond))
	}
	flips := make([]policy.BoolSetting, 0, bools.Len())
	for b := range bools.All() {
		flips = append(flips, policy.BoolSetting{Bool: b, On: !d.p.BoolState(b)})
	}
	helps := func(settings ...policy.BoolSetting) bool {
		p := d.p.WithBools(settings...)
		if !slices.ContainsFunc(off, p.Enabled) {
			return false
		}
		return NewDecider(p).Decide(source, target, class).Allowed&perm != 0
	}
	var found [][]policy.BoolSetting
	for _, f := range flips {
		if helps(f) {
			found = append(found, []policy.BoolSetting{f})
		}
	}
	if len(found) > 0 {
		return found
	}
	for i, a := range flips {
		for _, b := range flips[i+1:] {
			if helps(a, b) {
				found = append(found, []policy.BoolSetting{a, b})
			}
		}
	}
	return found
}
