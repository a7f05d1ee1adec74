package say

import (
	"path"

	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// NoFix says why no finding of a report has a fix: a removed label, a file whose label is not known, else a name that
// the policy lacks. look is a line with the command that shows what is not known, "" if there is none; root is the
// directory of the image that the log is of.
func NoFix(report *incident.Report, root string) (look words.Lines, reason error) {
	for i := range report.Findings {
		d := report.Findings[i].Symptom
		switch {
		case d == nil || d.File == nil:
			continue
		case d.File.Operation == "unlabel":
			return "", words.Errorf("a program was to remove the label of a file, which the kernel lets nobody do: " +
				"no fix allows it")
		case d.Kept != nil:
			return "", words.Errorf("the unit keeps %s in %s: change the unit, not what %s may do", d.Program,
				d.Subject.Name, d.Subject.Name)
		case d.File.Inside != nil:
			return words.Format("%s\n", Recent()), words.Errorf("the log has the complaint of a program in a " +
				"container about a file, and the record is in the audit log of the host")
		case d.File.Path == "":
			return "", words.Errorf("the log has a program's complaint about a file, and does not name the file")
		}
		look = words.Format("%s\n", shell.New("ls", "-Zd").Arg(path.Join(root, d.File.Path)))
		return look, words.Errorf("the log has a program's complaint about a file, and nothing that tells whether " +
			"SELinux refused it: look at its label first")
	}
	return "", words.Errorf("the policy lacks a name of each denial, so that there are no fixes")
}
