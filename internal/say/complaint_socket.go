package say

import (
	"cmp"
	"path"
	"slices"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy/object"
)

// socketLabel writes what follows for a UNIX socket that the domain may make in a directory with the label of
// file_contexts: the directory has another, or something else refused it. It returns false for other complaints.
func (l *Log) socketLabel(b *words.Page, d *diagnose.SymptomDiagnosis) bool {
	refused := func(c diagnose.PathCheck) bool { return !c.Check.Allowed }
	if d.Verdict != diagnose.UnknownHere || d.Operation != network.Bind && d.Operation != network.Listen ||
		len(d.Checks) == 0 || slices.ContainsFunc(d.Checks, refused) {
		return false
	}
	dir := &d.Checks[0]
	b.Line("maybe", "SELinux%s if the directory %s is not labelled %s, as file_contexts has it: with that label %s "+
		"may make the socket [%s]%s", onlyIf(d), dir.Path, l.targetType(dir), d.Subject.Name,
		network.AssumedFileLabel, orAsRoot(d))
	b.Line("note", "the line names no domain (by %s %s runs as %s); a socket that is there has to be removed first, "+
		"and needs its label as well", domainSource(d), d.Program, d.Subject.Name)
	for _, n := range d.Notes {
		b.Line("note", "%s", n.Text)
	}
	here := AccessFixes{AccessFixes: &senet.AccessFixes{}, Elsewhere: l.Image != "", Image: l.Image, Type: l.ImageType}
	b.Line("fix", "look at the label (next): if it is not %s, %s; else at owner and mode%s",
		l.targetType(dir), here.RelabelCommand(object.Place{Tree: path.Dir(d.Path), Whole: !shared(path.Dir(d.Path))}),
		cmp.Or(l.ownerOf(d, path.Dir(d.Path)), words.Sprintf(", and in the audit log: %s", Recent())))
	return true
}

// shared reports whether a directory is one of many programs, whose files are not all to be relabelled.
func shared(dir string) bool {
	switch dir {
	case "/", "/tmp", "/var/tmp", "/run", "/var/run", "/var/lib", "/var", "/srv", "/opt", "/home", "/dev":
		return true
	}
	return false
}
