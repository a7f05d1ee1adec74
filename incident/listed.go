package incident

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/subject"
)

// Labels are what the listings of a log tell of the labels of files.
type Labels struct {
	// Wrong are the files with another type than the one of file_contexts, in the order of the log, each once, at most
	// maxWrong; More counts the others.
	Wrong []diagnose.ListedFile
	More  int
	// Right counts the files with the type of file_contexts, Unknown those of which it is not known: without a
	// directory, or with names that the policy and its file_contexts do not have. Bare counts the files of Unknown
	// without a directory, Mounted those on a file system whose files have one label, which is OneLabel.
	Right, Unknown, Bare, Mounted int
	OneLabel                      string
	// Keys is set where the keys of a user are on such a file system: the boolean that lets sshd read them, "" for
	// none.
	Keys string
}

// maxWrong bounds Labels.Wrong.
const maxWrong = 10

// listed compares the listed files of a log with file_contexts. A log that has nothing else to explain is about them.
// Of a file that is listed several times the last label counts.
func (x *examination) listed() *Labels {
	r := x.report
	if len(x.log.Listed) == 0 || len(r.Findings) > 0 || r.Hidden > 0 || r.Denials+r.Errors+r.Complaints > 0 ||
		x.log.Vague > 0 {
		return nil
	}
	last := make(map[string]int)
	for i := range x.log.Listed {
		if l := &x.log.Listed[i]; l.Path != "" && l.Context != "" {
			last[l.Path] = i
		}
	}
	labels := &Labels{}
	for i := range x.log.Listed {
		l := &x.log.Listed[i]
		if l.Path != "" && l.Context != "" && last[l.Path] != i {
			continue
		}
		switch f, ok := x.diagnoser.Listed(l); {
		case !ok && l.Context != "":
			labels.Unknown++
			x.unknown(labels, l)
		case !ok:
		case f.Right():
			labels.Right++
		case len(labels.Wrong) == maxWrong:
			labels.More++
		default:
			labels.Wrong = append(labels.Wrong, f)
		}
	}
	return labels
}

// unknown counts a listed file that was not compared by the reason.
func (x *examination) unknown(labels *Labels, l *audit.Listed) {
	typ := audit.ContextType(l.Context)
	switch {
	case diagnose.OneLabel(typ):
		labels.Mounted++
		labels.OneLabel = typ
		if l.Name == "authorized_keys" || path.Base(l.Path) == "authorized_keys" {
			labels.Keys = x.booleanFor("sshd_t", typ)
		}
	case l.Path == "":
		labels.Bare++
	}
}

// booleanFor returns the boolean that lets a domain read files of a type; "" for none, or where it may already.
func (x *examination) booleanFor(domain, typ string) string {
	source, ok := x.p.Type(domain)
	target, known := x.p.Type(typ)
	from, whole := subject.FromType(x.p, source)
	class, hasClass := x.p.Class("file")
	perms, hasPerm := x.p.Perm(class, "read")
	if !ok || !known || !whole || !hasClass || !hasPerm {
		return ""
	}
	to := from
	to.Type = uint32(target)
	for _, setting := range x.d.Explain(from, to, class, perms).Switches {
		if len(setting) == 1 && setting[0].On {
			return x.p.BoolName(setting[0].Bool)
		}
	}
	return ""
}

// placed returns the record of a denial for the diagnosis with the path of a listing in the same log, where the record
// has the last part of it alone, and name, kind and type agree with one listed file; or those of another file of the
// same finding do, which then is in the same directory. The paths of containers are not the host's. from says where
// the path comes from.
func (x *examination) placed(f *Finding) (avc *audit.AVC, from string) {
	a := f.AVC
	if len(x.log.Listed)+len(x.log.Prose.Paths) == 0 || a.Path != "" || a.Name == "" && a.TClass != "dir" ||
		len(f.Event.Paths) > 0 ||
		x.isContainer(audit.ContextType(a.SContext)) {
		return a, ""
	}
	if a.Name == "" {
		return x.nameless(a)
	}
	found, several := x.listedAs(a, a.Name)
	from = "the record has the name alone; the listing has a file with this name and type"
	for _, name := range f.Objects {
		if found != "" || several || name == a.Name || strings.Contains(name, "/") {
			continue
		}
		var other string
		if other, several = x.listedAs(a, name); other != "" {
			found = path.Join(path.Dir(other), a.Name)
			from = "the record has the name alone; the listing has " + other + ", a file of the same denials"
		}
	}
	if found == "" && !several {
		found, from = x.inProse(a), "the record has the name alone; the path is taken from the text"
	}
	if found == "" && !several {
		found, from = x.inOnlyPlace(a), "the record has the name alone; the text names one directory without a label "+
			"of its own, and the file is assumed to be there"
	}
	if found == "" || several {
		return a, ""
	}
	placed := *a
	placed.Path = found
	return &placed, from
}

