package say

import (
	"cmp"
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// pidFile says what to do where systemd may not read the file with the process id of a service, as the file has the
// label of a place or of a home; "" for other files.
func (l *Log) pidFile(it *incident.Finding) string {
	d := it.Denial
	switch d.Step {
	case diagnose.StepPlace, diagnose.StepHome, diagnose.StepLabel:
	default:
		return ""
	}
	name := it.AVC.Name
	if d.File != nil && d.File.Path != "" {
		name = d.File.Path
	}
	if audit.ContextType(it.AVC.SContext) != "init_t" || it.AVC.Comm != "systemd" && it.AVC.PID != 1 ||
		it.AVC.TClass != "file" || !strings.HasSuffix(name, ".pid") {
		return ""
	}
	const runLabel = "var_run_t"
	dir := "DIR"
	if strings.HasPrefix(name, "/") {
		dir = path.Dir(name)
	}
	return words.Sprintf("label %s, with which systemd reads such files: %s; %s; restart the unit; or have it in /run "+
		"(PIDFile=, RuntimeDirectory=)", runLabel,
		labelEntry(l.Report, runLabel, dir+"(/.*)?", ""),
		shell.New("restorecon", "-R", "-v").Arg(dir))
}

// pidInTmp says what to do where systemd may not use the file with the process id of a service, as the service makes it
// in /tmp; "" for other files.
func pidInTmp(it *incident.Finding) string {
	a := it.AVC
	if a == nil || audit.ContextType(a.SContext) != "init_t" || a.Comm != "systemd" && a.PID != 1 ||
		a.TClass != "file" || a.Has("execute") {
		return ""
	}
	switch audit.ContextType(a.TContext) {
	case "tmp_t", "user_tmp_t":
	default:
		return ""
	}
	if name := cmp.Or(a.Path, a.Name); !strings.HasSuffix(name, "pid") {
		return ""
	}
	return words.Sprintf("have the file with the process id in /run, where systemd reads it and not in /tmp: PIDFile= "+
		"and the setting of the program by which it writes the file (%%t in a unit is /run), with RuntimeDirectory= "+
		"where the program does not run as root; no rule for %s", audit.ContextType(a.TContext))
}
