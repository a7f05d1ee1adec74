package diagnose

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
)

// inherited notes a file that the program did not open itself: where a program starts in another domain, the kernel
// asks for each open file that it gets from its caller, and puts /dev/null in the place of a refused one
// (flush_unauthorized_files).
func inherited(d *Diagnosis, a *audit.AVC, e *audit.Event) {
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
