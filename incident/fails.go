package incident

import (
	"path"
	"strings"
)

// failsFor reports whether one of the lines which say that something fails names the file of a denial by its path, or
// the script that the process runs.
func failsFor(f *Finding, lines []string) bool {
	var names []string
	if f.AVC != nil && isFile(f.AVC.TClass) && path.IsAbs(f.AVC.Path) && len(f.AVC.Path) > 1 {
		names = append(names, f.AVC.Path)
	}
	for i, arg := range strings.Fields(f.Event.Proctitle) {
		if i > 0 && path.IsAbs(arg) && path.Ext(arg) != "" {
			names = append(names, path.Base(arg))
		}
	}
	for _, line := range lines {
		for _, name := range names {
			if ends(line, name) {
				return true
			}
		}
	}
	return false
}

// ends reports whether a line has a name that ends there: no part of a longer path.
func ends(line, name string) bool {
	_, after, ok := strings.Cut(line, name)
	return ok && (after == "" || !strings.ContainsAny(after[:1], "/-_abcdefghijklmnopqrstuvwxyz0123456789"))
}
