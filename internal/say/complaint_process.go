package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// processReport writes what a report of setroubleshoot without contexts tells of a process or a capability.
func (l *Log) processReport(b *words.Page, it *incident.Finding) (next shell.Command) {
	d, p, s := it.Symptom, it.Symptom.Process, it.Event.Symptom
	who := d.Subject.Name
	if who == "" {
		who = s.Program
	}
	perms := strings.Join(p.Permissions, ", ")
	deed := words.Sprintf("use the capability %s", perms)
	if p.Class == "process" {
		if deed = words.Sprintf("%s on itself", perms); p.Other {
			deed = words.Sprintf("%s on a process", perms)
		}
	}
	switch d.Verdict {
	case diagnose.StillDenied:
		b.Line("NO", "%s may not %s", who, deed)
	case diagnose.NowAllowed:
		b.Line("YES", "%s may %s today, and it was refused when this was written", who, deed)
	case diagnose.OnlyLogged:
		b.Line("YES", "%s may %s: refused, but only logged (permissive)", who, deed)
	default:
		b.Line("?", "%s was refused: %s", who, deed)
	}
	b.Line("seen", "%s, in a report of setroubleshoot: %s", seen(it), shorten(s.Text))
	if d.Subject.Name == "" {
		b.Line("why", "the report does not say in which domain %s runs: the record in the audit log does", s.Program)
	} else if s.Domain == "" {
		b.Line("note", "the report names no domain: by %s %s runs as %s", domainSource(d), d.Program, d.Subject.Name)
	}
	for _, n := range d.Notes {
		b.Line("note", "%s", n.Text)
	}
	if d.Verdict != diagnose.NowAllowed {
		b.Line("fix", "%s", processFix(p))
	}
	next = Recent()
	if s.Program != "" && len(s.Program) <= longestComm {
		next = next.Option("-c", s.Program)
	}
	return next
}

// processFix says what to do first about a refusal of which the domain is not known.
func processFix(p *diagnose.ProcessAsked) string {
	const record = "what the record of it shows (see next)"
	switch {
	case p.Fault && slices.Contains(p.Permissions, "execheap"):
		return insteadOfRule(diagnose.InsteadFault, "", "") + "; a boolean for it (selinuxuser_execheap) would be " +
			"for all programs of users"
	case p.Fault:
		return stackText("at last the boolean selinuxuser_execstack, which is for all programs of users")
	case p.Class == "process" && strings.Join(p.Permissions, " ") == "execmem":
		return withoutCode + "; else " + record
	case slices.Contains(p.Permissions, "dac_override") || slices.Contains(p.Permissions, "dac_read_search"):
		return words.Sprintf("owner or mode of a file or directory first: a PATH record names it where system calls "+
			"are audited, else the log of the program; %s shows who may pass; let the user or a group of the program "+
			"in (chown, chmod, an ACL)%s", shell.New("namei", "-l", "FILE"), allModes)
	case p.Class == "capability":
		return "none, unless something fails by it; then a setting of the program or its unit that does without, or " +
			record
	}
	return "none, unless something fails by it; then " + record
}
