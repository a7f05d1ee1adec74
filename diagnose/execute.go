package diagnose

import "github.com/senet-selinux/senet/audit"

// execute asks what starting a program takes: to execute, read and open its
// file (do_open_execat), and then the transition to the program's domain, or to execute
// it without one (selinux_bprm_creds_for_exec).
// The label is the file's own where the system is at hand, else the one that file_contexts gives.
func (g *Diagnoser) execute(d *SymptomDiagnosis, e *audit.Event) {
	table, own := g.files(), g.own(e)
	if d.Path == "" || table == nil || d.Subject.Context.Type == 0 {
		d.gap(NoFile, d.Path)
		return
	}
	if !g.checkPath(d, table, own, d.Path, "file", '-', nil, "execute", "read", "open") || len(d.Checks) == 0 {
		d.Checks = nil
		d.gap(NoFile, d.Path)
		return
	}
	file, from := d.Checks[0].Target, d.Checks[0].From
	domain, err := g.d.NewObject(d.Subject.Context, file, "process", "")
	switch {
	case err != nil:
		d.Checks = nil
		d.gap(NoFile, d.Path)
		return
	case domain == d.Subject.Context:
		g.checkPath(d, table, own, d.Path, "file", '-', &file, "execute_no_trans")
	default:
		g.checkPath(d, table, own, d.Path, "process", '-', &domain, "transition")
	}
	for i := range d.Checks {
		d.Checks[i].From = from
	}
	if g.conclude(d); d.Verdict == StillDenied && from == "" {
		g.target = ""
		if l, ok := g.labelAt(table, d.Path, '-', false); ok {
			if check := g.d.Check(d.Subject.Context, l.context, "file", "execute"); check.Allowed() {
				d.Usual = g.typeName(l.context)
			}
		}
	}
	if d.Verdict == NowAllowed && from != "" {
		d.Verdict = UnknownHere
		d.gap(NoFile, d.Path) // the file may have another label than the table
	}
}