// nameless is placed for a directory without a name in the record.
func (x *examination) nameless(a *audit.AVC) (avc *audit.AVC, from string) {
	found := x.inOnlyPlace(a)
	if found == "" {
		return a, ""
	}
	placed := *a
	placed.Path = found
	return &placed, "the record has no name; the text names one directory without a label of its own, and it is " +
		"assumed to be that one"
}

// inProse returns the only path in the text that ends with the name of a record, "" for none: the name has to tell
// something, and where file_contexts is known the label of the record has to be the one for the path.
func (x *examination) inProse(a *audit.AVC) (found string) {
	if !strings.ContainsAny(a.Name, ".-_") || strings.HasPrefix(a.Name, ".") || !isFile(a.TClass) || a.Dev == "proc" ||
		a.Dev == "sysfs" {
		return ""
	}
	for _, name := range x.log.Prose.Paths {
		if path.Base(name) != a.Name {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	if found == "" {
		return ""
	}
	listed := audit.Listed{Path: found, Context: a.TContext}
	if f, ok := x.diagnoser.Listed(&listed); x.labels != nil && (!ok || !f.Right()) {
		return ""
	}
	return found
}

// listedAs returns the path of the listed file with a name, and the kind and type of the file of a record. several says
// that there is more than one.
func (x *examination) listedAs(a *audit.AVC, name string) (found string, several bool) {
	target := audit.ContextType(a.TContext)
	for i := range x.log.Listed {
		l := &x.log.Listed[i]
		if l.Path == "" || path.Base(l.Path) != name || l.Kind != 0 && classOfKind(l.Kind) != a.TClass ||
			audit.ContextType(l.Context) != target && (!l.Changed || audit.ContextType(l.Wanted) != target) {
			continue
		}
		if found != "" && found != l.Path {
			return "", true
		}
		found = l.Path
	}
	return found, false
}

// maxEngines bounds the programs of an engine that a note names.
const maxEngines = 3

// engines notes which listed programs of an engine of containers have the label of any program, where the engine
// does not run in its own domain.
func (x *examination) engines(f *Finding) {
	enters := f.AVC.TClass == "process" && f.AVC.Has("transition") && x.isContainer(audit.ContextType(f.AVC.TContext))
	if f.Denial == nil || f.Denial.Step != diagnose.StepEngine && !enters {
		return
	}
	var list []string
	for i := range x.log.Listed {
		l := &x.log.Listed[i]
		typ := audit.ContextType(l.Context)
		if !path.IsAbs(l.Path) || l.Kind != 0 && l.Kind != '-' ||
			typ != "bin_t" && typ != "usr_t" && typ != "unlabeled_t" ||
			!ofEngine(path.Base(l.Path)) || slices.Contains(list, l.Path) {
			continue
		}
		if list = append(list, l.Path); len(list) == maxEngines {
			break
		}
	}
	if len(list) == 0 {
		return
	}
	f.Denial.Notes = append(f.Denial.Notes, diagnose.Note{Code: diagnose.NoteDaemon, Text: "by the listing these " +
		"have the label of any program (bin_t or such), so a daemon that is started from them has no domain of its " +
		"own: " +
		strings.Join(list, ", ")})
}

// ofEngine reports whether a file is named like a daemon of an engine of containers.
func ofEngine(name string) bool {
	for _, engine := range [...]string{"docker", "containerd", "crio", "podman", "runc", "crun", "conmon"} {
		if strings.HasPrefix(name, engine) {
			return true
		}
	}
	return false
}

// classOfKind returns the class of files of a kind, by the letter of ls.
func classOfKind(kind byte) string {
	switch kind {
	case '-':
		return "file"
	case 'd':
		return "dir"
	case 'l':
		return "lnk_file"
	case 'c':
		return "chr_file"
	case 'b':
		return "blk_file"
	case 's':
		return "sock_file"
	}
	return "fifo_file"
}
