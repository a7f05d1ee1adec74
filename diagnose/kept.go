package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/systemd"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A Kept describes a service that the attribute no_new_privs of its unit keeps in the domain of systemd: execve() then
// changes the domain only if the policy allows process2 nnp_transition, or if a typebounds rule does, with which
// systemd may do all that the service may (check_nnp_nosuid in security/selinux/hooks.c).
type Kept struct {
	// Option is the setting of the unit: NoNewPrivileges, or another that implies it. Maybe says that it does so only
	// where the unit has a User= and systemd needs no_new_privs for it, which not all versions do.
	Option string
	Maybe  bool
	// Unit is the name of the unit, "" if it is not known; Origin is where the option is: a line of the log, or a file
	// with its line.
	Unit, Origin string
	// Domain is the one that the program would run in without the option.
	Domain policy.Context
}

// Units lets the Diagnoser know the settings of units that a log has.
func (g *Diagnoser) Units(settings []audit.UnitSetting) *Diagnoser {
	g.units = settings
	return g
}

// Around lets the Diagnoser know what the words around the records tell.
func (g *Diagnoser) Around(prose audit.Prose) *Diagnoser {
	g.prose = prose
	return g
}

// keptBack returns the diagnosis of a complaint about a file for a service that no_new_privs keeps in the domain of
// systemd, where that domain is refused and the service's own is not; else the one that it has.
func (g *Diagnoser) keptBack(d *SymptomDiagnosis, e *audit.Event) *SymptomDiagnosis {
	own := d.Subject.Context
	if own.Type == 0 || e.Container != nil || d.Refused() != nil || !g.keeps(own) {
		return d
	}
	kept, ok := g.unitOf(d, e)
	if !ok {
		return d
	}
	init, _ := subject.FromType(g.p, g.init)
	out := &SymptomDiagnosis{Program: d.Program, Verdict: UnknownHere,
		Subject: subject.Subject{Name: g.typeName(init), Context: init, Assumed: true}}
	if g.fileRefusal(out, e); out.Refused() == nil {
		return d
	}
	kept.Domain, out.Kept = own, kept
	unit := ""
	if kept.Unit != "" {
		unit = " of " + kept.Unit
	}
	maybe := ""
	if kept.Maybe {
		maybe = " may, beside User=, imply NoNewPrivileges=, which"
	}
	out.Notes = append(out.Notes, Note{NoteNoNewPrivileges, fmt.Sprintf("%s=%s (%s)%s keeps %s in %s: the policy does "+
		"not let %s nnp_transition (process2) to %s, which has that access", kept.Option, unit, kept.Origin, maybe,
		d.Program,
		g.typeName(init), g.typeName(init), g.typeName(own))})
	return out
}

// keeps reports whether a program that systemd starts with no_new_privs does not get its domain.
func (g *Diagnoser) keeps(own policy.Context) bool {
	init, ok := subject.FromType(g.p, g.init)
	if !ok || own.Type == init.Type || g.p.IsPermissive(g.init) {
		return false
	}
	class, known := g.p.Class("process2")
	if !known || !g.p.HasPolicyCap(policy.CapNNPNosuidTransition) {
		return true
	}
	_, known = g.p.Perm(class, "nnp_transition")
	return !known || !g.granted(init, own, "process2", "nnp_transition")
}

// unitOf finds the unit of a program that sets the option: in the log, or in the system at hand.
func (g *Diagnoser) unitOf(d *SymptomDiagnosis, e *audit.Event) (*Kept, bool) {
	names := []string{strings.TrimSuffix(g.typeName(d.Subject.Context), "_t")}
	for _, name := range programNames(d.Program) {
		names = append(names, strings.ReplaceAll(name, "_", "-"), name)
	}
	for _, maybe := range [...]bool{false, true} {
		for i := range g.units {
			u := &g.units[i]
			if u.Key == "User" || certain(u.Key) == maybe || maybe && !g.hasUser(u.Unit) {
				continue
			}
			stem, _, _ := strings.Cut(strings.TrimSuffix(u.Unit, ".service"), "@")
			if u.Unit == "" && g.oneUnit() || u.Unit != "" && slices.Contains(names, stem) {
				return &Kept{Option: u.Key, Maybe: maybe, Unit: u.Unit,
					Origin: fmt.Sprintf("line %d of the log", u.Line)}, true
			}
		}
	}
	if !g.own(e) {
		return nil, false
	}
	for _, name := range names {
		u, err := systemd.Load(g.system.Root, name+".service")
		if err != nil {
			continue
		}
		for _, key := range [...]string{"NoNewPrivileges", "DynamicUser"} {
			if s, ok := u.Last("Service", key); ok && u.True("Service", key) {
				return &Kept{Option: key, Unit: u.Name, Origin: fmt.Sprintf("%s:%d", s.File, s.Line)}, true
			}
		}
	}
	return nil, false
}

// certain reports whether a setting always gives a unit no_new_privs.
func certain(key string) bool { return key == "NoNewPrivileges" || key == "DynamicUser" }

// hasUser reports whether a log has the User= of a unit.
func (g *Diagnoser) hasUser(unit string) bool {
	return slices.ContainsFunc(g.units, func(u audit.UnitSetting) bool { return u.Unit == unit && u.Key == "User" })
}

// oneUnit reports whether the settings of a log are those of one unit at most.
func (g *Diagnoser) oneUnit() bool {
	for i := range g.units {
		if g.units[i].Unit != g.units[0].Unit {
			return false
		}
	}
	return true
}
