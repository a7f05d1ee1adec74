package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A FileAsked is the file of a complaint.
type FileAsked struct {
	// Path is whole and clean; "" if the line does not have it. Operation is that of the complaint.
	Path, Operation string
	// Use is the assumed purpose of an open, read, write or list, where the line gives none; "" where it gives one.
	Use string
	// Class is the class of the file.
	Class string
	// If is the verdict with the labels that file_contexts gives, where the present labels are not known: StillDenied
	// or NowAllowed; else "".
	If Verdict
	// Report says that setroubleshoot reports it: SELinux refused it when the report was written. Itself says that it
	// is the program's own file, which no program writes to.
	Report, Itself bool
	// Stray says that it is a device that the program, a helper for the network, has no use for: it was left open by
	// what started it.
	Stray bool
	// Leaked says that it is most likely the log of another program, which what started this one left open.
	Leaked bool
	// Wanted is the type of file_contexts for the path of a report whose domain is not known, and From its line; "" if
	// there is none.
	Wanted, From string
	// Modes are the file and its directories, in the system at hand, whose mode does not let everybody do it.
	Modes []FileMode
	// Library is the label of libraries that the domain may map, for one that is to be loaded; "" for none.
	Library string
	// Here says that the file is in the system at hand.
	Here bool
	// Wrong is the first refused directory of the path whose own label is not the one of file_contexts; "" for none.
	// All in it is to be relabelled.
	Wrong string
	// Passages are directories above the file that the domain may not search, and whose label tells nothing of them
	// (default_t) or is that of a place for mounts (mnt_t): a label for the file does not help alone.
	Passages []Passage
	// Mounted is set where the text names a file system whose files have no labels of their own, and the file may be on
	// one: what the policy says then; else nil.
	Mounted *OnMount
	// Inside is set for the file of a program in a container, of which nothing was asked; else nil.
	Inside *Inside
}

// A Passage is a directory that the domain is to search.
type Passage struct {
	Path string
	// Type is a general label that it may search; "" if the policy has none, or if the directory keeps its label.
	Type string
	// Keeps is the type that the directory keeps, as that of a place for mounts: a rule for search is needed.
	Keeps string
}

// Refused returns the check of a complaint about a file that refuses it: one with a known label before those with a
// label of file_contexts; nil if there is none.
func (d *SymptomDiagnosis) Refused() *PathCheck {
	var assumed *PathCheck
	for i := range d.Checks {
		c := &d.Checks[i]
		switch {
		case c.Check.Allowed:
		case c.From == "":
			return c
		case assumed == nil:
			assumed = c
		}
	}
	return assumed
}

// Deciding returns the last refused check as sure as the one of Refused, with all permissions that are asked on the
// same file, as what opens a log wants to append: where a directory and the file in it are refused, the label of the
// file tells more.
func (d *SymptomDiagnosis) Deciding() (c *PathCheck, perms []string) {
	first := d.Refused()
	if first == nil {
		return nil, nil
	}
	c = first
	for i := range d.Checks {
		if x := &d.Checks[i]; !x.Check.Allowed && (x.From == "") == (first.From == "") {
			c = x
		}
	}
	for i := range d.Checks {
		if x := &d.Checks[i]; x.Path == c.Path && x.Class == c.Class && x.Target == c.Target {
			perms = append(perms, x.Check.Name)
		}
	}
	return c, perms
}

// Last returns the last check of a complaint with a label of file_contexts, which is on the file if there is one; nil
// if there is none.
func (f *FileAsked) Last(d *SymptomDiagnosis) *PathCheck {
	for i := len(d.Checks) - 1; i >= 0; i-- {
		if d.Checks[i].From != "" {
			return &d.Checks[i]
		}
	}
	return nil
}

// maxDirectories bounds the directories of a path that are asked about, and maxPath its length, as PATH_MAX does.
const (
	maxDirectories = 40
	maxPath        = 4096
)

