package say

import (
	"path"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
)

// labels writes what the listings of a log tell, where it has nothing else to explain.
func (l *Log) labels(b *words.Page, labels *incident.Labels) {
	for i := range labels.Wrong {
		f := &labels.Wrong[i]
		if i > 0 {
			b.Printf("\n")
		}
		b.Line("?", "%s is labelled %s; by file_contexts %s is %s", path.Base(f.Path), f.Type, f.Path, f.Wanted)
		for _, why := range ListedWhy(f) {
			b.Line("why", "%s", why)
		}
		b.Line("fix", "%s", l.ListedFix(f))
	}
	b.Printf("\n")
	if labels.Wrong[0].From != "" {
		b.Line("note",
			"entries that the host of the listing has of its own (semanage fcontext -l -C) are not known here")
	}
}

// labelTotals writes how many listed files have the right label, and of how many that is not known.
func labelTotals(b *words.Page, labels *incident.Labels) {
	if labels == nil {
		return
	}
	if labels.More > 0 {
		b.Line("", "%s with another label than the one of file_contexts", Plural(labels.More, "more file"))
	}
	switch labels.Right {
	case 0:
	case 1:
		b.Line("", "the label of 1 file is the one of file_contexts")
	default:
		b.Line("", "the labels of %s are those of file_contexts", Plural(labels.Right, "file"))
	}
	if labels.Mounted > 0 {
		b.Line("", "%s of a network file system, or of another that keeps no labels: all its files have the one label "+
			"%s, which restorecon and chcon do not change; a boolean lets services use them",
			Plural(labels.Mounted, "listed file"), labels.OneLabel)
	}
	if labels.Keys != "" {
		b.Line("fix", "if the log of sshd says that it could not open authorized_keys: %s; then the export may keep "+
			"root out as well (root_squash, and a mode for the user alone)",
			shell.New("setsebool", "-P").Arg(labels.Keys, "on"))
	}
	if labels.Bare > 0 {
		b.Line("", "%s whose label could not be compared: without a directory", Plural(labels.Bare, "listed file"))
	}
	if n := labels.Unknown - labels.Mounted - labels.Bare; n > 0 {
		b.Line("", "%s whose label could not be compared: not known to this policy, without an entry of its own in "+
			"its file_contexts, or in a volume of containers", Plural(n, "listed file"))
	}
}

// ListedWhy says what the label of a listed file means.
func ListedWhy(f *diagnose.ListedFile) (list []string) {
	switch {
	case f.Lost:
		list = append(list, words.Sprintf("%s tells nothing of the file: services may not use it, as a rule", f.Type))
	case f.Kept:
		list = append(list, words.Sprintf("%s is a type that administrators set by hand (customizable_types), which "+
			"stays unless -F is given; that gives the level of file_contexts as well", f.Type))
	case f.Customizable:
		list = append(list,
			words.Sprintf("%s is a type that administrators set by hand (customizable_types), which may "+
				"be meant so", f.Type))
	default:
		list = append(list, "what is moved (mv) keeps the label of its old place, and what is made has that of its "+
			"directory; if it was set by hand (chcon), semanage fcontext makes it last")
	}
	if f.Starter != "" {
		list = append(list,
			words.Sprintf("systemd (%s) may not execute a file labelled %s, and may execute one labelled "+
				"%s", f.Starter, f.Type, f.Wanted))
	}
	return list
}

// ListedFix returns the command that gives a listed file its label.
func (l *Log) ListedFix(f *diagnose.ListedFile) shell.Command {
	if l.Image != "" {
		here := AccessFixes{AccessFixes: &senet.AccessFixes{}, Elsewhere: true, Image: l.Image, Type: l.ImageType}
		return here.RelabelCommand(object.Place{Tree: f.Path})
	}
	restore := shell.New("restorecon")
	if f.Customizable || f.Kept {
		restore = restore.Flag("-F")
	}
	return restore.Flag("-v").Arg(f.Path)
}
