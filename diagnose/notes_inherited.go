package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// inherited notes a file that the program did not open itself: where a program starts in another domain, the kernel
// asks for each open file that it gets from its caller, and puts /dev/null in the place of a refused one
// (flush_unauthorized_files).
func inherited(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext); source != target &&
		a.TClass == "fifo_file" && strings.HasPrefix(a.Path, "pipe:[") && d.Verdict != NowAllowed &&
		!isContainer(source) {
		d.note(NoteInherited, fmt.Sprintf("it is a pipe without a name, which %s made and %s inherited or was passed, "+
			"as its input or output: what goes through it is lost, and the program works all the same as a rule",
			target, source))
	}
	if e.Syscall == nil || e.Syscall.Name != "execve" && e.Syscall.Name != "execveat" || a.Path == "" ||
		d.Verdict == NowAllowed || fileKind(a.TClass) == 0 ||
		slices.ContainsFunc(a.Permissions, func(perm string) bool {
			return perm != "read" && perm != "write" && perm != "append"
		}) {
		return
	}
	d.Harmless = true
	d.note(NoteInherited, fmt.Sprintf("it was asked as the program was started: its caller had the %s open, as where "+
		"output goes to a file; the program gets /dev/null in its place, and works all the same as a rule", a.TClass))
}
