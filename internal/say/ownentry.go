package say

import (
	"regexp"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// ownEntryText says which label a file gets that a daemon runs and that has the label of the daemon's own program; ""
// for others.
func (l *Log) ownEntryText(it *incident.Finding) string {
	x := it.Denial.OwnEntry
	if x == nil {
		return ""
	}
	source, pattern := sourceOf(it), regexp.QuoteMeta(x.Path)
	entry := words.Sprintf("%s (-m in place of -a where %s lists the path)", labelEntry(l.Report, "bin_t", pattern, ""),
		shell.New("semanage", "fcontext", "-l", "-C"))
	if l.Report.Log.EntryDone(x.Path) != nil {
		entry = shell.New("semanage", "fcontext", "-m").Option("-t", "bin_t").Arg(l.Report.FileSpec(pattern)).String()
	}
	text := words.Sprintf("the label of programs for %s: %s; %s; %s is that of the daemon's own program, which starts "+
		"%s from outside, and file_contexts does not have it for this path", x.Path, entry,
		shell.New("restorecon", "-v").Arg(x.Path), x.Label, source)
	if x.Runs {
		return text + words.Sprintf("; with bin_t it runs in %s, without a rule", source)
	}
	return text + words.Sprintf("; this policy does not let %s run bin_t either: then a rule for that", source)
}

// transitionMore is what the fix of a look at a program adds, where the program has a domain of its own; "" for others.
func transitionMore(it *incident.Finding) string {
	d := it.Denial
	if d == nil || d.ProgramDomain == "" || it.AVC == nil || it.AVC.Has("execute") || it.Fix.Way != incident.AllowRule {
		return ""
	}
	return words.Sprintf("; where %s is to start the program, a transition to %s is better than rules "+
		"(domtrans_pattern(%s, %s, %s))", sourceOf(it), d.ProgramDomain, sourceOf(it),
		audit.ContextType(it.AVC.TContext), d.ProgramDomain)
}

// transitionText puts the transition to the domain that a program has of its own before a rule for its caller.
func transitionText(it *incident.Finding, text string) string {
	d := it.Denial
	if d == nil || d.ProgramDomain == "" || text == "" || it.AVC == nil || it.Fix.Way != incident.AllowRule {
		return text
	}
	if !it.AVC.Has("execute") {
		return text + transitionMore(it)
	}
	source := sourceOf(it)
	pattern := words.Sprintf("domtrans_pattern(%s, %s, %s)", source, audit.ContextType(it.AVC.TContext),
		d.ProgramDomain)
	return words.Sprintf("a transition to %s, if %s is to start the program: update the policy, or report that it "+
		"lacks it; until then in a module %s, or the interface of that policy for it (_domtrans); a rule to run it in "+
		"%s comes last (--allow)", d.ProgramDomain, source, pattern, source)
}
