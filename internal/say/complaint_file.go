package say

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// fileDeed describes what a program wanted to do with a file, as words that follow "to".
func fileDeed(d *diagnose.SymptomDiagnosis, name string) string {
	f, use := d.File, d.File.Use
	if d.Subject.Name == "" {
		use = "" // nothing was asked
	}
	verbs := map[string]string{"": "use", "open": "open", "read": "read", "write": "write to", "create": "create",
		"mkdir": "make the directory", "unlink": "remove", "rmdir": "remove the directory", "rename": "rename",
		"link": "make the link", "chdir": "change into the directory", "list": "list the directory",
		"search": "reach", "stat": "reach", "chmod": "change the mode of", "chown": "change the owner of",
		"utime": "set the times of", "readlink": "read the link",
		"unlabel": "remove the label of", "map": "load", "execmod": "load", "execute": "execute", "mmap": "map",
		"bind": "make the UNIX socket", "listen": "make the UNIX socket",
		"mount": "mount", "unmount": "unmount", "execstack": "have an executable stack"}
	if name == "" {
		return strings.Replace(verbs[f.Operation], "the directory", "a directory", 1) + unnamedFile(f.Operation)
	}
	switch use {
	case "read":
		return "open " + name + " to read"
	case "write":
		return "open " + name + " to write"
	case "list":
		return "list the directory " + name
	}
	if f.Class == "sock_file" && f.Operation == "link" {
		return "keep the old socket " + name + " under another name (link)"
	}
	return verbs[f.Operation] + " " + name
}

// unnamedFile returns what follows the words of an operation where the line does not name the file.
func unnamedFile(operation string) string {
	switch operation {
	case "mkdir", "rmdir", "chdir", "list":
		return "" // the words have the directory
	case "link":
		return " to a file"
	case "mount", "unmount":
		return " a file system"
	case "execstack":
		return ""
	}
	return " a file"
}

// file writes what the policy, the labels and the modes tell of a complaint about a file.
func (l *Log) file(b *words.Page, it *incident.Finding) (next shell.Command) {
	d, f := it.Symptom, it.Symptom.File
	refused := d.Refused()
	if d.Verdict == diagnose.StillDenied && refused == nil { // the kernel refuses it to all, and asks no policy
		for _, n := range d.Notes {
			b.Line("note", "%s", n.Text)
		}
		l.fix(b, it)
		return next
	}
	switch {
	case d.Verdict == diagnose.StillDenied || d.Verdict == diagnose.OnlyLogged:
		l.fileChecks(b, d)
	case f.If == diagnose.StillDenied:
		b.Line("maybe", "SELinux: by file_contexts %s is %s, and %s may not %s it [%s] [%s]", refused.Path,
			l.targetType(refused), d.Subject.Name, refused.Check.Name, refused.Check.Reason.Code,
			network.AssumedFileLabel)
	case f.If == diagnose.NowAllowed:
		c := f.Last(d)
		if c.Dir != "" {
			b.Line("maybe", "SELinux%s if the directory %s is not labelled %s, as file_contexts has it: with that "+
				"label %s [%s]%s", onlyIf(d), c.Dir, l.policy().TypeName(policy.TypeID(c.DirLabel.Type)), l.makes(d, c),
				network.AssumedFileLabel, orAsRoot(d))
			break
		}
		b.Line("maybe",
			"SELinux%s if %s is not labelled %s, as file_contexts has it: with that label %s may do so [%s]%s",
			onlyIf(d), c.Path, l.targetType(c), d.Subject.Name, network.AssumedFileLabel, orAsRoot(d))
	}
	if d.Kept != nil {
		for _, n := range d.Notes {
			b.Line("why", "%s", n.Text)
		}
		l.fix(b, it)
		return l.NextOfFile(d)
	}
	if missing := l.fileGaps(d); len(missing) > 0 {
		b.Line("why", "the line does not say %s", strings.Join(missing, "; nor "))
	}
	if f.Inside != nil {
		for _, n := range d.Notes {
			b.Line("note", "%s", n.Text)
		}
		hostRecord(b)
		l.fix(b, it)
		return l.NextOfFile(d)
	}
	if d.Verdict != diagnose.StillDenied {
		modes(b, f.Modes)
	}
	if d.Verdict == diagnose.NowAllowed {
		l.otherCauses(b, f)
		if d.NoBypass != "" {
			b.Line("note", "owner and mode count for root as well%s", l.ownerOf(d, path.Dir(f.Path)))
		}
	}
	for _, n := range d.Notes {
		b.Line("note", "%s", n.Text)
	}
	if text := l.assumed(d); text != "" {
		b.Line("note", "%s", text)
	}
	for _, g := range d.Missing {
		switch g.Kind {
		case diagnose.NoCaller:
			if _, ok := l.policy().Type("unconfined_t"); ok {
				b.Line("note",
					"the shell of a user is unconfined_t as a rule, which SELinux hardly limits: look at owner "+
						"and mode first")
			}
		case diagnose.NoProgram, diagnose.NoDomain, diagnose.NoPlace:
			recorded(b)
		}
	}
	if f.Path == "" && !slices.ContainsFunc(d.Missing, unrecorded) {
		recorded(b)
	}
	l.fix(b, it)
	return l.NextOfFile(d)
}

