package diagnose

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
)

// BusAsked is what systemd asks SELinux before it does for somebody what it was asked for over D-Bus.
type BusAsked struct {
	// Verb and Unit are what was asked for, as systemctl names it; Unit is "" for systemd itself.
	Verb, Unit string
	// Class and Permission are what systemd asks; Class is "" where that differs among its versions.
	Class, Permission string
	// Path is the file of the unit where packages have it, or where the system at hand has it; Label its type by
	// file_contexts, and From the line there. They are "" where that is not known.
	Path, Label, From string
	// Domain is the type of who asked, "" where the text does not tell it. Granted says that the policy lets it.
	Domain  string
	Granted bool
}

// busPermission returns the class and the permission that systemd asks for a command of systemctl: by the job for a
// unit (job_type_to_access_method in src/core/job.c), else in src/core/dbus-manager.c and dbus-unit.c.
func busPermission(verb, unit string) (class, perm string) {
	of := map[string]string{"start": "start", "restart": "start", "try-restart": "start", "condrestart": "start",
		"isolate": "start", "stop": "stop", "kill": "stop", "reload": "reload", "reset-failed": "reload",
		"status": "status", "show": "status", "is-active": "status"}
	if perm, ok := of[verb]; ok && unit != "" {
		return "service", perm
	}
	switch {
	case unit != "" && (verb == "enable" || verb == "disable"):
		return "", verb
	case unit != "":
		return "", ""
	case verb == "daemon-reload", verb == "daemon-reexec":
		return "system", "reload"
	case verb == "reboot":
		return "system", "reboot"
	case verb == "halt", verb == "poweroff":
		return "system", "halt"
	}
	return "", ""
}

// busAsked describes what systemd was asked for.
func (g *Diagnoser) busAsked(d *SymptomDiagnosis, s *audit.Symptom) {
	d.gap(NoRecord, "")
	class, perm := busPermission(s.Verb, s.Unit)
	if perm == "" {
		return
	}
	b := &BusAsked{Verb: s.Verb, Unit: s.Unit, Class: class, Permission: perm, Domain: s.Domain}
	d.Bus = b
	label := "init_t"
	if s.Unit != "" {
		g.unitFile(b)
		label = b.Label
	}
	source, known := g.p.Type(s.Domain)
	target, ok := g.p.Type(label)
	id, has := g.p.Class(class)
	if !known || !ok || !has {
		return
	}
	if bit, has := g.p.Perm(id, perm); has {
		b.Granted = g.d.DecideTypes(source, target, id).Allowed&bit != 0
	} else {
		b.Class = ""
	}
}

// unitFile finds the file of a unit and its label.
func (g *Diagnoser) unitFile(b *BusAsked) {
	table := g.files()
	if table == nil {
		return
	}
	name := "/usr/lib/systemd/system/" + b.Unit
	if g.system != nil {
		places := []string{"/etc/systemd/system/" + b.Unit, name, "/lib/systemd/system/" + b.Unit}
		if i := slices.IndexFunc(places, func(place string) bool { return g.kindAt(place) == "file" }); i >= 0 {
			name = places[i]
		}
	}
	m, err := table.Lookup(name, '-')
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 {
		return
	}
	b.Path, b.Label, b.From = name, audit.ContextType(m.Context), fmt.Sprintf("%s:%d", m.File, m.Line)
	if _, ok := g.p.Type(b.Label); !ok {
		b.Path, b.Label, b.From = "", "", ""
	}
}
