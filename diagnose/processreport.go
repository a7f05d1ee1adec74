package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/meaning"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A ProcessAsked is what a report of setroubleshoot without contexts says about a process or a capability.
type ProcessAsked struct {
	Class       string
	Permissions []string
	// Other says that the process may be another one than the program itself.
	Other bool
	// Fault says that it is a fault of the program or of the kernel.
	Fault bool
}

// processReport asks whether the domain of the program may do what the report names, if the program has one.
func (g *Diagnoser) processReport(d *SymptomDiagnosis, s *audit.Symptom) {
	r := audit.Report{Class: s.Class, Permissions: strings.Fields(s.Asked)}
	p := &ProcessAsked{Class: s.Class, Permissions: r.Permissions, Other: !r.OfItself()}
	p.Fault = slices.Contains(p.Permissions, "execheap") || slices.Contains(p.Permissions, "execstack")
	d.Process = p
	x := meaning.Access{Source: d.Subject.Name, Class: p.Class, Perms: p.Permissions}
	for _, text := range x.Sentences() {
		d.Notes = append(d.Notes, Note{NoteMeaning, text})
	}
	if slices.Contains(p.Permissions, "dac_override") || slices.Contains(p.Permissions, "dac_read_search") {
		d.Notes = append(d.Notes, Note{NoteMeaning, RootRefused})
	}
	if p.Other || d.Subject.Context.Type == 0 || slices.ContainsFunc(p.Permissions,
		func(perm string) bool { return !g.real(p.Class, perm) }) {
		return
	}
	check := g.d.Check(d.Subject.Context, d.Subject.Context, p.Class, p.Permissions...)
	if s.Domain == "" && check.Allowed() {
		d.Notes = append(d.Notes, Note{NoteNoRecord, fmt.Sprintf("by its name %s runs as %s, which may do so in this "+
			"policy: it ran in another domain, or the policy was another", d.Program, d.Subject.Name)})
		d.Subject = subject.Subject{}
		return
	}
	for _, pc := range check.Perms {
		d.Checks = append(d.Checks, PathCheck{Class: p.Class, Target: d.Subject.Context, Check: pc})
	}
	switch {
	case check.Allowed():
		d.Verdict = NowAllowed
	case g.p.IsPermissive(policy.TypeID(d.Subject.Context.Type)):
		d.Verdict = OnlyLogged
	default:
		d.Verdict = StillDenied
	}
}
