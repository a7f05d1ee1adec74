package incident

import (
	"path"
	"slices"
	"strings"
)

// failsFor reports whether one of the lines which say that something fails names the file of a denial by its path, or
// the script that the process runs. Of the only denial it is enough that such a line gives it as the reason.
func failsFor(f *Finding, lines []string, only bool) bool {
	if only && slices.ContainsFunc(lines, givesReason) {
		return true
	}
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

// givesReason reports whether a line which says that something fails gives what stands beside it as the reason.
func givesReason(line string) bool {
	line = strings.ToLower(line)
	return slices.ContainsFunc([]string{"the reason why", "the reason that", "the reason for", "because of this",
		"because of the following", "caused by this", "caused by the following", "due to this", "due to the following",
		"with the following", "as a result of this"},
		func(words string) bool { return strings.Contains(line, words) })
}

// ends reports whether a line has a name that ends there: no part of a longer path.
func ends(line, name string) bool {
	_, after, ok := strings.Cut(line, name)
	return ok && (after == "" || !strings.ContainsAny(after[:1], "/-_abcdefghijklmnopqrstuvwxyz0123456789"))
}
