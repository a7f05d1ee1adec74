package diagnose

import (
	"fmt"
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// IsLibrary reports whether a path is one of a shared library by its name.
func IsLibrary(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".so") || strings.Contains(base, ".so.")
}

// libraryLabel returns the label of libraries that a domain may map to execute; the usual one where the domain is not
// known; "" if the policy has none.
func (g *Diagnoser) libraryLabel(d *SymptomDiagnosis) string {
	for _, name := range [...]string{"lib_t", "shlib_t", "httpd_modules_t"} {
		id, ok := g.p.Type(name)
		target, whole := g.object(id)
		if !ok || !whole {
			continue
		}
		if d.Subject.Context.Type == 0 {
			return name
		}
		check := g.d.Check(d.Subject.Context, target, "file", "open", "read", "map", "execute")
		if check.Allowed() {
			return name
		}
	}
	return ""
}

// notePlace notes the place that file_contexts has for the socket of a program, where its socket is elsewhere.
func (g *Diagnoser) notePlace(d *SymptomDiagnosis, s *audit.Symptom) {
	if s.Protocol == "file" && s.Class != "sock_file" {
		return
	}
	if name, typ := g.socketPlace(s.Program); name != "" && path.Dir(s.Path) != path.Dir(name) {
		d.Notes = append(d.Notes, Note{NoteMeaning, fmt.Sprintf("by file_contexts a socket of %s belongs in %s, as %s "+
			"(%s)", s.Program, path.Dir(name), name, typ)})
	}
	if s.Class == "sock_file" && s.Operation != "chown" {
		d.Notes = append(d.Notes, Note{NoteMeaning, fmt.Sprintf("%s is a socket that is left of the last run: while "+
			"the service is stopped it may be removed (rm), and then nothing is to be kept", s.Path)})
	}
}

// socketPlace returns the path of a UNIX socket of a program in /run for which file_contexts has a label of its own,
// and its type; "" for none.
func (g *Diagnoser) socketPlace(program string) (name, typ string) {
	table := g.files()
	if table == nil || program == "" || strings.ContainsAny(program, "/ ") {
		return "", ""
	}
	for _, dir := range [...]string{"/run/", "/var/run/"} {
		for _, name := range [...]string{dir + program + "/" + program + ".sock", dir + program + ".sock"} {
			l, ok := g.labelAt(table, name, 's', false)
			if !ok {
				continue
			}
			if typ := g.typeName(l.context); strings.HasPrefix(typ, strings.ReplaceAll(program, "-", "_")+"_") {
				return name, typ
			}
		}
	}
	return "", ""
}
