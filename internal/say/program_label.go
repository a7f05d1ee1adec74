package say

import (
	"regexp"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// programText says which label a program gets that systemd may not start, where file_contexts has one for a program of
// its name; "" for others, and where the policy grants it.
func (l *Log) programText(d *diagnose.Diagnosis) string {
	p := d.Program
	if p == nil || d.Verdict == diagnose.NowAllowed || d.Verdict == diagnose.NotAsked {
		return ""
	}
	by, home := "file_contexts", ""
	if p.From == "" {
		by = "container-selinux"
	}
	if d.File.Path != "" && strings.HasPrefix(d.File.Path, "/home/") {
		home = "; better move it out of the home, whose user could change it"
	}
	restore := shell.New("restorecon", "-v")
	label := words.Sprintf("label %s, which %s has for a program of this name (%s)", p.Type, by, p.Path)
	const bin = "with bin_t it would start without its own domain"
	if d.File.Path != "" {
		return words.Sprintf("%s: %s; %s; %s%s", label, labelEntry(l.Report, p.Type,
			regexp.QuoteMeta(d.File.Path), ""), restore.Arg(d.File.Path), bin, home)
	}
	return words.Sprintf("%s: %s where the program is there, else %s first (ExecStart= of its unit names FILE); %s",
		label, restore.Arg("FILE"), labelEntry(nil, p.Type, "FILE", ""), bin)
}
