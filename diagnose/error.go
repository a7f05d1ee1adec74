package diagnose

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// Error explains a SELINUX_ERR record: a denial or a failure that is not about a single
// access vector.
func (g *Diagnoser) Error(x *audit.SELinuxError) *Diagnosis {
	d := g.errorRecord(x)
	if d.Verdict == UnknownHere && lacksType(d) {
		d.Step = StepAsk
		if x.Op == "security_bounded_transition" {
			d.Step = StepUnit
		}
	}
	return d
}

// errorRecord finds what the policy tells about a SELINUX_ERR record.
func (g *Diagnoser) errorRecord(x *audit.SELinuxError) *Diagnosis {
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
		g.check(d, &a)
		d.note(NoteNoRecord, "a typebounds rule removed these permissions; the denial itself is in another record")
	case x.Op == audit.OpUnknownClass || x.Op == audit.OpUnknownPermission:
		g.unknownName(d, x)
	case x.InvalidContext != "" && x.SContext == "":
		g.unknownLabel(d, x)
	case x.InvalidContext != "":
		g.invalid(d, x)
	case x.OldContext != "" && x.NewContext != "":
		g.transition(d, x)
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
	switch {
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

// invalid explains a computed context that the policy does not allow.
func (g *Diagnoser) invalid(d *Diagnosis, x *audit.SELinuxError) {
	what := "the new object"
	if socketClass(x.TClass) {
		what = "the new socket"
	}
	source, ok := g.context(x.SContext, true)
	if !ok {
		d.missing(g.p, NoSource, x.SContext)
		return
	}
	d.Source = source.Context
	if _, err := g.p.ParseContext(g.sameForm(x.InvalidContext)); err != nil {
		d.Verdict = StillDenied
		d.note(NoteNoRecord,
			fmt.Sprintf("the label %s, which rules give %s, is not valid: %v; the call fails without an AVC, for "+
				"permissive domains too", x.InvalidContext, what, err))
		return
	}
	d.Verdict = NowAllowed
	d.note(NoteNoRecord, fmt.Sprintf("the label %s, which rules gave %s, was not valid then; today it is",
		x.InvalidContext, what))
}

// maxBounds is larger than the number of nested bounds that the kernel accepts
// (POLICYDB_BOUNDS_MAXDEPTH): it rejects policies with more, and with circles.
const maxBounds = 8

// transition explains a denied change of context: by bounds, for a single thread or with
// no_new_privs, or by a validatetrans rule.
func (g *Diagnoser) transition(d *Diagnosis, x *audit.SELinuxError) {
	if x.Op == "security_bounded_transition" {
		d.note(NoteNoNewPrivileges, fmt.Sprintf("the unit sets NoNewPrivileges=, or an option that implies it, or one "+
			"thread of several changes its domain: the program stays in %s and does not become %s; process2 "+
			"nnp_transition between the two allows it for such a unit, the other way is the unit without the option",
			audit.ContextType(x.OldContext), audit.ContextType(x.NewContext)))
	}
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
	if x.Op != "security_bounded_transition" {
		g.validated(d, x)
		return
	}
	if g.p.HasPolicyCap(policy.CapNNPNosuidTransition) && g.granted(d.Source, d.Target, "process2", "nnp_transition") {
		d.Verdict = NowAllowed
		d.note(NoteNoRecord,
			"the permission process2 nnp_transition allows it for no_new_privs; a single thread still may not")
		return
	}
	id := policy.TypeID(to.Type)
	for range maxBounds {
		if id == policy.TypeID(from.Type) {
			d.Verdict = NowAllowed
			return
		}
		if id = g.p.Bounds(id); id == 0 {
			break
		}
	}
	d.Verdict = StillDenied
	d.note(NoteNoRecord,
		fmt.Sprintf("a single thread, or a process with no_new_privs (NoNewPrivileges= of its unit), may only "+
			"become a type that its own bounds, "+
			"and %s does not bound %s; either a typebounds rule, or for no_new_privs the permission process2 "+
			"nnp_transition, would allow it",
			g.typeName(d.Source), g.typeName(d.Target)))
}

// validated explains a new label of an object that validatetrans rules denied.
func (g *Diagnoser) validated(d *Diagnosis, x *audit.SELinuxError) {
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
