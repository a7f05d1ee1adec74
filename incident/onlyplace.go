package incident

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
)

// inOnlyPlace returns the likely path of a file whose record has the name alone, or of a directory without one, and a
// label that a place gives all in it, or the one of places that file_contexts does not have: the text names one
// directory whose label that is, and no other. It returns "" where it names none or several.
func (x *examination) inOnlyPlace(a *audit.AVC) string {
	target := audit.ContextType(a.TContext)
	if target != "default_t" && !givesAll(target) || !isFile(a.TClass) || a.Name == "/" || a.Name == "." {
		return ""
	}
	table := x.report.labels()
	if table == nil {
		return ""
	}
	place := ""
	for _, name := range x.log.Prose.Paths {
		if strings.Contains(path.Base(name), ".") {
			name = path.Dir(name) // a file
		}
		switch {
		case !labelledAs(table, name, target) || place != "" && below(place, name):
		case place == "" || below(name, place):
			place = name
		default:
			return ""
		}
	}
	if place == "" || a.Name == "" {
		return place
	}
	if part := partOf(place, a.Name, a.TClass); part != "" {
		return part
	}
	return path.Join(place, a.Name)
}

// givesAll reports whether a label is that of a place which gives it to all that is made in it.
func givesAll(typ string) bool {
	return slices.Contains([]string{"var_t", "var_lib_t", "var_spool_t", "usr_t", "mnt_t", "srv_t"}, typ)
}

// labelledAs reports whether a directory has by file_contexts the label of its place and is not the place itself; or
// none but the one of all places without a label.
func labelledAs(table *fcontext.Table, name, typ string) bool {
	if typ == "default_t" {
		return hasType(table, name, typ)
	}
	switch path.Base(name) { // which are places in /usr
	case "share", "local", "lib", "lib64", "libexec", "src", "doc":
		return false
	}
	return strings.Count(name, "/") > 1 && hasType(table, name, typ) && hasType(table, path.Dir(name), typ)
}

// hasType reports whether file_contexts has a type for a directory.
func hasType(table *fcontext.Table, name, typ string) bool {
	m, err := table.Lookup(name, 'd')
	return err == nil && len(m.Unsupported) == 0 &&
		(m.Context == fcontext.None && typ == "default_t" || audit.ContextType(m.Context) == typ)
}
