package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// fileReport writes the policy's answer about a report of setroubleshoot that has no labels: SELinux has refused it,
// and what it was is told by the report.
func (l *Log) fileReport(b *words.Page, it *incident.Finding) (next shell.Command) {
	d, f, s := it.Symptom, it.Symptom.File, it.Event.Symptom
	who := d.Subject.Name
	switch {
	case f.Inside != nil:
		who = inContainer(s.Program, it.Event.Container)
	case who == "":
		who = s.Program
	}
	deed := fileDeed(d, s.Path)
	if several := strings.Fields(s.Asked); s.Operation != "" && len(several) > 1 && s.Path != "" {
		deed = words.Sprintf("%s %s", strings.Join(several, " and "), s.Path)
	}
	if s.Operation == "" {
		deed = words.Sprintf("have %s access to %s", s.Asked, s.Path)
		if s.Class == "dir" {
			deed = words.Sprintf("have %s access to the directory %s", s.Asked, s.Path)
		}
	}
	switch d.Verdict {
	case diagnose.StillDenied:
		b.Line("NO", "SELinux does not let %s %s", who, deed)
	case diagnose.NowAllowed:
		b.Line("YES", "SELinux allows %s to %s today, and refused it when this was written", who, deed)
	case diagnose.OnlyLogged:
		b.Line("YES", "SELinux lets %s %s, and only logs it (permissive)", who, deed)
	default:
		b.Line("?", "SELinux refused %s to %s", who, deed)
	}
	b.Line("seen", "%s, in a report of setroubleshoot: %s", seen(it), shorten(s.Text))
	complaints(b, it)
	refused := d.Refused()
	switch {
	case refused != nil && f.If == "":
		b.Line("why", "%s", l.fileCheck(d, refused))
	case refused != nil:
		b.Line("why", "the report has no labels: by file_contexts %s is %s, and %s may not %s it [%s] [%s]",
			refused.Path,
			l.targetType(refused), d.Subject.Name, refused.Check.Name, refused.Check.Reason.Code,
			network.AssumedFileLabel)
	case f.If == diagnose.NowAllowed:
		c := f.Last(d)
		b.Line("why",
			"the report has no labels: by file_contexts %s is %s, and %s may do so with that label, so that it "+
				"had another, or the policy was another [%s]", c.Path, l.targetType(c), d.Subject.Name,
			network.AssumedFileLabel)
	}
	if missing := l.fileGaps(d); len(missing) > 0 {
		b.Line("why", "the report does not say %s", strings.Join(missing, "; nor "))
	}
	if f.Inside != nil {
		if c := it.Event.Container; c != nil && c.Name == "" && c.Source == "" {
			b.Line("note", "the report has no domain: it is taken to be of a container, as all records of this text "+
				"are")
		}
		for _, n := range d.Notes {
			b.Line("note", "%s", n.Text)
		}
	}
	if f.Itself {
		b.Line("note", "the file of a running program is written by nobody (ETXTBSY): something in the kernel tests "+
			"whether the program could, as a module of a monitoring agent does (that of falco 0.31.0 did so for each "+
			"process); look for such a module and for a newer version of it")
	}
	if d.Subject.Name != "" && s.Domain == "" {
		b.Line("note", "the report names no domain: by %s %s runs as %s", domainSource(d), d.Program, d.Subject.Name)
	}
	if slices.ContainsFunc(d.Missing, func(g diagnose.Gap) bool { return g.Kind != diagnose.NoFile || f.If == "" }) {
		b.Line("note", "the record in the audit log has the domain and the label: ausearch -m avc")
	}
	l.fix(b, it)
	return l.NextOfFile(d)
}
