package diagnose

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A PathCheck is a check of the kernel on the path of a UNIX socket or a file.
type PathCheck struct {
	Path   string
	Class  string
	Target policy.Context
	// From is the line of file_contexts that gives the label; "" for the label that the file has.
	From  string
	Check access.PermCheck
	// Dir is the directory whose label, DirLabel, gives a file its label that is made there; "" for a file that is
	// there.
	Dir      string
	DirLabel policy.Context
}

// unix makes the file checks of bind and connect for a UNIX socket: bind() creates a file
// in a directory (unix_mknod), connect() writes to one. Where the labels come from file_contexts, a grant is none of
// the files as they are.
func (g *Diagnoser) unix(d *SymptomDiagnosis, e *audit.Event) {
	if strings.HasPrefix(d.Path, "@") || d.Operation != network.Connect && d.Operation != network.Bind &&
		d.Operation != network.Listen {
		d.gap(NoPeer, d.Path)
		return
	}
	if d.Operation != network.Connect {
		g.notePlace(d, e.Symptom)
	}
	table := g.files()
	if table == nil || d.Subject.Context.Type == 0 {
		d.gap(NoDirectory, path.Dir(d.Path))
		return
	}
	ask := func(name, class string, kind byte, target *policy.Context, perms ...string) bool {
		return g.checkPath(d, table, g.own(e), name, class, kind, target, perms...)
	}
	dir := path.Dir(d.Path)
	known := false
	if d.Operation == network.Connect {
		known = ask(dir, "dir", 'd', nil, "search") && ask(d.Path, "sock_file", 's', nil, "write")
	} else if known = ask(dir, "dir", 'd', nil, "search", "write", "add_name"); known {
		parent := d.Checks[0].Target
		c, err := g.d.NewObject(d.Subject.Context, parent, "sock_file", path.Base(d.Path))
		known = err == nil && ask(d.Path, "sock_file", 's', &c, "create")
	}
	if !known {
		d.Checks = nil
		d.gap(NoDirectory, dir)
		return
	}
	g.conclude(d)
	if d.Verdict == NowAllowed && d.Operation == network.Connect {
		d.Verdict = UnknownHere
		d.gap(NoPeer, d.Path) // connectto asks for the label of who listens
		return
	}
	if d.Verdict == NowAllowed && slices.ContainsFunc(d.Checks, func(c PathCheck) bool { return c.From != "" }) {
		d.Verdict = UnknownHere
		d.gap(NoDirectory, dir) // it may have another label than file_contexts gives it
		d.NoBypass = g.noBypass(d.Subject.Context, "bind", "")
	}
}

// checkPath asks for permissions on a file: on its label, unless target is another. It is false where the label is not
// known. own says that the files of the system at hand are those of the log.
func (g *Diagnoser) checkPath(d *SymptomDiagnosis, table *fcontext.Table, own bool, name, class string, kind byte,
	target *policy.Context, perms ...string) bool {
	from := ""
	if target == nil {
		l, ok := g.labelAt(table, name, kind, own)
		if !ok {
			return false
		}
		target, from = &l.context, l.from
	}
	for _, perm := range perms {
		check := g.d.Check(d.Subject.Context, *target, class, perm)
		for _, pc := range check.Perms {
			d.Checks = append(d.Checks, PathCheck{Path: name, Class: class, Target: *target, From: from, Check: pc})
		}
	}
	return true
}

// conclude takes the verdict from the checks.
func (g *Diagnoser) conclude(d *SymptomDiagnosis) {
	d.Verdict = NowAllowed
	for i := range d.Checks {
		if !d.Checks[i].Check.Allowed {
			d.Verdict = StillDenied
		}
	}
	if d.Verdict == StillDenied && g.p.IsPermissive(policy.TypeID(d.Subject.Context.Type)) {
		d.Verdict = OnlyLogged
	}
}
