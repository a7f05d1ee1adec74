package say

import (
	"path"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/subject"
)

// newInRun says what to do where a service makes a socket or a file with the label of /run itself, "" for others: it
// does not exist yet, so that no label of its own can be restored.
func (l *Log) newInRun(it *incident.Finding) string {
	d := it.Denial
	x := l.access(it)
	if x == nil || x.Allowed || !slices.Contains(d.Permissions, "create") || d.Harmless || d.Needless ||
		d.Instead != "" && d.Instead != diagnose.InsteadRun || subject.IsLeftover(x.subject()) {
		return ""
	}
	switch x.target() {
	case "var_run_t", "runtime_t":
	default:
		return ""
	}
	switch d.Class {
	case "file", "sock_file", "fifo_file":
	default:
		return ""
	}
	name := "it"
	if d.File != nil && d.File.Name != "" {
		name = d.File.Name
	}
	places := object.RunPlaces(access.NewDecider(x.Policy), x.Problem)
	text := words.Sprintf("have %s make %s in a directory of its own in /run, %s; there is no label to restore yet: "+
		"what is made gets that of its directory, %s (/run itself, or a directory there that lost its label: ls -Zd)",
		x.subject(), name, runDirectory(places), x.target())
	check := access.NewDecider(x.Policy).Check(x.Problem.Source, x.Problem.Target, "dir", "write", "add_name")
	if len(places) > 0 && check.Allowed() {
		text += words.Sprintf("; where it must be /run itself, the missing rule is type_transition %s %s:%s %s",
			x.subject(), x.target(), d.Class, places[0].Type)
	}
	return text
}

// runDirectory names the directory in /run for the files of a service, and how it is made.
func runDirectory(places []object.OwnPlace) string {
	const unit = "RuntimeDirectory= of its unit, or tmpfiles.d"
	switch {
	case len(places) == 0:
		return words.Sprintf("with a label of its own (%s, and an entry by semanage fcontext)", unit)
	case places[0].Dir == "":
		return words.Sprintf("labelled %s (%s; %s)", places[0].Type, unit,
			shell.New("semanage", "fcontext", "-a").Option("-t", places[0].Type).Arg("/run/NAME(/.*)?"))
	}
	return words.Sprintf("%s, which file_contexts labels %s (RuntimeDirectory=%s in its unit, or tmpfiles.d)",
		places[0].Dir, places[0].Type, path.Base(places[0].Dir))
}

// runPlace names the directory that file_contexts has in /run for what a service makes, "" if it has none.
func (l *Log) runPlace(it *incident.Finding) string {
	x := l.access(it)
	if x == nil || x.target() != "var_run_t" && x.target() != "runtime_t" {
		return ""
	}
	places := object.RunPlaces(access.NewDecider(x.Policy), x.Problem)
	if len(places) == 0 || places[0].Dir == "" {
		return ""
	}
	return words.Sprintf("; by file_contexts that is %s (%s)", places[0].Dir, places[0].Type)
}
