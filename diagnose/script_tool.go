package diagnose

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/kin"
)

// toolOfScript finds that a service was refused what a script of it did, and not its own program: keepalived asks
// systemd for no unit, a check script of it does. With the label for scripts of that service the script runs in a
// domain that may do it.
func (g *Diagnoser) toolOfScript(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	source, ok := g.p.Type(audit.ContextType(a.SContext))
	if !ok || d.Verdict != StillDenied || d.Question != nil || a.SContext == a.TContext || d.elsewhere ||
		asksInPassing(a) {
		return false
	}
	tool, ok := toolIn(g.p.TypeName(source), a, e)
	if !ok {
		return false
	}
	label := scriptLabel(scriptsOf(g.p.TypeName(source), g.scriptLabels(source)))
	id, ok := g.p.Type(label)
	if !ok {
		return false
	}
	program := d.Source
	program.Type = uint32(id)
	runs, err := g.d.NewObject(d.Source, program, "process", "")
	if err != nil || runs.Type == d.Source.Type {
		return false
	}
	for _, perm := range d.Permissions {
		if !g.granted(runs, d.Target, d.Class, perm) {
			return false
		}
	}
	d.Script = &Script{Path: "SCRIPT", Type: label, Started: true, Maybe: true, Tool: tool}
	d.Instead = InsteadScript
	return true
}

// asksInPassing reports whether a record has only what programs ask in passing.
func asksInPassing(a *audit.AVC) bool {
	return !slices.ContainsFunc(a.Permissions,
		func(perm string) bool { return !slices.Contains([]string{"getattr", "search", "signull"}, perm) })
}

// toolIn reports whether another program than that of a domain asked, as far as a record shows it, and which; "" where
// the record has no program, as a rule of audit2allow, and what is asked is what scripts do.
func toolIn(domain string, a *audit.AVC, e *audit.Event) (name string, ok bool) {
	name = a.Comm
	for _, f := range a.Fields { // systemd names the command line of who asked
		if args := strings.Fields(f.Value); f.Key == "cmdline" && len(args) > 0 {
			name = path.Base(args[0])
		}
	}
	if name == "" {
		return "", a.TClass == "service" || a.TClass == "file" && a.Has("execute") &&
			strings.HasSuffix(audit.ContextType(a.TContext), "_exec_t")
	}
	first, _, _ := strings.Cut(strings.TrimSuffix(domain, "_t"), "_")
	own := strings.ToLower(kin.Stem(first))
	title, _, _ := strings.Cut(e.Proctitle, " ")
	for _, n := range []string{name, path.Base(e.Exe()), path.Base(title)} {
		if strings.HasPrefix(strings.ToLower(n), own) {
			return "", false
		}
	}
	return name, true
}

// scriptsOf returns those labels of scripts that are for the scripts of one service: those that are called as the
// domain is, else all where all share a word, as nrpe_t has those of nagios.
func scriptsOf(domain string, labels []string) []string {
	own := slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return kin.Of(domain, l) == kin.Stranger })
	if len(own) > 0 || len(labels) == 0 {
		return own
	}
	for word := range strings.SplitSeq(labels[0], "_") {
		lacks := func(label string) bool { return !slices.Contains(strings.Split(label, "_"), word) }
		if !slices.Contains([]string{"unconfined", "script", "plugin", "exec", "t"}, word) &&
			!slices.ContainsFunc(labels, lacks) {
			return labels
		}
	}
	return nil
}
