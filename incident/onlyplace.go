package incident

import (
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
)

// inOnlyPlace returns the likely path of a file whose record has the name alone and the label of places that
// file_contexts does not have: the text names one such place, and no other. It returns "" where it names none or
// several.
func (x *examination) inOnlyPlace(a *audit.AVC) string {
	if audit.ContextType(a.TContext) != "default_t" || !isFile(a.TClass) || a.Name == "/" || a.Name == "." {
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
		case !withoutLabel(table, name) || place != "" && below(place, name):
		case place == "" || below(name, place):
			place = name
		default:
			return ""
		}
	}
	if place == "" {
		return ""
	}
	if part := partOf(place, a.Name, a.TClass); part != "" {
		return part
	}
	return path.Join(place, a.Name)
}

// withoutLabel reports whether file_contexts has no label for a directory but the one of all such places.
func withoutLabel(table *fcontext.Table, name string) bool {
	m, err := table.Lookup(name, 'd')
	return err == nil && len(m.Unsupported) == 0 &&
		(m.Context == fcontext.None || audit.ContextType(m.Context) == "default_t")
}
