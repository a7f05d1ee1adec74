package say

import (
	"cmp"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// lostText describes how to give a file its label; where no path tells which, with the label that the
// domain has for this use.
func (l *Log) lostText(it *incident.Finding) string {
	file := it.Denial.File
	if name := pathOrDevice(it); name != file.Path {
		device := *file
		device.Path = name
		file = &device
	}
	text := relabelText(file)
	if l.Access == nil || file.Name == "/" ||
		file.Wanted != "" && (file.Helps || !object.IsPlace(audit.ContextType(file.Wanted))) {
		return text
	}
	x := l.Access(it)
	if x == nil {
		return text
	}
	for i := range x.Fixes {
		f := &x.Fixes[i]
		if f.Kind == object.Restore && f.If != "" {
			return x.assumedText(f) + "; a rule for files without a label would open all of them"
		}
		if f.Kind != object.Relabel || !offered(f) {
			continue
		}
		text := ""
		if file.Path == "" || x.Problem.Files == nil && x.target() != "default_t" {
			text = words.Sprintf("its own label first, if file_contexts has one for its path: %s; else ",
				restoreCommand(file))
		}
		text += words.Sprintf("%s: %s", x.Title(f), strings.Join(x.Meaning(f), "; "))
		for _, c := range x.Commands(f) {
			text += words.Sprintf("; %s", c)
		}
		return text + "; a rule for files without a label would open all of them"
	}
	if where := x.whereOwn(); file.Path == "" && strings.Contains(where, "/") {
		return text + "; or move it " + where
	}
	return text + x.ownLabels()
}

// relabelText describes how to give a file its label.
func relabelText(f *diagnose.File) string {
	name := cmp.Or(f.Path, "FILE")
	restore := restoreCommand(f)
	switch {
	case f.Wanted != "" && f.Lost:
		return words.Sprintf("give the file its label, %s by %s: %s; a rule for files without a label would open "+
			"all of them", f.Wanted, f.From, restore)
	case f.Wanted != "":
		return words.Sprintf("the file has the wrong label: %s should be %s (%s): %s", name, f.Wanted, f.From, restore)
	case f.Path == "" && f.Name == "/":
		return "it is the root of a mounted file system: restorecon -R -v on the mount point, and semanage fcontext " +
			"first if no entry matches the path; for a file system without labels of its own the mount option " +
			"context=; a rule would open all files without a label"
	case f.Path == "":
		return "give the file a label (restorecon, or semanage fcontext first if no entry matches the path); " +
			"a rule for files without a label would open all of them"
	}
	return words.Sprintf("give the file a label: %s, or semanage fcontext first if no entry matches the "+
		"path; on a file system without labels the mount option context=; "+
		"a rule for files without a label would open all of them", restore)
}

// restoreCommand returns the command that gives a file the label of file_contexts.
func restoreCommand(f *diagnose.File) shell.Command {
	restore := shell.New("restorecon")
	if f.Customizable {
		restore = restore.Flag("-F")
	}
	return restore.Flag("-v").Arg(cmp.Or(f.Path, "FILE"))
}
