package incident

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/kin"
)

// unchanged finds the denials of a service that stayed in the domain of systemd, where the log has the refused change
// of domain as well: they follow from it, and the label of the program is right.
func unchanged(findings []Finding) {
	var wanted []string // the domains that systemd was refused to change to
	for i := range findings {
		if domain := refusedDomain(&findings[i]); domain != "" && len(wanted) < maxDomains &&
			!slices.Contains(wanted, domain) {
			wanted = append(wanted, domain)
		}
	}
	for i := range findings {
		f := &findings[i]
		if f.AVC == nil || f.Denial.Leftover == "" || f.Denial.Leftover != audit.ContextType(f.AVC.SContext) {
			continue
		}
		for _, domain := range wanted {
			if kin.Of(domain, audit.ContextType(f.AVC.TContext)) == kin.Stranger && !ofProgram(f, domain) {
				continue
			}
			d := f.Denial
			d.Leftover, d.Instead, f.Fix = "", diagnose.InsteadDomain, Fix{Way: InsteadOfRule}
			d.Notes = slices.DeleteFunc(d.Notes, func(n diagnose.Note) bool { return n.Code == diagnose.NoteDaemon })
			text := fmt.Sprintf("the service runs in %s because it was refused its domain %s, as another record says: "+
				"this one follows from that", audit.ContextType(f.AVC.SContext), domain)
			d.Notes = append(d.Notes, diagnose.Note{Code: diagnose.NoteNoNewPrivileges, Text: text})
			break
		}
	}
}

// maxDomains bounds the domains that are compared with each finding.
const maxDomains = 16

// refusedDomain returns the domain that a record says systemd may not change to for lack of nnp_transition, or by a
// missing bound; "" for other records, and where the policy allows it today.
func refusedDomain(f *Finding) string {
	switch {
	case f.Denial == nil || f.Denial.Verdict == diagnose.NowAllowed:
	case f.AVC != nil && f.AVC.TClass == "process2" && (f.AVC.Has("nnp_transition") || f.AVC.Has("nosuid_transition")):
		return audit.ContextType(f.AVC.TContext)
	case f.Error != nil && f.Error.NewContext != "" && f.Error.OldContext != "":
		return audit.ContextType(f.Error.NewContext)
	}
	return ""
}

// ofProgram reports whether a program of a finding is called as a domain is.
func ofProgram(f *Finding, domain string) bool {
	for _, c := range f.Commands {
		if kin.Of(domain, c+"_t") <= kin.Kindred {
			return true
		}
	}
	return false
}
