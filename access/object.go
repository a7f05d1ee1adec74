package access

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// ErrNoLabel is wrapped by the error of [Decider.NewObject] and similar functions if the two
// contexts have no common level for a class with default_range glblub.
var ErrNoLabel = errors.New("no label for the new object")

// The values of the defaults of a class (DEFAULT_* of the kernel's policydb.h).
const (
	defaultSource        = 1
	defaultTarget        = 2
	defaultSourceLow     = 1
	defaultSourceHigh    = 2
	defaultSourceLowHigh = 3
	defaultTargetLow     = 4
	defaultTargetHigh    = 5
	defaultTargetLowHigh = 6
	defaultGLBLUB        = 7
)

// NewObject returns the label of a new object of a class that source makes in or from target: a new
// file in a directory, a process from a program's file, a socket (source and target are then the
// process). name is the last component of the object's path, "" if it has none. It mirrors
// security_transition_sid as the kernel's hooks call it: rules are looked up by exactly the two
// types, since the compiler expanded attributes in them, and sockets inherit from the source, as
// processes do.
//
// NewObject checks the label. If the policy does not allow it, the error wraps
// [policy.ErrBadContext], and the returned context is the one that a permissive kernel would use;
// an undefined class has the defaults of the kernel's class of that name.
func (d *Decider) NewObject(source, target policy.Context, class, name string) (policy.Context, error) {
	return d.computeSID(&source, &target, class, policy.TypeTransition, name)
}

// Member returns the label of a member of a polyinstantiated object, as
// security_member_sid does. Its error is that of [Decider.NewObject].
func (d *Decider) Member(source, target policy.Context, class string) (policy.Context, error) {
	return d.computeSID(&source, &target, class, policy.TypeMember, "")
}

// Change returns the new label of an object for a user, as security_change_sid does. Its error is
// that of [Decider.NewObject].
func (d *Decider) Change(source, target policy.Context, class string) (policy.Context, error) {
	return d.computeSID(&source, &target, class, policy.TypeChange, "")
}

// SocketContext returns the label of a socket that a process makes, as socket_sockcreate_sid does:
// the label of the process, except for the parts that a transition from its type to itself or a
// default of the socket's class sets. It does not check the label; see [Decider.NewObject].
func (d *Decider) SocketContext(process policy.Context, class string) policy.Context {
	c, err := d.NewObject(process, process, class, "")
	if errors.Is(err, ErrNoLabel) {
		return process
	}
	return c
}

// computeSID mirrors security_compute_sid.
func (d *Decider) computeSID(source, target *policy.Context, class string, kind policy.RuleKind,
	name string) (policy.Context, error) {
	id, _ := d.p.Class(class)
	info := d.p.ClassInfo(id)
	if info == nil {
		info = &policydb.Class{}
	}
	own := isSocketClass(class) || id != 0 && id == d.p.ProcessClass() // like the source

	label := policy.Context{User: source.User, Role: objectRole, Type: target.Type}
	if kind == policy.TypeMember || info.DefaultUser == defaultTarget {
		label.User = target.User
	}
	switch {
	case info.DefaultRole == defaultTarget:
		label.Role = target.Role
	case info.DefaultRole == defaultSource || own:
		label.Role = source.Role
	}
	if t, ok := d.typeRule(source.Type, target.Type, id, kind); ok {
		label.Type = uint32(t)
	} else if info.DefaultType == defaultSource || own && info.DefaultType != defaultTarget {
		label.Type = source.Type
	}
	if kind == policy.TypeTransition {
		if t, ok := d.filenameTransition(source.Type, target.Type, id, name); ok {
			label.Type = uint32(t)
		}
		if r, ok := d.roleTransition(source.Role, target.Type, id); ok {
			label.Role = r
		}
	}
	if d.p.MLS() {
		var err error
		if label.Range, err = d.newRange(source, target, id, kind, info.DefaultRange, own); err != nil {
			return label, err
		}
	}
	return label, d.p.ValidateContext(label)
}

const objectRole = 1 // OBJECT_R_VAL

// typeRule returns the type from a type rule for exactly these two types: an unconditional rule,
// else an active conditional one.
func (d *Decider) typeRule(source, target uint32, class policy.ClassID, kind policy.RuleKind) (policy.TypeID, bool) {
	if class == 0 {
		return 0, false
	}
	// Unconditional rules come first in the policy's order.
	for r := range d.p.RulesExactly(policy.TypeID(source), policy.TypeID(target), class) {
		if r.Kind == kind && d.p.Enabled(r) {
			return r.Default, true
		}
	}
	return 0, false
}

func (d *Decider) roleTransition(role, typ uint32, class policy.ClassID) (uint32, bool) {
	for _, rt := range d.p.DB().RoleTransitions {
		if rt.Role == role && rt.Type == typ && d.ruleClass(rt.Class) == class && class != 0 {
			return rt.NewRole, true
		}
	}
	return 0, false
}

// ruleClass returns the class of a role or range transition: in old policies such rules apply only
// to processes and have no class.
func (d *Decider) ruleClass(class uint32) policy.ClassID {
	if class == 0 {
		return d.p.ProcessClass()
	}
	return policy.ClassID(class)
}

// newRange mirrors mls_compute_sid.
func (d *Decider) newRange(source, target *policy.Context, class policy.ClassID, kind policy.RuleKind,
	byDefault uint32, own bool) (policy.Range, error) {
	low := policydb.SingleLevel(source.Range.Low)
	if kind == policy.TypeMember {
		return low, nil
	}
	if kind == policy.TypeTransition {
		for i := range d.p.DB().RangeTrans {
			rt := &d.p.DB().RangeTrans[i]
			if rt.Source == source.Type && rt.Target == target.Type && d.ruleClass(rt.Class) == class && class != 0 {
				return rt.Range, nil
			}
		}
		switch byDefault {
		case defaultSourceLow:
			return low, nil
		case defaultSourceHigh:
			return policydb.SingleLevel(source.Range.High), nil
		case defaultSourceLowHigh:
			return source.Range, nil
		case defaultTargetLow:
			return policydb.SingleLevel(target.Range.Low), nil
		case defaultTargetHigh:
			return policydb.SingleLevel(target.Range.High), nil
		case defaultTargetLowHigh:
			return target.Range, nil
		case defaultGLBLUB:
			return glblub(source.Range, target.Range)
		}
	}
	if own {
		return source.Range, nil
	}
	return low, nil
}

// glblub mirrors mls_context_glblub: the greater of the low sensitivities, the
// lesser of the high ones, and for both ends the categories in common.
func glblub(a, b policy.Range) (policy.Range, error) {
	if a.High.Sens < b.Low.Sens || b.High.Sens < a.Low.Sens {
		return policy.Range{}, fmt.Errorf("%w: the ranges have no sensitivity in common", ErrNoLabel)
	}
	r := policy.Range{
		Low:  policy.Level{Sens: max(a.Low.Sens, b.Low.Sens), Cats: common(a.Low.Cats, b.Low.Cats)},
		High: policy.Level{Sens: min(a.High.Sens, b.High.Sens), Cats: common(a.High.Cats, b.High.Cats)},
	}
	r.Single = r.Low == r.High
	return r, nil
}

func common(a, b policydb.Bitmap) policydb.Bitmap {
	var both []uint32
	for start, word := range a.Words() {
		for ; word != 0; word &= word - 1 {
			if bit := start + uint32(bits.TrailingZeros64(word)); b.Has(bit) {
				both = append(both, bit)
			}
		}
	}
	return policydb.BitmapOf(both...)
}
