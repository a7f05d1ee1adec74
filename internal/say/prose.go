package say

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// podCategories says what to do about a volume with the categories of another pod.
func podCategories(a *audit.AVC) string {
	level := "s0:c1,c2"
	const parts = 4 // user, role, type, range
	if fields := strings.SplitN(a.TContext, ":", parts); len(fields) == parts {
		level, _, _ = strings.Cut(fields[parts-1], "-")
	}
	return words.Sprintf("no rule: the categories differ: give each pod that uses the volume the same level "+
		"(securityContext: seLinuxOptions: level: %q), or the volume no categories, for all pods: %s", level,
		shell.New("chcon", "-R").Option("-l", "s0").Arg("DIR"))
}

// floods reports whether the text complains of the number of records, and the denial is one that programs do without:
// where it was only logged, nobody knows yet.
func (l *Log) floods(it *incident.Finding) bool {
	d := it.Denial
	return l.Report.Log.Prose.Flood && d != nil && it.AVC != nil && d.Instead == "" && it.OnlyLogged < it.Count &&
		d.Verdict != diagnose.NowAllowed && (d.Optional || d.Harmless || d.Needless || d.Step == diagnose.StepLeave)
}

// hideText names the rule that keeps a denial out of the log.
func (l *Log) hideText(it *incident.Finding) string {
	source, target := audit.ContextType(it.AVC.SContext), audit.ContextType(it.AVC.TContext)
	if source == target {
		target = "self"
	}
	rule := cil.Call("dontaudit", cil.Sym(source), cil.Sym(target),
		cil.List(cil.Sym(it.Denial.Class), cil.Syms(it.Denial.Permissions...)))
	return words.Sprintf("if nothing but the log suffers, hide it: %s in a file hide.cil, then %s; a rule that allows "+
		"it is for a program that fails without", rule.String(), shell.New("semodule", "-i").Arg("hide.cil"))
}
