package diagnose

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
)

// An OwnEntry is a file that a daemon runs and that has the label of the daemon's own program, which starts its domain
// from outside: file_contexts has another label for the path, so that it was given by hand.
type OwnEntry struct {
	// Path is the file, Label its type, and Usual the type of file_contexts, "" for none.
	Path, Label, Usual string
	// Runs says that the domain may run programs labelled bin_t.
	Runs bool
}

// ownEntry finds a file that has the label of the daemon's own program by mistake. A daemon that starts itself again
// has the name of its file.
func (g *Diagnoser) ownEntry(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	table, name, label := g.files(), fullPath(a, e), audit.ContextType(a.TContext)
	if a.TClass != "file" || !a.Has("execute") && !a.Has("execute_no_trans") || d.Verdict != StillDenied ||
		table == nil || name == "" || d.File == nil || d.File.Right != "" || d.Instead != "" || d.Leftover != "" ||
		!strings.HasSuffix(label, "_exec_t") || !g.granted(d.Source, d.Target, "file", "entrypoint") ||
		isContainer(audit.ContextType(a.SContext)) {
		return
	}
	base := path.Base(name)
	if installedProgram(name) || base[:min(len(base), commLength)] == a.Comm ||
		e.Syscall != nil && e.Syscall.Exe == name {
		return
	}
	if c, err := g.d.NewObject(d.Source, d.Target, "process", ""); err != nil || c.Type != d.Source.Type {
		return
	}
	m, err := table.Lookup(name, '-')
	if err != nil || len(m.Unsupported) > 0 {
		return
	}
	d.OwnEntry = &OwnEntry{Path: name, Label: label}
	if m.Context != fcontext.None {
		d.OwnEntry.Usual = audit.ContextType(m.Context)
	}
	programs := d.Target
	id, ok := g.p.Type("bin_t")
	programs.Type = uint32(id)
	d.OwnEntry.Runs = ok
	for _, perm := range [...]string{"read", "open", "execute", "execute_no_trans"} {
		d.OwnEntry.Runs = d.OwnEntry.Runs && g.granted(d.Source, programs, "file", perm)
	}
}

// installedProgram reports whether a path is where packages install programs: what has the label of a daemon there got
// it from the policy of that host, which may know more programs of the daemon.
func installedProgram(name string) bool {
	name = strings.TrimPrefix(name, "/usr")
	for _, dir := range [...]string{"/bin/", "/sbin/", "/lib/", "/lib64/", "/libexec/"} {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}
