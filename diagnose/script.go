package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/policy"
)

// A Script is what an interpreter runs in the domain of a service that starts plugins and scripts in domains of their
// own.
type Script struct {
	// Path is the script, Type the label by which the service leaves its domain.
	Path, Type string
	// Labelled says that file_contexts has such a label for the script.
	Labelled bool
	// Started says that the service starts the script itself, as CGI does: Path may then have * and ? as a shell has
	// them, or be a directory (Tree), or "" where only the Name of the script is known. Of a web server Switch is the
	// boolean without which it starts none.
	// ByHand says that the text sets the label with chcon.
	Started, Tree, ByHand bool
	Name, Switch          string
	// Maybe says that the script is not known: another program than the service's own asked, Tool, "" where it has no
	// name.
	Maybe bool
	Tool  string
}

// script finds that a plugin of a service runs in the domain of the service: the transition goes by the label of the
// script, which counts where the script is started itself.
func (g *Diagnoser) script(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if d.Instead != "" || d.Leftover != "" || d.Verdict == NowAllowed {
		return
	}
	if g.startedScript(d, a, e) {
		return
	}
	if name, _ := scriptOf(e.Proctitle); name == "" && g.toolOfScript(d, a, e) {
		return
	}
	name, interpreter := scriptOf(e.Proctitle)
	source, ok := g.p.Type(audit.ContextType(a.SContext))
	if name == "" || !ok || strings.HasPrefix(g.p.TypeName(source), "httpd") && !strings.Contains(name, "cgi") {
		return
	}
	label := scriptLabel(g.scriptLabels(source))
	if label == "" {
		return
	}
	d.Script = &Script{Path: name, Type: label}
	if table := g.files(); table != nil {
		if m, err := table.Lookup(name, '-'); err == nil {
			wanted := audit.ContextType(m.Context)
			d.Script.Labelled = slices.Contains(g.scriptLabels(source), wanted)
			if d.Script.Labelled {
				d.Script.Type = wanted
			}
		}
	}
	d.Instead = InsteadScript
	d.note(NoteBehind, fmt.Sprintf("%s runs %s in the domain of the service, %s, which would need all that the script "+
		"does: what is refused here is only the first of it", interpreter, name, g.p.TypeName(source)))
}

// scriptOf returns the script of a command line that begins with an interpreter, and the interpreter; "" for others.
func scriptOf(title string) (name, interpreter string) {
	args := strings.Fields(title)
	if len(args) == 0 {
		return "", ""
	}
	interpreter = path.Base(args[0])
	if !slices.Contains([]string{"python", "perl", "ruby", "php", "bash", "sh", "dash", "ksh", "lua"},
		strings.TrimRight(interpreter, "0123456789.")) {
		return "", ""
	}
	for _, arg := range args[1:] {
		switch {
		case strings.HasPrefix(arg, "-") && strings.ContainsAny(arg, "cem"): // code, not a file
			return "", ""
		case strings.HasPrefix(arg, "-"):
		case path.IsAbs(arg):
			return arg, interpreter
		default:
			return "", ""
		}
	}
	return "", ""
}

// scriptLabels returns the labels of plugins and scripts that a domain starts in domains of their own, in the
// policy's order.
func (g *Diagnoser) scriptLabels(source policy.TypeID) (list []string) {
	class, ok := g.p.Class("process")
	if !ok {
		return nil
	}
	sources, classes := policy.NewSet(g.p.MaxType()), policy.NewSet(g.p.MaxClass())
	sources.Add(source)
	classes.Add(class)
	for r := range g.p.Rules(policy.RuleFilter{Kinds: policy.TypeTransition, Sources: &sources, Classes: &classes}) {
		name := g.p.TypeName(r.Target)
		if (strings.HasSuffix(name, "_plugin_exec_t") || strings.HasSuffix(name, "_script_exec_t")) &&
			!slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// scriptLabel chooses the label for a script of which nothing more is known: the only one, that of the web server's own
// scripts, or that of plugins without bounds; "" if none is such.
func scriptLabel(labels []string) string {
	if len(labels) == 1 {
		return labels[0]
	}
	for _, name := range labels {
		web := strings.HasPrefix(name, "httpd")
		if name == "httpd_sys_script_exec_t" || !web && strings.Contains(name, "unconfined") {
			return name
		}
	}
	return ""
}
