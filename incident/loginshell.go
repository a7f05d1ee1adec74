package incident

import (
	"fmt"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
)

// nearPIDs is how far a process may be from the one that started it, where nothing else tells.
const nearPIDs = 64

// ofLoginShell notes what the shell of a login runs: runuser --login and su - start one that reads its profile, in the
// domain of the service. The records have no parent, so that the process ids and the domain tell.
func ofLoginShell(findings []Finding) {
	for i := range findings {
		first := &findings[i]
		if first.AVC == nil || first.Denial == nil || !changesUser(first.AVC.Comm) {
			continue
		}
		for j := range findings {
			f := &findings[j]
			if f.AVC == nil || f.Denial == nil || changesUser(f.AVC.Comm) || f.AVC.Comm == "" ||
				audit.ContextType(f.AVC.SContext) != audit.ContextType(first.AVC.SContext) ||
				f.AVC.PID <= first.AVC.PID || f.AVC.PID-first.AVC.PID > nearPIDs ||
				f.Denial.Noted(diagnose.NoteDaemon) {
				continue
			}
			f.Denial.Notes = append(f.Denial.Notes, diagnose.Note{Code: diagnose.NoteDaemon, Text: fmt.Sprintf("%s "+
				"was started shortly after %s in the same domain (pid %d and %d): most likely by the shell of a "+
				"login (--login, su -), whose profile runs such programs; answer the denial of %s first", f.AVC.Comm,
				first.AVC.Comm, f.AVC.PID, first.AVC.PID, first.AVC.Comm)})
		}
	}
}

// changesUser reports whether a command becomes another user.
func changesUser(comm string) bool { return comm == "runuser" || comm == "su" }
