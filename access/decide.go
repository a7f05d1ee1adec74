package access

import (
	"github.com/senet-selinux/senet/policy"
)

// A Decision is the kernel's av_decision for one source, target and class.
type Decision struct {
	Allowed    policy.AccessVector
	AuditAllow policy.AccessVector // logged if granted
	AuditDeny  policy.AccessVector // logged if denied; a dontaudit rule clears bits
	Flags      Flags
}

// Flags are the flags of a decision.
type Flags uint32

// The flags.
const (
	Permissive Flags = 1 // AVD_FLAGS_PERMISSIVE: denials are only logged
	NeverAudit Flags = 2 // AVD_FLAGS_NEVERAUDIT (Linux 6.17): denials are not logged
)

// A Decider makes decisions under one policy and one state of its booleans.
//
// The first few thousand decisions search the rules of one class, so that a new Decider costs
// nothing. After more questions it indexes the rules of the classes in question, or of all; a
// decision then takes a fraction of a microsecond and allocates nothing. Only one goroutine may use
// a Decider; each may have its own.
type Decider struct {
	p     *policy.Policy
	trans policy.AccessVector // transition and dyntransition of the process class
	cold  coldRules
	idx   *index // nil until there are enough questions
	names filenameIndex
}

// NewDecider returns a Decider for p with p's booleans.
func NewDecider(p *policy.Policy) *Decider {
	d := &Decider{p: p}
	for _, name := range []string{"transition", "dyntransition"} {
		perm, _ := p.Perm(p.ProcessClass(), name)
		d.trans |= perm
	}
	return d
}

// Policy returns the policy of the Decider.
func (d *Decider) Policy() *policy.Policy { return d.p }

// Decide mirrors context_struct_compute_av and the flags that security_compute_av adds. A class
// that the policy lacks grants nothing. Permissions that the class does not define are not treated
// as the kernel's hooks treat them; see [Decider.Check].
//
// The contexts should be valid ([policy.Policy.ValidateContext]); the kernel makes no decision
// about others.
func (d *Decider) Decide(source, target policy.Context, class policy.ClassID) Decision {
	dec := d.decide(&source, &target, class, 0)
	dec.Flags = d.flags(policy.TypeID(source.Type))
	return dec
}

// DecideTypes returns the decision of type enforcement alone between two types: the active rules,
// without constraints, role allows, bounds and flags.
func (d *Decider) DecideTypes(source, target policy.TypeID, class policy.ClassID) Decision {
	te := d.typeEnforcement(source, target, class)
	return Decision{Allowed: te.allowed, AuditAllow: te.auditAllow, AuditDeny: te.auditDeny}
}

func (d *Decider) flags(source policy.TypeID) (f Flags) {
	if d.idx != nil {
		return d.idx.flags(source)
	}
	if d.p.IsPermissive(source) {
		f |= Permissive
	}
	if d.p.IsNeverAudit(source) {
		f |= NeverAudit
	}
	return f
}

// boundsMaxDepth is POLICYDB_BOUNDS_MAXDEPTH. The kernel does not load a policy
// with longer chains of bounds.
const boundsMaxDepth = 4

func (d *Decider) decide(source, target *policy.Context, class policy.ClassID, depth int) Decision {
	te := d.typeEnforcement(policy.TypeID(source.Type), policy.TypeID(target.Type), class)
	dec := Decision{Allowed: te.allowed, AuditAllow: te.auditAllow, AuditDeny: te.auditDeny}
	if dec.Allowed == 0 {
		return dec
	}
	dec.Allowed = d.constrain(source, target, class, dec.Allowed)
	if class == d.p.ProcessClass() && dec.Allowed&d.trans != 0 && !d.roleAllowed(source, target) {
		dec.Allowed &^= d.trans
	}
	if parent := d.bounds(policy.TypeID(source.Type)); parent != 0 && depth < boundsMaxDepth {
		s, t := d.bounding(source, target, parent)
		dec.Allowed &= d.decide(&s, &t, class, depth+1).Allowed
	}
	return dec
}

// constrain removes the permissions that a constraint of the class refuses.
func (d *Decider) constrain(source, target *policy.Context, class policy.ClassID,
	allowed policy.AccessVector) policy.AccessVector {
	if d.idx != nil {
		return d.idx.programs.constrain(d.p, source, target, class, allowed)
	}
	info := d.p.ClassInfo(class)
	if info == nil {
		return allowed
	}
	for i := range info.Constraints {
		c := &info.Constraints[i]
		if policy.AccessVector(c.Perms)&allowed != 0 && !evaluate(d.p, c.Expr, source, target) {
			allowed &^= policy.AccessVector(c.Perms)
		}
	}
	return allowed
}

// roleAllowed reports whether a process may change from one role to the other.
func (d *Decider) roleAllowed(source, target *policy.Context) bool {
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

// bounds returns the bounding type of another, 0 if there is none.
func (d *Decider) bounds(id policy.TypeID) policy.TypeID {
	if d.idx != nil {
		return d.idx.bounds(id)
	}
	return d.p.Bounds(id)
}

// bounding returns the contexts whose access bounds that of source to target: the source with its
// bounding type, and the target with its bounding type if it has one. It mirrors
// type_attribute_bounds_av.
func (d *Decider) bounding(source, target *policy.Context, parent policy.TypeID) (s, t policy.Context) {
	s, t = *source, *target
	s.Type = uint32(parent)
	if b := d.bounds(policy.TypeID(target.Type)); b != 0 {
		t.Type = uint32(b)
	}
	return s, t
}

// A teDecision is the decision of type enforcement alone.
type teDecision struct {
	allowed, auditAllow, auditDeny policy.AccessVector
}

func (d *Decider) typeEnforcement(source, target policy.TypeID, class policy.ClassID) teDecision {
	if d.idx == nil {
		if d.cold.suffices(class) {
			return d.cold.decide(d.p, source, target, class)
		}
		d.warm()
	}
	return d.idx.decide(source, target, class)
}

// warm makes the index. Afterwards the Decider uses it.
func (d *Decider) warm() {
	d.idx = newIndex(d.p, d.cold.classes)
	d.cold = coldRules{}
}
