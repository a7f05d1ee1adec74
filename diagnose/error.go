package diagnose

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
)

// Error diagnoses a SELINUX_ERR record: a refusal or a failure that no single
// access vector explains.
func (g *Diagnoser) Error(x *audit.SELinuxError) *Diagnosis {
	d := &Diagnosis{Hook: HookError, Class: x.TClass, Permissions: x.Permissions, Verdict: UnknownHere, Protocol: protocolOf(x.TClass)}
	switch {
	case x.Op == "security_compute_av" && len(x.Permissions) > 0:
		a := audit.AVC{SContext: x.SContext, TContext: x.TContext, TClass: x.TClass, Permissions: x.Permissions}
		source, target, ok := g.contexts(d, &a)
		if !ok {
			return d
		}
		d.Source, d.Target = source, target
		g.check(d, &a)
		d.note(NoteNoRecord, "a typebounds rule took these permissions away; the denial itself is logged apart")
	case x.InvalidContext != "":
		g.invalid(d, x)
	case x.Op == "netlink_message":
		d.Verdict = StillDenied
		d.note(NoteNoRecord, "the kernel has no permission for this netlink message and refuses it without an AVC, in enforcing mode of a policy that denies what it does not know; "+
			"no rule allows it, a newer kernel may know it")
	}
	return d
}

// invalid diagnoses a computed context that the policy does not allow.
func (g *Diagnoser) invalid(d *Diagnosis, x *audit.SELinuxError) {
	what := "the new object"
	if socketClass(x.TClass) {
		what = "the new socket"
	}
	source, _, ok := g.context(x.SContext, true)
	if !ok {
		d.missing(g.p, "source", x.SContext)
		return
	}
	d.Source = source
	if _, err := g.p.ParseContext(x.InvalidContext); err != nil {
		d.Verdict = StillDenied
		d.note(NoteNoRecord, fmt.Sprintf("the label %s, which rules give %s, is not valid: %v; the call fails without an AVC, for permissive domains too", x.InvalidContext, what, err))
		return
	}
	d.Verdict = NowAllowed
	d.note(NoteNoRecord, fmt.Sprintf("the label %s, which rules gave %s, was not valid then; today it is", x.InvalidContext, what))
}

// Explained reports whether the diagnosis says what the record means under the
// policy.
func (d *Diagnosis) Explained() bool {
	return d.Verdict != UnknownHere || slices.ContainsFunc(d.Notes, func(n Note) bool { return n.Code == NoteUserspace && len(d.Missing) == 0 })
}
