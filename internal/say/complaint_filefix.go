package say

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/subject"
)

// fileFix returns the first fix of the file of a complaint, "" if it is not refused or none is known. It is a label
// or a boolean, never a rule.
func (l *Log) fileFix(it *incident.Finding) string {
	d, f := it.Symptom, it.Symptom.File
	if f.Itself {
		return "none: what is refused is no need of the program, and a rule would let it change itself"
	}
	if f.Inside != nil && (f.Operation == "mount" || f.Operation == "unmount") {
		return "a container mounts nothing as a rule: for this container alone --security-opt label=type:" +
			"container_engine_t where the policy of the host has that type, else --security-opt label=disable; a " +
			"rule would let all containers mount"
	}
	if f.Inside != nil {
		return l.insideFix(f.Inside, it.Event.Symptom.Path)
	}
	if f.Leaked && d.Verdict != diagnose.NowAllowed && f.If != diagnose.NowAllowed {
		return words.Sprintf("none seems needed: it is the log of another program, and as a rule what started %s left "+
			"it open; report it to the maker of that; a dontaudit rule hides it", d.Program)
	}
	if f.Stray {
		return words.Sprintf("none: %s has no use for %s, and as a rule what started it left the device open; a "+
			"container that needs the device gets it with --device, and where that is refused with the boolean "+
			"container_use_devices", d.Program, f.Path)
	}
	if f.Operation == "unlabel" {
		return keptLabel(d.Path)
	}
	if d.Kept != nil {
		return l.keptFix(d)
	}
	if f.Wanted != "" {
		return words.Sprintf("look at the label (%s): if it is not %s, which file_contexts has for the path (%s), %s; "+
			"if it is, the record tells which domain wants another (next)", shell.New("ls", "-Zd").Arg(f.Path),
			f.Wanted, f.From, shell.New("restorecon", "-v").Arg(f.Path))
	}
	if text := cmp.Or(l.libraryFix(d), l.placelessFix(it)); text != "" {
		return text
	}
	if f.If == diagnose.NowAllowed {
		c := f.Last(d)
		here := AccessFixes{AccessFixes: &senet.AccessFixes{}, Elsewhere: l.Image != "", Image: l.Image,
			Type: l.ImageType}
		place := object.Place{Tree: c.Path}
		if c.Dir != "" {
			text := words.Sprintf("look at the label of the directory (next): if it is not %s, %s",
				l.policy().TypeName(policy.TypeID(c.DirLabel.Type)), here.RelabelCommand(object.Place{Tree: c.Dir}))
			if f.Report {
				return text + "; else nothing: it is allowed today"
			}
			return text + "; else at owner and mode" + l.ownerOf(d, c.Dir)
		}
		if dir := keysOf(c.Path); dir != "" {
			place = object.Place{Tree: dir, Whole: true}
		}
		text := words.Sprintf("look at the label (next): if it is not %s, %s", l.targetType(c),
			here.RelabelCommand(place))
		if f.Report {
			return text + "; else nothing: it is allowed today"
		}
		return text + "; else at owner and mode" + l.ownerOf(d, path.Dir(c.Path))
	}
	if l.Access == nil || it.Fix.Way != incident.FileAccess {
		return ""
	}
	x := l.Access(it)
	if x == nil || x.Allowed {
		return ""
	}
	lead := ""
	if f.If != "" {
		lead = l.mountedFirst(f) + "look at the label first (next): if it is so, "
	}
	for i := range x.Fixes {
		fix := &x.Fixes[i]
		if !offered(fix) || fix.Kind == object.Rule || fix.Kind == object.Interfaces {
			continue
		}
		text := words.Sprintf("%s%s", lead, x.Title(fix))
		if fix.Kind == object.Boolean {
			text = lead + "set the boolean"
		}
		if dir := keysOf(f.Path); fix.Kind == object.Restore && dir != "" {
			return text + words.Sprintf(": %s", x.RelabelCommand(object.Place{Tree: dir, Whole: true}))
		}
		if fix.Kind == object.Restore && f.Wrong != "" {
			return text + words.Sprintf(": %s", x.RelabelCommand(object.Place{Tree: f.Wrong, Whole: true}))
		}
		sign := ": "
		if f.Operation == "mkdir" && fix.Kind == object.Relabel && path.IsAbs(d.Path) && fix.Place(x.Problem.Path,
			x.Problem.Class, nil).Tree == path.Clean(d.Path) {
			// A label needs a file to be on, and the directory above keeps its own.
			text += words.Sprintf(": make the directory yourself, with the owner that the service runs as: %s",
				shell.New("mkdir").Arg(path.Join(l.Image, d.Path)))
			sign = "; "
		}
		for _, c := range x.Commands(fix) {
			text += words.Sprintf("%s%s", sign, c)
			sign = "; "
		}
		text += x.passages(d, fix)
		if lead != "" && !f.Report {
			text += "; else at owner and mode"
		}
		return text
	}
	if object.IsVisitor(x.subject()) {
		return lead + words.Sprintf("give it the label that its own service has for such files, if %s may use that "+
			"(semanage fcontext); a rule would open all files with that label", x.subject())
	}
	if own := x.ownLabels(); own != "" {
		return lead + "give it a label that the service has for such files, or keep them where the service has its " +
			"own" + own
	}
	return lead + "no label and no boolean is known for this: keep such files where the service has its own; a rule " +
		"would open all files with that label"
}

