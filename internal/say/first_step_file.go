package say

import (
	"cmp"
	"path"
	"regexp"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// pathOrDevice returns the path of the file of a denial; for a device file with the label of /dev itself, of which the
// record has the name alone, the one that it has in /dev as a rule; "" if it is not known.
func pathOrDevice(it *incident.Finding) string {
	f, a := it.Denial.File, it.AVC
	if f == nil {
		return ""
	}
	if f.Path == "" && a != nil && (a.TClass == "chr_file" || a.TClass == "blk_file") &&
		audit.ContextType(a.TContext) == "device_t" {
		if name := cmp.Or(f.Name, a.Path); name != "" && !strings.Contains(name, "/") { // a report has it as the path
			return "/dev/" + name
		}
	}
	return f.Path
}

// firstStepOfFile says what to do first about a denial of a file with a name that the policy lacks, "" for other
// steps.
func (l *Log) firstStepOfFile(it *incident.Finding, source, target string) string {
	d, name, spec := it.Denial, "the file", "FILE"
	restore := shell.New("restorecon", "-v").Arg("FILE")
	if file := pathOrDevice(it); file != "" {
		name, spec, restore = file, regexp.QuoteMeta(file), shell.New("restorecon", "-v").Arg(file)
	} else if d.Step == diagnose.StepPath {
		return ""
	}
	if text := l.pidFile(it); text != "" {
		return text
	}
	switch d.Step {
	case diagnose.StepMode:
		if d.Needless || d.File == nil {
			return needless
		}
		return modeText(it)
	case diagnose.StepPath:
		if text := l.writtenText(it); text != "" {
			return text
		}
		return words.Sprintf("the label first: by %s %s is to be %s, not %s: %s (with -n it only tells whether the "+
			"policy there says so too)", d.File.From, name, audit.ContextType(d.File.Wanted), target, restore)
	case diagnose.StepLabel:
		if it.AVC.Name == "/" && it.AVC.TClass == "dir" {
			return relabelText(&diagnose.File{Name: "/", Lost: true})
		}
		if text := l.dataEntry(it); text != "" {
			return text
		}
		return words.Sprintf("give %s a label: %s, or semanage fcontext first if no entry matches the path; no rule "+
			"for %s, which would be for all files without a label", name, restore, target)
	case diagnose.StepHome:
		text := words.Sprintf("%s gives it the label of its place", restore)
		if d.File == nil || d.File.Path == "" {
			text = "if it was moved from a home, restorecon -v gives it the label of its place"
		}
		if d.File != nil && d.File.Moved {
			return text + words.Sprintf("; no rule for %s", target)
		}
		return text + words.Sprintf("; what is in a home is to be moved to where the service has its files; no rule "+
			"for %s", target)
	case diagnose.StepHomeDir:
		return words.Sprintf("none, unless something fails by it: who owns the home makes the file or directory "+
			"beforehand and gives it its label (restorecon -v); a rule for %s would be for all that %s makes in homes",
			target, source)
	case diagnose.StepPlace:
		text := words.Sprintf("the label first: %s on %s and its directory; if that changes nothing, an "+
			"entry of semanage fcontext with a type of %s%s; a rule for %s would be for the files of all services "+
			"there",
			shell.New("restorecon", "-R", "-v"), name, source, l.logEntry(it), target)
		if strings.HasPrefix(it.AVC.TContext, "unconfined_u:") {
			text += "; start the service with systemctl, so that it makes its files itself"
		}
		return text
	case diagnose.StepDirectory:
		return words.Sprintf("a directory of its own for %s, with its own label (RuntimeDirectory=, "+
			"StateDirectory= or LogsDirectory= of its unit, or tmpfiles.d, and restorecon); a rule would be for all "+
			"that has the label %s",
			source, target)
	case diagnose.StepTemporary:
		place := ""
		if f := it.Denial.File; f != nil {
			place = f.Path
		}
		if it.AVC.Dev == "tmpfs" { // nothing there was moved to another file system
			place = "/tmp"
		}
		return ofTmp(target, place, it.Denial.Class, it.Denial.Permissions)
	case diagnose.StepInstalled:
		return words.Sprintf("none is offered: who may change what is labelled %s may change what others run; have %s "+
			"write elsewhere what it makes, and the package manager install what is to be run", target, source)
	case diagnose.StepMount:
		return words.Sprintf("a boolean that the policy there has for %s, or the mount option context= with the label "+
			"of its files; a rule would be for all files labelled %s (%s)", source, target, askThere)
	case diagnose.StepOwn:
		text := words.Sprintf("%s is right for a file of %s by its name, and nothing is to be relabelled", target,
			source)
		switch {
		case source == target:
			text = words.Sprintf("%s asks this of itself", source)
		case strings.Contains(it.AVC.Path+it.AVC.Name, "memfd:"):
			text = "nothing is to be relabelled"
		}
		return text + ": update the policy there, and report it if the newest lacks the rule; until then a module " +
			"there (senet why --allow)"
	case diagnose.StepOthers:
		if text := l.writtenText(it); text != "" {
			return words.Sprintf("whose file it is comes first: %s is by its name a label of another service; for a "+
				"file of %s itself, %s; else a rule in the policy there, if %s is to use it (%s)", target, source, text,
				source, askThere)
		}
		return words.Sprintf("whose file it is comes first: %s is by its name a label of another service; a file of "+
			"%s itself gets its label by %s; else a rule in the policy there, if %s is to use it (%s)", target, source,
			restore, source, askThere)
	case diagnose.StepProgram:
		return words.Sprintf("a label for programs: %s, then %s; a service that may write its data is not to "+
			"run it", labelEntry(l.Report, "bin_t", spec, ""), restore)
	case diagnose.StepStart:
		first := ""
		if strings.Contains(target, "home") && (d.File == nil || d.File.Path == "") {
			first = ownLabelFirst
		}
		return first + words.Sprintf("another label or place for the program: /usr/local/bin, or semanage fcontext -a "+
			"-t bin_t for the file where it is to stay, then restorecon -v; a rule would let %s start all files "+
			"labelled %s", source, target)
	case diagnose.StepDomain:
		return words.Sprintf("a setting that does without; else a rule in the policy there that enters the "+
			"program's own domain, if it has one there (%s; an interface that ends in _domtrans or _run), rather "+
			"than one to run it in %s", strings.TrimSuffix(target, "_exec_t")+"_t", source)
	case diagnose.StepRuns:
		return words.Sprintf("a setting that does without; a rule would let %s run all programs labelled %s with its "+
			"own rights (%s)", source, target, askThere)
	case diagnose.StepCategories:
		if d.Noted(diagnose.NotePod) {
			return podCategories(it.AVC)
		}
		return categories
	case diagnose.StepContainers:
		return words.Sprintf("%s is a label for containers by its name: update the policy for containers there "+
			"(container-selinux); %s", target, askThere)
	case diagnose.StepVolume:
		return ofHost(target)
	}
	return ""
}

// dataEntry is the entry for a directory that file_contexts has no label for, where a service has one for its data; ""
// for others.
func (l *Log) dataEntry(it *incident.Finding) string {
	d := it.Denial
	if l.Decider == nil || audit.ContextType(it.AVC.TContext) != "default_t" || d.File == nil || d.Class != "dir" ||
		!path.IsAbs(d.File.Path) || object.IsVisitor(audit.ContextType(it.AVC.SContext)) {
		return ""
	}
	source, err := l.policy().ParseContext(it.AVC.SContext)
	target, err2 := l.policy().ParseContext(it.AVC.TContext)
	if err != nil || err2 != nil {
		return ""
	}
	typ := object.DataLabel(l.Decider, source, target)
	if typ == "" {
		return ""
	}
	return words.Sprintf("give it a label, as file_contexts has none for the path: that of the service's data, if it "+
		"is for them, %s; %s; no rule for default_t, which would be for all files without a label",
		labelEntry(l.Report, typ, regexp.QuoteMeta(d.File.Path)+"(/.*)?", ""),
		shell.New("restorecon", "-R", "-v").Arg(d.File.Path))
}

// logEntry is the entry for a log of a service, where its domain has a label for logs; "" for other files.
func (l *Log) logEntry(it *incident.Finding) string {
	d := it.Denial
	if d.File == nil || !strings.HasPrefix(d.File.Path, "/var/log/") || d.Class != "file" || l.Decider == nil ||
		d.Source.Type == 0 || d.Target.Type == 0 {
		return ""
	}
	typ := object.LogLabel(l.Decider, d.Source, d.Target)
	if typ == "" {
		return ""
	}
	return words.Sprintf(" for its logs, %s: %s; %s", typ, labelEntry(l.Report, typ, regexp.QuoteMeta(d.File.Path), ""),
		shell.New("restorecon", "-v").Arg(d.File.Path))
}
