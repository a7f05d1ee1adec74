package incident

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
)

// nearPIDs is how far a process may be from the one that started it, where nothing else tells.
const nearPIDs = 64

// ofLoginShell notes what the shell of a login runs: runuser --login and su - start one that reads its profile, in the
// domain of the service. The records have no parent, so that the process ids and the domain tell.
func ofLoginShell(findings []Finding) {
	type process struct {
		domain string
		pid    int
	}
	shells := make(map[process]*Finding)
	for i := range findings {
		f := &findings[i]
		if f.AVC == nil || f.Denial == nil || !changesUser(f.AVC.Comm) {
			continue
		}
		if p := (process{audit.ContextType(f.AVC.SContext), f.AVC.PID}); shells[p] == nil {
			shells[p] = f
		}
	}
	if len(shells) == 0 {
		return
	}
	for i := range findings {
		f := &findings[i]
		if f.AVC == nil || f.Denial == nil || changesUser(f.AVC.Comm) || f.AVC.Comm == "" ||
			f.Denial.Noted(diagnose.NoteDaemon) {
			continue
		}
		for pid := f.AVC.PID - 1; pid >= f.AVC.PID-nearPIDs; pid-- {
			if first := shells[process{audit.ContextType(f.AVC.SContext), pid}]; first != nil {
				text := fmt.Sprintf("%s was started shortly after %s in the same domain (pid %d and %d): most likely "+
					"by the shell of a login (--login, su -), whose profile runs such programs; answer the denial of "+
					"%s first", f.AVC.Comm, first.AVC.Comm, f.AVC.PID, pid, first.AVC.Comm)
				f.Denial.Notes = append(f.Denial.Notes, diagnose.Note{Code: diagnose.NoteDaemon, Text: text})
				f.Behind = first.AVC.Comm
				break
			}
		}
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return order(b.Behind == "", a.Behind == "") })
}

// changesUser reports whether a command becomes another user.
func changesUser(comm string) bool { return comm == "runuser" || comm == "su" }