// fileRefusal asks about the file of a complaint: search on each directory of its path, then what the operation needs.
// Labels are those of the files where the system is at hand, else those of file_contexts, which is an assumption.
func (g *Diagnoser) fileRefusal(d *SymptomDiagnosis, e *audit.Event) {
	s := e.Symptom
	f := &FileAsked{Operation: s.Operation}
	d.File = f
	switch s.Operation {
	case "mount", "unmount", "execstack": // which are asked on no file, or on more than the message names
		f.Path, d.Path = s.Path, s.Path
		d.gap(NoRecord, "")
		return
	}
	if s.Operation == "unlabel" {
		f.Path, d.Path, d.Missing, d.Verdict = s.Path, s.Path, nil, StillDenied
		d.Notes = append(d.Notes, Note{NoteMeaning, "the label of a file is its attribute security.selinux, which " +
			"can be changed but not removed: while a policy is loaded the kernel refuses that to all, and no rule, " +
			"boolean or mode helps"})
		return
	}
	if !strings.HasPrefix(s.Path, "/") {
		if s.Path == "" {
			d.gap(NoFile, "")
		} else {
			d.gap(NoPlace, s.Path)
		}
		return
	}
	f.Path = path.Clean(s.Path)
	d.Path = f.Path
	if strings.Count(f.Path, "/") > maxDirectories || len(f.Path) > maxPath {
		d.gap(NoFile, f.Path)
		return
	}
	own, class := g.own(e), s.Class
	if own {
		kind := g.kindAt(f.Path)
		if f.Here = kind != ""; f.Here {
			class = kind
		}
	}
	operation := g.operationOn(s, class, own)
	need, ok := needOf(operation, s.Path, class, f.Here)
	if !ok {
		d.gap(NoOperation, "")
		return
	}
	f.Class, f.Use = need.class, need.use
	if IsLibrary(f.Path) && (s.Operation == "map" || s.Operation == "read") {
		f.Library = g.libraryLabel(d)
	}
	g.notePlace(d, s)
	g.noteSeen(d)
	if operation != s.Operation && s.Operation != "write" {
		f.Use = "write"
	}
	dirs := g.directories(f.Path, own)
	if own {
		for _, dir := range dirs {
			g.modeAt(f, dir, "x")
		}
		g.modeAt(f, path.Dir(f.Path), need.parentMode)
		g.modeAt(f, f.Path, need.mode)
	}
	if d.Subject.Context.Type == 0 {
		g.labelAlone(d, f, own)
		return
	}
	g.ofFile(d, f, &need, dirs, own)
}

// labelAlone notes the label of the file of a program whose domain is not known, where it is that of homes:
// few services may use such files, whatever their domain is.
func (g *Diagnoser) labelAlone(d *SymptomDiagnosis, f *FileAsked, own bool) {
	if ofPeople(d.Program) {
		return
	}
	l, ok := g.labelAt(g.files(), f.Path, fileKind(f.Class), own)
	name := g.typeName(l.context)
	if !ok || !ofHome(name) {
		return
	}
	by := ""
	if l.from != "" {
		by = "by file_contexts "
		d.Assumptions = append(d.Assumptions, network.Assumption{Code: network.AssumedFileLabel,
			Text: "files have the labels of file_contexts"})
	}
	d.Notes = append(d.Notes, Note{NoteMeaning, fmt.Sprintf("%s%s is %s, a label of homes, which hardly a service may "+
		"use: give the service what it needs in a directory of the system (/etc, /srv, /var/lib), with the label that "+
		"its domain has for it", by, f.Path, name)})
}

// operationOn returns the operation of a complaint: what is written and not there, in a directory that is, is made.
func (g *Diagnoser) operationOn(s *audit.Symptom, class string, own bool) string {
	if !own || class != "" || g.kindAt(path.Dir(path.Clean(s.Path))) != "dir" {
		return s.Operation
	}
	if need, ok := needOf(s.Operation, s.Path, class, false); ok && (s.Operation == "write" || need.use == "write") {
		return "create"
	}
	return s.Operation
}

// ofFile makes the checks and takes the verdict from them.
func (g *Diagnoser) ofFile(d *SymptomDiagnosis, f *FileAsked, need *fileNeed, dirs []string, own bool) {
	table := g.files()
	ask := func(name, class string, target *policy.Context, perms ...string) bool {
		return len(perms) == 0 || g.checkPath(d, table, own, name, class, fileKind(class), target, perms...)
	}
	known := f.Path != "/"
	for _, dir := range dirs {
		known = ask(dir, "dir", nil, "search") && known
	}
	g.passages(d, f, table)
	f.Wrong = g.wrong(d, table)
	parent := path.Dir(f.Path)
	known = ask(parent, "dir", nil, need.parent...) && known
	if need.made != "" {
		if l, ok := g.labelAt(table, parent, 'd', own); ok {
			c, err := g.d.NewObject(d.Subject.Context, l.context, need.made, path.Base(f.Path))
			at := len(d.Checks)
			known = err == nil && ask(f.Path, need.made, &c, need.madePerms...) && known
			for i := at; i < len(d.Checks); i++ {
				d.Checks[i].From = l.from // as sure as the label of the directory
				d.Checks[i].Dir, d.Checks[i].DirLabel = parent, l.context
			}
		}
	}
	known = ask(f.Path, need.class, nil, need.perms...) && known
	g.concludeFile(d, f, known)
	g.onMount(d, f, need)
	if f.If != "" && mounted(f.Path) {
		d.Notes = append(d.Notes, Note{NoteMeaning, "file_contexts has no labels for what is mounted in /mnt and " +
			"/media: the file has that of its file system (findmnt -T), or on a disk that of the directory it was " +
			"made in"})
	}
	if (d.Verdict == NowAllowed || f.If == NowAllowed) && (!f.Here || len(f.Modes) > 0) {
		d.NoBypass = g.noBypass(d.Subject.Context, f.Operation, f.Use)
	}
}

