package diagnose

import (
	"slices"

	"github.com/senet-selinux/senet/audit"
)

// refusedThere diagnoses a record whose access the policy grants as one of a host with another policy, which refused
// it: what the record and its labels tell counts there as it does for a type that the policy lacks.
func (g *Diagnoser) refusedThere(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Verdict != NowAllowed || d.Blocked() {
		return
	}
	there := *d
	there.Verdict, there.elsewhere = UnknownHere, true
	there.File, there.Notes, there.Checks, there.Assumptions = nil, nil, nil, nil
	there.passed, there.Tool = false, nil
	there.Sudo, there.Program, there.Instead, there.Leftover, there.Starting = nil, nil, "", "", ""
	g.fileElsewhere(&there, a, e)
	g.programLabelled(&there, a)
	g.notes(&there, a, e)
	g.firstStep(&there, a)
	for _, n := range there.Notes {
		if !slices.Contains(d.Notes, n) {
			d.Notes = append(d.Notes, n)
		}
	}
	d.Elsewhere = &there
}
