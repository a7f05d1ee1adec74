package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// checksPasswords reports whether a domain may start unix_chkpwd in its own domain, as those of logins may.
func (g *Diagnoser) checksPasswords(source policy.Context) bool {
	target, ok := g.p.Type("chkpwd_t")
	if !ok || source.Type == 0 {
		return true
	}
	other := source
	other.Type = uint32(target)
	check := g.d.Check(source, other, "process", "transition")
	return len(check.Perms) == 1 && check.Perms[0].Reason.Code != access.NoRule
}

// runs reports whether a denial of a program is about its start, which reads it as well.
func runs(a *audit.AVC) bool {
	return slices.ContainsFunc([]string{"execute", "execute_no_trans", "map", "open", "read"}, a.Has)
}

// ofSudo reports whether a label is that of sudo or su.
func ofSudo(typ string) bool { return typ == "sudo_exec_t" || typ == "su_exec_t" }

// role returns the role of a context, "" if it has none.
func role(context string) string {
	parts := strings.SplitN(context, ":", 4)
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

// follows notes what the kernel asks next where a program may not be started: a rule for execute alone starts nothing.
func (g *Diagnoser) follows(d *Diagnosis, a *audit.AVC) {
	if a.TClass != "file" || !a.Has("execute") || d.Verdict != StillDenied || d.Instead != "" && d.Script == nil ||
		d.Leftover != "" || d.File == nil || d.File.Lost || d.File.Wanted != "" ||
		d.Refused().Reason.Code != access.NoRule {
		return
	}
	next := []string{"read", "open", "map"}
	library := IsLibrary(cmp.Or(a.Path, a.Name)) // which is mapped, and not started
	if c, err := g.d.NewObject(d.Source, d.Target, "process", ""); err == nil && c.Type == d.Source.Type && !library {
		next = append(next, "execute_no_trans")
	}
	var refused []string
	for _, pc := range g.d.Check(d.Source, d.Target, "file", next...).Perms {
		if !pc.Allowed && !a.Has(pc.Name) {
			refused = append(refused, pc.Name)
			d.Follows = append(d.Follows, pc)
		}
	}
	if len(refused) > 0 && d.Instead == "" {
		deed := "start a program"
		if library {
			deed = "load a library"
		}
		d.note(NoteBehind, fmt.Sprintf("to %s the kernel asks for more, which the policy refuses as well: %s", deed,
			strings.Join(refused, ", ")))
	}
}

// program notes that a program with a domain of its own is run by another domain.
func (g *Diagnoser) program(d *Diagnosis, a *audit.AVC) {
	target := audit.ContextType(a.TContext)
	stem, ok := strings.CutSuffix(target, "_exec_t")
	if !ok || a.TClass != "file" || !a.Has("execute") && !a.Has("getattr") || d.Verdict != StillDenied ||
		d.Instead != "" || d.Leftover != "" {
		return
	}
	own, ok := g.p.Type(stem + "_t")
	if !ok || g.p.IsAttribute(own) || own == 0 || stem+"_t" == audit.ContextType(a.SContext) {
		return
	}
	d.ProgramDomain = stem + "_t"
	d.note(NoteMeaning, fmt.Sprintf("%s is the label of programs that have a domain of their own, %s_t: as a rule it "+
		"is better to run the program there (an interface that ends in _domtrans, or _run) than in %s, which would "+
		"need what the program needs", target, stem, audit.ContextType(a.SContext)))
}
