package say

import (
	"path"
	"regexp"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// libraryFix says what to do about a library that a program may read and not map to execute, "" for other complaints:
// the label of libraries for those of the whole environment, of which the program loads many.
func (l *Log) libraryFix(d *diagnose.SymptomDiagnosis) string {
	f := d.File
	if f.Operation == "execstack" {
		return "clear the flag of the library that asks for an executable stack, as hardly one needs it: " +
			"execstack -c LIBRARY, or patchelf --clear-execstack LIBRARY; else a newer build of it"
	}
	label := f.Library
	if label == "" || f.If == diagnose.NowAllowed || d.Verdict != diagnose.StillDenied &&
		d.Verdict != diagnose.UnknownHere {
		return ""
	}
	root := environmentOf(f.Path)
	text := words.Sprintf("label all libraries of the environment %s: %s; %s", label,
		labelEntry(l.Report, label, regexp.QuoteMeta(root)+`/.*\.so(\..*)?`, ""),
		shell.New("restorecon", "-R").Arg(root))
	return text + "; or keep the environment in /opt, whose lib directories have it by file_contexts"
}

// environmentOf returns the directory whose libraries belong together: what is above lib, or the library's own.
func environmentOf(library string) string {
	for _, name := range [...]string{"/lib/python", "/lib64/python", "/node_modules/", "/lib/", "/lib64/"} {
		if i := strings.Index(library, name); i > 0 {
			return library[:i]
		}
	}
	return path.Dir(library)
}
