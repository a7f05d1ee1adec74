package diagnose

// execute asks what systemd needs to start a program: to execute, read and open its
// file (do_open_execat), and then the transition to the program's domain, or to execute
// it without one (selinux_bprm_creds_for_exec).
// The label is the one that file_contexts gives.
func (g *Diagnoser) execute(d *SymptomDiagnosis) {
	table := g.files()
	if d.Path == "" || table == nil || d.Subject.Context.Type == 0 {
		d.gap(NoFile, d.Path)
		return
	}
	if !g.checkPath(d, table, d.Path, "file", '-', nil, "execute", "read", "open") || len(d.Checks) == 0 {
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
		g.checkPath(d, table, d.Path, "file", '-', &file, "execute_no_trans")
	default:
		g.checkPath(d, table, d.Path, "process", '-', &domain, "transition")
	}
	for i := range d.Checks {
		d.Checks[i].From = from
	}
	if g.conclude(d); d.Verdict == NowAllowed {
		d.Verdict = UnknownHere
		d.gap(NoFile, d.Path) // the file may have another label than the table
	}
}
