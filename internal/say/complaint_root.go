package say

import (
	"path"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// onlyIf is " only" where the label of a file alone can make SELinux the cause of a complaint.
func onlyIf(d *diagnose.SymptomDiagnosis) string {
	if d.NoBypass != "" {
		return ""
	}
	return " only"
}

// orAsRoot says that SELinux may be the cause by a capability too, "" where it cannot.
func orAsRoot(d *diagnose.SymptomDiagnosis) string {
	if d.NoBypass == "" {
		return ""
	}
	return words.Sprintf("; or if %s runs as root and owner or mode refuse it: %s may not use %s", d.Program,
		d.Subject.Name, d.NoBypass)
}

// ownerOf says how to find out whether owner and mode of a directory, or of what is in it, are the cause where they
// count for root too; "" where they do not.
func (l *Log) ownerOf(d *diagnose.SymptomDiagnosis, dir string) string {
	if d.NoBypass == "" {
		return ""
	}
	return words.Sprintf(" (%s), which count for root too, as %s may not use %s: a record with dac_ in the log (%s) "+
		"says so, and the directory is then to get the owner or group that %s needs there",
		shell.New("ls", "-ld").Arg(path.Join(l.Image, dir)), d.Subject.Name, d.NoBypass,
		shell.New("ausearch", "-m", "avc", "-ts", "recent"), d.Program)
}