// makes says what becomes of a file that a program makes in a directory.
func (l *Log) makes(d *diagnose.SymptomDiagnosis, c *diagnose.PathCheck) string {
	if c.Target.Type == c.DirLabel.Type {
		return words.Sprintf("%s may do so", d.Subject.Name)
	}
	return words.Sprintf("what %s makes there gets the label %s (type_transition), and it may do so", d.Subject.Name,
		l.targetType(c))
}

// ranAs reports whether a record of the same log has the program run in its domain.
func (l *Log) ranAs(d *diagnose.SymptomDiagnosis) bool {
	return slices.ContainsFunc(l.Report.Findings, func(f incident.Finding) bool {
		return f.AVC != nil && slices.Contains(f.Commands, d.Program) &&
			audit.ContextType(f.AVC.SContext) == d.Subject.Name
	})
}

// recorded says where a refusal of SELinux is told whole.
func recorded(b *words.Page) {
	b.Line("note", "if SELinux refused it, a record in the audit log has the domain and the label")
}

// unrecorded reports whether a gap has a note of its own.
func unrecorded(g diagnose.Gap) bool {
	return g.Kind == diagnose.NoProgram || g.Kind == diagnose.NoDomain || g.Kind == diagnose.NoPlace ||
		g.Kind == diagnose.NoCaller
}

// assumed says what the line does not: the domain, and for what the file was opened.
func (l *Log) assumed(d *diagnose.SymptomDiagnosis) string {
	if d.Subject.Name == "" {
		return ""
	}
	text := words.Sprintf("the line names no domain (by %s %s runs as %s)", domainSource(d), d.Program, d.Subject.Name)
	if l.ranAs(d) {
		text = words.Sprintf("by the records %s runs as %s", d.Program, d.Subject.Name)
	}
	if d.File.Use == "read" || d.File.Use == "write" {
		text += words.Sprintf(", and not for what the file was opened (taken to be to %s)", d.File.Use)
	}
	return text
}

// fileChecks writes the refused steps: the first, and the one on the file itself if it is another.
func (l *Log) fileChecks(b *words.Page, d *diagnose.SymptomDiagnosis) {
	first := d.Refused()
	b.Line("why", "%s", l.fileCheck(d, first))
	if last, _ := d.Deciding(); last.Path != first.Path || last.Class != first.Class {
		b.Line("then", "%s", l.fileCheck(d, last))
	}
}

// fileCheck writes a refused step.
func (l *Log) fileCheck(d *diagnose.SymptomDiagnosis, c *diagnose.PathCheck) string {
	what := c.Path
	if c.Class == "dir" {
		what = "the directory " + c.Path
	}
	from := ""
	if c.From != "" {
		from = ", by " + c.From
	}
	return words.Sprintf("%s may not %s %s (%s%s) [%s]", d.Subject.Name, c.Check.Name, what, l.targetType(c), from,
		c.Check.Reason.Code)
}

func (l *Log) targetType(c *diagnose.PathCheck) string {
	return l.policy().TypeName(policy.TypeID(c.Target.Type))
}

// fileGaps describes what the line lacks, but for a label of which a sentence tells what follows.
func (l *Log) fileGaps(d *diagnose.SymptomDiagnosis) []string {
	return Gaps(slices.DeleteFunc(slices.Clone(d.Missing), func(g diagnose.Gap) bool {
		return g.Kind == diagnose.NoFile && d.File.If != ""
	}))
}

// maxModes bounds the modes that are printed.
const maxModes = 2

// modes lists files and directories whose mode keeps others out.
func modes(b *words.Page, list []diagnose.FileMode) {
	for i := range list {
		if i == maxModes {
			b.Line("", "and %s more", Number(len(list)-i))
			return
		}
		b.Line("mode", "%s", modeSentence(&list[i]))
	}
}

// modeSentence says whom a mode keeps out.
func modeSentence(m *diagnose.FileMode) string {
	deed := map[string]string{"r": "read it", "w": "write to it"}[m.Lacks]
	kind := "the file "
	if m.Mode.IsDir() {
		kind = "the directory "
		deed = map[string]string{"r": "list it", "w": "make or remove files in it", "x": "pass through it"}[m.Lacks]
	}
	return words.Sprintf("%s%s has mode %04o, owner %d, group %d: other users may not %s", kind, m.Path,
		uint32(m.Mode.Perm()),
		m.UID, m.GID, deed)
}

// otherCauses says what to look at where SELinux allows it.
func (l *Log) otherCauses(b *words.Page, f *diagnose.FileAsked) {
	switch {
	case len(f.Modes) > 0:
		b.Line("note", "look at these modes, for the user that the program runs as; then at access control lists "+
			"(getfacl)")
	case f.Here:
		b.Line("note", "the modes of the file and of its directories let every user do it: look at access control "+
			"lists (getfacl), at the unit (ProtectHome=, ProtectSystem=, ReadWritePaths=) and at a read-only mount")
	default:
		b.Line("note", "look at owner and mode of each directory")
	}
}
