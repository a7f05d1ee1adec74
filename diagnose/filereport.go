package diagnose

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// fileReport asks about the file of a report of setroubleshoot without labels: it names the refused permissions, which
// are asked on the file alone.
func (g *Diagnoser) fileReport(d *SymptomDiagnosis, e *audit.Event) {
	s := e.Symptom
	f := &FileAsked{Operation: s.Operation, Class: s.Class, Report: true}
	d.File = f
	switch {
	case s.Path == "":
		d.gap(NoFile, "")
		return
	case !strings.HasPrefix(s.Path, "/"):
		d.gap(NoPlace, s.Path)
		return
	case strings.Count(s.Path, "/") > maxDirectories || len(s.Path) > maxPath:
		d.gap(NoFile, s.Path)
		return
	}
	f.Path = path.Clean(s.Path)
	d.Path = f.Path
	perms := slices.DeleteFunc(strings.Fields(s.Asked), func(p string) bool { return !g.real(s.Class, p) })
	if len(perms) == 0 {
		d.gap(NoOperation, "")
		return
	}
	for _, p := range perms {
		f.Itself = f.Itself || (p == "write" || p == "append") && s.Class == "file" && path.Base(f.Path) == s.Program
	}
	if d.Subject.Context.Type == 0 {
		return
	}
	own := g.own(e)
	f.Here = own && g.kindAt(f.Path) != ""
	known := g.checkPath(d, g.files(), own, f.Path, s.Class, fileKind(s.Class), nil, perms...)
	g.concludeFile(d, f, known)
}
