package diagnose

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// startedScript finds that a service may not start a script that has the label of a place or of data: by a label of
// its own the script runs in a domain of its own, and a rule would let the service run all that has the present one.
func (g *Diagnoser) startedScript(d *Diagnosis, a *audit.AVC, e *audit.Event) bool {
	target := audit.ContextType(a.TContext)
	if a.TClass != "file" || !a.Has("execute") && !a.Has("execute_no_trans") || !ofScriptPlace(target) ||
		d.File == nil || isContainer(audit.ContextType(a.SContext)) {
		return false
	}
	name, ext := cmp.Or(fullPath(a, e), a.Name), path.Ext(cmp.Or(fullPath(a, e), a.Name))
	inCGI := strings.Contains(path.Dir(name), "/cgi-bin")
	if !inCGI && !slices.Contains([]string{".pl", ".cgi", ".fcgi", ".py", ".sh", ".php", ".rb", ".lua"}, ext) {
		return false
	}
	source := audit.ContextType(a.SContext)
	label := ""
	if id, ok := g.p.Type(source); ok && id != g.init {
		labels := g.scriptLabels(id)
		label = scriptLabel(labels)
		if own := strings.TrimSuffix(target, "_content_t") + "_script_exec_t"; slices.Contains(labels, own) {
			label = own
		}
	} else if source == "httpd_t" {
		label = "httpd_sys_script_exec_t"
	}
	if label == "" || strings.HasSuffix(audit.ContextType(d.File.Wanted), "_exec_t") {
		return false
	}
	s := &Script{Path: fullPath(a, e), Name: path.Base(name), Type: label, Started: true}
	if inCGI {
		s.Path, s.Tree = path.Dir(name), true
	}
	if c := g.chcon(name); c != nil && strings.HasSuffix(c.Type, "_exec_t") {
		s.Type, s.Path, s.Tree, s.ByHand = c.Type, c.Path, c.Tree, true
	}
	if strings.HasPrefix(source, "httpd") {
		s.Switch = "httpd_enable_cgi"
	}
	d.Script, d.Instead = s, InsteadScript
	d.File.Right = "" // that of the place
	return true
}

// ofScriptPlace reports whether a type is one with which no script has a domain of its own: that of a place, of files
// without a label, or of the content of a web server.
func ofScriptPlace(typ string) bool {
	return ofPlace(typ) || ofAll(typ) || withoutLabel(typ) || strings.HasSuffix(typ, "_content_t") || typ == "lib_t"
}
