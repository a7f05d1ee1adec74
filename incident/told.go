package incident

import (
	"path"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
)

// told returns the record of a denial for the diagnosis: a record has often the last part of a path alone, and then a
// complaint of the program about the same denial tells the whole path. The paths of containers are not the host's.
func told(f *Finding) *audit.AVC {
	if f.AVC.Path != "" || f.AVC.Name == "" || len(f.Event.Paths) > 0 {
		return f.AVC
	}
	found := ""
	for i := range f.Complaints {
		c := &f.Complaints[i]
		s := c.Example.Symptom
		if c.Vague || c.Example.Container != nil || s == nil || s.Protocol != "file" {
			continue
		}
		p := partOf(s.Path, f.AVC.Name, f.AVC.TClass)
		if p == "" || found != "" && p != found {
			return f.AVC
		}
		found = p
	}
	if found == "" {
		return f.AVC
	}
	avc := *f.AVC
	avc.Path = found
	return &avc
}

// complained reports whether a program surely complained about a denial, or somebody says that it fails: it does not do
// without what is refused.
func complained(f *Finding) bool {
	return f.fails || slices.ContainsFunc(f.Complaints, func(c Complaint) bool { return !c.Vague })
}

// neededToo takes back that programs do without a look at files of a label where the same domain was refused to use
// files of that label: it looked because it was about to use them. Of the kernel's files one label has many, which
// have nothing to do with each other.
func neededToo(findings []Finding) {
	type labels struct{ source, target string }
	of := func(f *Finding) (labels, bool) {
		if f.AVC == nil || !isFile(f.AVC.TClass) || f.AVC.Dev == "proc" || f.AVC.Dev == "sysfs" {
			return labels{}, false
		}
		return labels{audit.ContextType(f.AVC.SContext), audit.ContextType(f.AVC.TContext)}, true
	}
	used := make(map[labels]bool)
	for i := range findings {
		f := &findings[i]
		if l, ok := of(f); ok && f.Denial.Verdict == diagnose.StillDenied && !f.Denial.Optional && !f.Denial.Harmless {
			used[l] = true
		}
	}
	for i := range findings {
		if l, ok := of(&findings[i]); ok && used[l] {
			findings[i].Denial.Optional = false
		}
	}
	steps := make(map[labels]diagnose.Step)
	for i := range findings {
		if l, ok := of(&findings[i]); ok && ofLabel(stepped(findings[i].Denial).Step) {
			steps[l] = stepped(findings[i].Denial).Step
		}
	}
	for i := range findings {
		f := &findings[i]
		l, ok := of(f)
		if f.Denial == nil {
			continue
		}
		d := stepped(f.Denial)
		if d.Step != diagnose.StepLeave || d.Harmless || d.Needless {
			continue
		}
		if step := steps[l]; ok && step != "" {
			d.Step = step
		} else if complained(f) {
			d.Step = diagnose.StepAsk
		}
	}
}

// stepped returns the diagnosis that has the first step of a denial, if one has: its own, or that of another host.
func stepped(d *diagnose.Diagnosis) *diagnose.Diagnosis {
	if d.Elsewhere != nil {
		return d.Elsewhere
	}
	return d
}

// ofLabel reports whether a first step is for all files of a label, and not for the path or the kind of one.
func ofLabel(s diagnose.Step) bool {
	switch s {
	case diagnose.StepLabel, diagnose.StepHome, diagnose.StepPlace, diagnose.StepOwn, diagnose.StepOthers:
		return true
	}
	return false
}

// partOf returns the path that ends with a name: the whole path, or for a directory or a link the part of it up to the
// name; "" if none does, or several do.
func partOf(whole, name, class string) (found string) {
	if !path.IsAbs(whole) {
		return ""
	}
	whole = path.Clean(whole)
	for p := whole; p != "/"; p = path.Dir(p) {
		if path.Base(p) != name || p != whole && class != "dir" && class != "lnk_file" {
			continue
		}
		if found != "" {
			return ""
		}
		found = p
	}
	return found
}
