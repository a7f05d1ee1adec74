package access

import (
	"github.com/senet-selinux/senet/policy"
)

// A Decision is the kernel's av_decision for one source, target and class.
type Decision struct {
	Allowed    policy.AccessVector
	AuditAllow policy.AccessVector // logged when granted
	AuditDeny  policy.AccessVector // logged when refused; a dontaudit clears bits
	Flags      Flags
}

// Flags are the flags of a decision.
type Flags uint32

const (
	Permissive Flags = 1 // AVD_FLAGS_PERMISSIVE: refusals are only logged
	NeverAudit Flags = 2 // AVD_FLAGS_NEVERAUDIT (Linux 6.17): refusals are not logged
)

// A Decider makes decisions under one policy. It remembers what it computed for
// a pair of types, so one Decider should serve many questions; it must not be
// used by several goroutines at once.
type Decider struct {
	p     *policy.Policy
	attrs map[policy.TypeID]policy.Set[policy.TypeID]
	te    map[teKey]teDecision
	trans policy.AccessVector // transition and dyntransition of the process class
}

type teKey struct {
	source, target policy.TypeID
	class          policy.ClassID
}

// A teDecision is what type enforcement alone decides.
type teDecision struct {
	allowed, auditAllow, auditDeny policy.AccessVector
}

// NewDecider returns a Decider for p under p's booleans.
func NewDecider(p *policy.Policy) *Decider {
	d := &Decider{
		p:     p,
		attrs: make(map[policy.TypeID]policy.Set[policy.TypeID]),
		te:    make(map[teKey]teDecision),
	}
	for _, name := range []string{"transition", "dyntransition"} {
		perm, _ := p.Perm(p.ProcessClass(), name)
		d.trans |= perm
	}
	return d
}

// Policy returns the policy the Decider decides by.
func (d *Decider) Policy() *policy.Policy { return d.p }

// Decide mirrors context_struct_compute_av and the flags that
// security_compute_av adds. A class that the policy does not have grants
// nothing. Permissions that the class does not define are not treated as the
// kernel's hooks treat them; see [Decider.Check].
func (d *Decider) Decide(source, target policy.Context, class policy.ClassID) Decision {
	dec := d.decide(source, target, class, 0)
	if d.p.IsPermissive(policy.TypeID(source.Type)) {
		dec.Flags |= Permissive
	}
	if d.p.IsNeverAudit(policy.TypeID(source.Type)) {
		dec.Flags |= NeverAudit
	}
	return dec
}

// boundsMaxDepth is POLICYDB_BOUNDS_MAXDEPTH. The kernel does not load a policy
// with longer chains of bounds.
const boundsMaxDepth = 4

func (d *Decider) decide(source, target policy.Context, class policy.ClassID, depth int) Decision {
	info := d.p.ClassInfo(class)
	if info == nil {
		return Decision{AuditDeny: ^policy.AccessVector(0)}
	}
	te := d.typeEnforcement(policy.TypeID(source.Type), policy.TypeID(target.Type), class)
	dec := Decision{Allowed: te.allowed, AuditAllow: te.auditAllow, AuditDeny: te.auditDeny}
	for i := range info.Constraints {
		c := &info.Constraints[i]
		if policy.AccessVector(c.Perms)&dec.Allowed != 0 && !evaluate(d.p, c.Expr, source, target) {
			dec.Allowed &^= policy.AccessVector(c.Perms)
		}
	}
	if class == d.p.ProcessClass() && dec.Allowed&d.trans != 0 && !d.roleAllowed(source, target) {
		dec.Allowed &^= d.trans
	}
	if parent, parentTarget, ok := d.bounding(source, target, depth); ok {
		dec.Allowed &= d.decide(parent, parentTarget, class, depth+1).Allowed
	}
	return dec
}

// roleAllowed reports whether a process may change from one role to the other.
func (d *Decider) roleAllowed(source, target policy.Context) bool {
	if source.Role == target.Role {
		return true
	}
	for _, ra := range d.p.DB().RoleAllows {
		if ra.Role == source.Role && ra.NewRole == target.Role {
			return true
		}
	}
	return false
}

// bounding returns the contexts whose access bounds that of source to target:
// the source with the type that bounds it, and the target with its bounding
// type if it has one. It mirrors type_attribute_bounds_av.
func (d *Decider) bounding(source, target policy.Context, depth int) (s, t policy.Context, ok bool) {
	parent := d.p.Bounds(policy.TypeID(source.Type))
	if parent == 0 || depth >= boundsMaxDepth {
		return s, t, false
	}
	s, t = source, target
	s.Type = uint32(parent)
	if b := d.p.Bounds(policy.TypeID(target.Type)); b != 0 {
		t.Type = uint32(b)
	}
	return s, t, true
}

// typeEnforcement gathers the rules that apply between two types.
func (d *Decider) typeEnforcement(source, target policy.TypeID, class policy.ClassID) teDecision {
	key := teKey{source, target, class}
	if te, ok := d.te[key]; ok {
		return te
	}
	te := teDecision{auditDeny: ^policy.AccessVector(0)}
	targets := d.attributes(target)
	for a := range d.attributes(source).All() {
		for r := range d.p.RulesFrom(a, class, targets) {
			if !d.p.Enabled(r) {
				continue
			}
			switch r.Kind {
			case policy.Allow:
				te.allowed |= policy.AccessVector(r.Data)
			case policy.AuditAllow:
				te.auditAllow |= policy.AccessVector(r.Data)
			case policy.DontAudit:
				te.auditDeny &= policy.AccessVector(r.Data)
			}
		}
	}
	if len(d.te) >= teCacheSize {
		clear(d.te)
	}
	d.te[key] = te
	return te
}

// teCacheSize bounds the memory of a Decider that is asked without end.
const teCacheSize = 1 << 16

func (d *Decider) attributes(id policy.TypeID) policy.Set[policy.TypeID] {
	s, ok := d.attrs[id]
	if !ok {
		s = d.p.Attributes(id)
		d.attrs[id] = s
	}
	return s
}