// placelessFix says what to do about a report of setroubleshoot that has the name alone of a file which a service is to
// change: the record tells the directory. It is "" for others, and where the service has no label for its data.
func (l *Log) placelessFix(it *incident.Finding) string {
	d, f := it.Symptom, it.Symptom.File
	asked := strings.Fields(it.Event.Symptom.Asked)
	role, ok := l.policy().Role("object_r")
	if !f.Report || f.Path != "" || d.Subject.Context.Type == 0 || l.Decider == nil || !ok || !changes(asked) {
		return ""
	}
	target := d.Subject.Context
	target.Role = uint32(role)
	typ := object.DataLabel(l.Decider, d.Subject.Context, target)
	if typ == "" {
		return ""
	}
	return words.Sprintf("the directory, which the record has (next): if what %s changes there is data of its own, "+
		"the label of its data for it: %s; %s; else have it write where its data are; no rule", d.Subject.Name,
		labelEntry(nil, typ, "DIR(/.*)?", ""), shell.New("restorecon", "-R", "-v", "DIR"))
}

// mountedFirst says what to do about a file that is on a file system of which the text tells; "" where it tells of
// none.
func (l *Log) mountedFirst(f *diagnose.FileAsked) string {
	m := f.Mounted
	if m == nil {
		return ""
	}
	text := words.Sprintf("if it is on %s, as the text or the path tells, all files there are %s, and no label is set "+
		"there: ", m.Name, m.Type)
	switch {
	case m.Allowed:
		return text + "that is allowed, so look at owner and mode (root_squash); else "
	case m.Switch != nil:
		return text + words.Sprintf("%s; else ", shell.New("setsebool", "-P").With(SettingArgs(l.policy(), m.Switch)))
	}
	return text + "the mount option context= with the label of such files; else "
}

// keysOf returns the directory of a user's keys that a file is in, which is relabelled as a whole; "" for none.
func keysOf(name string) string {
	if i := strings.Index(name, "/.ssh/"); i >= 0 {
		return name[:i+len("/.ssh")]
	}
	return ""
}

// passages says which directories above the file need a label, or a rule, too; not those that the fix labels.
func (x *AccessFixes) passages(d *diagnose.SymptomDiagnosis, fix *object.Fix) (text string) {
	tree, kept := fix.Tree, "" // kept has its rule
	if fix.Kind == object.Relabel {
		tree = fix.Place(x.Problem.Path, x.Problem.Class, nil).Tree
	}
	for _, p := range d.File.Passages {
		if tree == "" || p.Type == "" && p.Keeps == "" || p.Path == tree || strings.HasPrefix(p.Path, tree+"/") {
			continue
		}
		if p.Keeps != "" {
			if p.Keeps != kept {
				text += words.Sprintf("; and a rule to search %s, which keeps the label %s: %s", p.Path, p.Keeps,
					shell.New("senet", "fix").Arg(d.Subject.Name, "dir:search", p.Keeps))
			}
			kept = p.Keeps
			continue
		}
		if x.Image != "" {
			text += words.Sprintf("; and the directory %s needs a label too, such as %s", p.Path, p.Type)
			continue
		}
		text += words.Sprintf("; and for the directory %s alone: %s; %s", p.Path,
			labelEntry(x.Problem.Files, p.Type, p.Path, "d"),
			x.RelabelCommand(object.Place{Tree: p.Path}))
	}
	return text
}

// NextOfFile returns the command to type next for a complaint about a file: the fixes where it is refused, else what
// shows the labels or the modes.
func (l *Log) NextOfFile(d *diagnose.SymptomDiagnosis) shell.Command {
	f := d.File
	if d.Kept != nil {
		return l.keptNext(d)
	}
	if f.Itself {
		return shell.New("lsmod")
	}
	if f.Path == "" || f.Inside != nil || d.Subject.Name == "" && !slices.ContainsFunc(d.Missing, byPeople) {
		return Recent()
	}
	if d.Verdict == diagnose.StillDenied {
		c, perms := d.Deciding()
		return shell.New("senet", "fix").Arg(subject.NameOf(l.policy(), d.Subject.Context),
			c.Class+":"+strings.Join(perms, ","), c.Path).With(l.PolicyAgain)
	}
	if d.Verdict == diagnose.NowAllowed || d.Subject.Name == "" {
		return shell.New("namei", "-l").Arg(path.Join(l.Image, f.Path))
	}
	if c := d.Refused(); c != nil && c.Path != f.Path {
		return shell.New("ls", "-Zd").Arg(path.Join(l.Image, c.Path), path.Join(l.Image, f.Path))
	}
	return shell.New("ls", "-Zd").Arg(path.Join(l.Image, path.Dir(f.Path)), path.Join(l.Image, f.Path))
}

// byPeople reports whether a gap is the domain of a person's shell.
func byPeople(g diagnose.Gap) bool { return g.Kind == diagnose.NoCaller }

// FileWhy says in words why the file of a complaint is refused, "" if no check tells.
func (l *Log) FileWhy(d *diagnose.SymptomDiagnosis) string {
	if c := d.Refused(); c != nil {
		return l.fileCheck(d, c)
	}
	return ""
}
