package diagnose

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// Error explains a SELINUX_ERR record: a denial or a failure that is not about a single
// access vector.
func (g *Diagnoser) Error(e *audit.Event, x *audit.SELinuxError) *Diagnosis {
	d := g.errorRecord(e, x)
	if d.Verdict == UnknownHere && lacksType(d) {
		d.Step = StepAsk
		switch {
		case d.Image:
			d.Step = StepImage
		case d.Starter != "":
			d.Step = StepBounds
		case d.Invalid != nil:
			d.Step = StepContext
		}
	}
	return d
}

// errorRecord finds what the policy tells about a SELINUX_ERR record.
func (g *Diagnoser) errorRecord(e *audit.Event, x *audit.SELinuxError) *Diagnosis {
	d := &Diagnosis{Hook: HookError, Class: x.TClass, Permissions: x.Permissions, Verdict: UnknownHere,
		Protocol: protocolOf(x.TClass)}
	switch {
	case x.Op == "security_compute_av" && len(x.Permissions) > 0:
		a := audit.AVC{SContext: x.SContext, TContext: x.TContext, TClass: x.TClass, Permissions: x.Permissions}
		source, target, ok := g.contexts(d, &a)
		if !ok {
			return d
		}
		d.Source, d.Target = source, target
		g.check(d, &a, e)
		d.note(NoteNoRecord, "a typebounds rule removed these permissions; the denial itself is in another record")
	case x.Op == audit.OpUnknownClass || x.Op == audit.OpUnknownPermission:
		g.unknownName(d, x)
	case x.InvalidContext != "" && x.SContext == "":
		g.unknownLabel(d, x)
	case x.InvalidContext != "":
		g.invalid(d, x)
	case x.Op == opBounded && x.OldContext != "" && x.NewContext != "":
		g.bounded(d, e, x)
	case x.OldContext != "" && x.NewContext != "":
		g.relabelled(d, x)
	case x.Op == audit.OpNetlinkMessage && g.p.AllowsUnknown():
		d.Verdict = NowAllowed
		d.note(NoteNoRecord,
			"the kernel has no permission for this netlink message, and only logs this: the policy allows what it "+
				"does not know")
	case x.Op == audit.OpNetlinkMessage:
		d.Verdict = StillDenied
		d.note(NoteNoRecord,
			"the kernel has no permission for this netlink message and refuses it without an AVC, in enforcing "+
				"mode, because the policy denies what it does not know; "+
				"no rule can allow it; a newer kernel may know it")
	}
	return d
}

// unknownLabel explains a label that a program wanted to set for a file or for its next
// object (op=setxattr, op=fscreate, op=sockcreate ...), and that the policy did not have.
func (g *Diagnoser) unknownLabel(d *Diagnosis, x *audit.SELinuxError) {
	_, err := g.p.ParseContext(g.sameForm(x.InvalidContext))
	if err != nil {
		d.Invalid = invalidOf(x.InvalidContext)
		g.fault(d.Invalid)
	}
	switch {
	case err != nil && g.ofOtherImage(x.InvalidContext):
		d.Image, d.Android, d.Invalid = true, isAndroid(x.InvalidContext), nil
		d.gap(NoType, audit.ContextType(x.InvalidContext), "")
		d.note(NoteNoRecord, fmt.Sprintf("the policy of the device did not know the label %s: what has it counts as "+
			"unlabeled", x.InvalidContext))
		return
	case err != nil && x.Op == audit.OpUnknownLabel:
		d.Verdict = StillDenied
		d.note(NoteNoRecord,
			fmt.Sprintf("the policy does not know the label %s: %v; files that have it count as unlabeled_t until "+
				"they are relabelled, or the module that has it is installed", x.InvalidContext, err))
		return
	case err != nil:
		d.Verdict = StillDenied
		d.note(NoteNoRecord,
			fmt.Sprintf("the label %s is not valid: %v; the call fails with EINVAL and no AVC, unless the process "+
				"has the capability mac_admin", x.InvalidContext, err))
		return
	}
	d.Verdict = NowAllowed
	d.note(NoteNoRecord, fmt.Sprintf("the label %s was not valid then; today it is", x.InvalidContext))
}

// ofOtherImage reports whether a label is one of a policy in an image, and the policy at hand is none of the kind.
func (g *Diagnoser) ofOtherImage(context string) bool {
	_, ok := g.p.User("u")
	return !ok && (isAndroid(context) || isCILImage(context))
}

// unknownName explains a notice of a program that enforces the policy itself: the loaded
// policy lacks a class or a permission that the program asks for.
func (g *Diagnoser) unknownName(d *Diagnosis, x *audit.SELinuxError) {
	class, ok := g.p.Class(x.TClass)
	for _, perm := range x.Permissions {
		if _, has := g.p.Perm(class, perm); ok && !has {
			ok = false
		}
	}
	unknown := "denied"
	if g.p.AllowsUnknown() {
		unknown = "allowed"
	}
	switch {
	case ok:
		d.Verdict = NowAllowed
		d.note(NoteNoRecord, "the loaded policy lacked it then; this policy has it")
	case g.p.AllowsUnknown():
		d.Verdict = NowAllowed
		fallthrough
	default:
		if d.Verdict == UnknownHere {
			d.Verdict = StillDenied
		}
		d.note(NoteNoRecord,
			"this policy lacks it too: undefined permissions are "+unknown+"; the program and the policy do not come "+
				"from one release")
	}
}

// relabelled explains a new label of an object that validatetrans rules denied.
func (g *Diagnoser) relabelled(d *Diagnosis, x *audit.SELinuxError) {
	from, ok := g.context(x.OldContext, true)
	if !ok {
		d.missing(g.p, NoSource, x.OldContext)
		return
	}
	to, ok := g.context(x.NewContext, true)
	if !ok {
		d.missing(g.p, NoTarget, x.NewContext)
		return
	}
	d.Source, d.Target = from.Context, to.Context
	task, ok := g.context(x.TaskContext, true)
	if !ok {
		d.missing(g.p, NoTask, x.TaskContext)
		return
	}
	class, _ := g.p.Class(x.TClass)
	switch info := g.p.ClassInfo(class); {
	case !g.d.ValidTransition(d.Source, d.Target, task.Context, class):
		d.Verdict = StillDenied
		d.note(NoteNoRecord,
			fmt.Sprintf("a validatetrans rule of the policy refuses the new label to a process of %s; no allow "+
				"rule helps, an attribute of that type or another level does", g.typeName(task.Context)))
	case info == nil || len(info.ValidateTrans) == 0:
		d.Verdict = NowAllowed
		d.note(NoteNoRecord, "a validatetrans rule refused the new label; the policy has none for the class "+x.TClass)
	default:
		d.Verdict = NowAllowed
		d.note(NoteNoRecord, "a validatetrans rule refused the new label; the rules of this policy allow it")
	}
}

func (g *Diagnoser) granted(source, target policy.Context, class, perm string) bool {
	c := g.d.Check(source, target, class, perm)
	return c.Allowed()
}

// Explained reports whether the diagnosis explains the record under the policy.
func (d *Diagnosis) Explained() bool {
	return d.Verdict != UnknownHere || slices.ContainsFunc(d.Notes,
		func(n Note) bool { return n.Code == NoteUserspace && len(d.Missing) == 0 })
}
