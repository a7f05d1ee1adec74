package diagnose

import (
	"fmt"
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// ofLimits says what SELinux asks for where a line tells that limits could not be set, and in no other form what was
// refused. The domain is that of the program, else of the daemon whose configuration file alone the text names.
func (g *Diagnoser) ofLimits(d *SymptomDiagnosis, e *audit.Event) {
	s, small := e.Symptom, strings.ToLower(e.Symptom.Text)
	if s.Operation != "" || s.Protocol != "" || s.Path != "" ||
		!strings.Contains(small, "resource limit") && !strings.Contains(small, "setrlimit") {
		return
	}
	text := "to lower or raise limits is setrlimit(): SELinux asks whether the domain may setrlimit itself (class " +
		"process), and without SELinux CAP_SYS_RESOURCE is needed to raise them"
	found := d.Subject
	if s.Program == "" && e.Container == nil && found.Context.Type == 0 {
		var names []string
		for _, file := range g.prose.Paths {
			if name, ok := strings.CutSuffix(path.Base(file), ".conf"); ok {
				names = append(names, name)
			}
		}
		if program, daemon, ok := g.oneDaemon(names, g.byFileContexts); ok {
			found = daemon
			text += fmt.Sprintf("; by the configuration file that the text names it is taken to be %s", program)
		}
	}
	if found.Context.Type != 0 {
		name, may := g.typeName(found.Context), "may not do so by this policy"
		if check := g.d.Check(found.Context, found.Context, "process", "setrlimit"); check.Allowed() {
			may = "may do so by this policy, so that a newer policy there, or the record, is the next step"
		}
		text += fmt.Sprintf("; %s %s", name, may)
	}
	d.Notes = append(d.Notes, Note{NoteMeaning, text})
}