// passages finds the directories, among those that were asked about, whose label tells nothing of them and is refused.
func (g *Diagnoser) passages(d *SymptomDiagnosis, f *FileAsked, table *fcontext.Table) {
	for i := range d.Checks {
		c := &d.Checks[i]
		if c.Check.Allowed || c.Path == f.Path {
			continue
		}
		if name := g.p.TypeName(policy.TypeID(c.Target.Type)); name == "mnt_t" {
			f.Passages = append(f.Passages, Passage{Path: c.Path, Keeps: name})
			continue
		}
		if !g.lost(c.Target) {
			continue
		}
		if l, ok := g.labelAt(table, c.Path, 'd', false); ok && !g.lost(l.context) {
			continue // it gets its label back
		}
		p := Passage{Path: c.Path}
		for _, name := range [...]string{"var_t", "usr_t", "root_t"} {
			id, ok := g.p.Type(name)
			if !ok {
				continue
			}
			target := c.Target
			target.Type = uint32(id)
			check := g.d.Check(d.Subject.Context, target, "dir", "search")
			if check.Allowed() {
				p.Type = name
				break
			}
		}
		f.Passages = append(f.Passages, p)
	}
}

// wrong returns the first refused directory whose own label is not the one of file_contexts.
func (g *Diagnoser) wrong(d *SymptomDiagnosis, table *fcontext.Table) string {
	for i := range d.Checks {
		c := &d.Checks[i]
		if c.Check.Allowed || c.From != "" || c.Class != "dir" {
			continue
		}
		l, ok := g.labelAt(table, c.Path, 'd', false)
		if ok && l.context.Type != c.Target.Type && g.typeName(l.context) != "default_t" {
			return c.Path
		}
	}
	return ""
}

// concludeFile takes the verdict from the checks: a refusal or a grant with labels of file_contexts alone is none of
// the file as it is. known says that each file has a label of either kind.
func (g *Diagnoser) concludeFile(d *SymptomDiagnosis, f *FileAsked, known bool) {
	refused := d.Refused()
	switch {
	case refused != nil && refused.From == "":
		d.Verdict = StillDenied
		if g.p.IsPermissive(policy.TypeID(d.Subject.Context.Type)) {
			d.Verdict = OnlyLogged
		}
	case refused != nil:
		f.If = StillDenied
		d.gap(NoFile, refused.Path)
	case !known:
		d.gap(NoFile, f.Path)
	case slices.ContainsFunc(d.Checks, func(c PathCheck) bool { return c.From != "" }):
		f.If = NowAllowed
		d.gap(NoFile, f.Path)
	default:
		d.Verdict = NowAllowed
	}
	if f.If != "" {
		d.Assumptions = append(d.Assumptions, network.Assumption{Code: network.AssumedFileLabel,
			Text: "files have the labels of file_contexts"})
	}
}

// ofPeople reports whether a program is one that people and scripts start, which then runs in the domain of who started
// it.
func ofPeople(program string) bool {
	switch program {
	case "bash", "sh", "dash", "zsh", "ksh", "fish", "cat", "cp", "mv", "rm", "ls", "ln", "mkdir", "rmdir", "touch",
		"tee", "head", "tail", "less", "more", "grep", "egrep", "sed", "awk", "gawk", "find", "du", "stat", "chmod",
		"chown", "chgrp", "dd", "install", "tar", "gzip", "gunzip", "zip", "unzip", "sort", "wc", "cut", "diff", "vi",
		"vim", "nano", "emacs", "sudo", "su", "env", "git", "make", "curl", "wget", "python", "python3", "perl", "ruby",
		"node", "java", "scp", "sftp", "rg", "tree", "readlink", "realpath", "xargs", "timeout", "nohup", "nice",
		"npm", "df", "mktemp", "mknod", "mkfifo", "truncate", "split", "chcon", "fgrep", "ash", "sysctl":
		return true
	}
	return false
}
