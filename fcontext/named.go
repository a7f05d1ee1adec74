package fcontext

import (
	"path"
	"slices"
	"strings"
)

// Named returns the paths below a directory that have an entry of their own, of the file alone or of a directory with
// all below it, and whose last part is a name, in the order of their names. kind is the kind of the file, 0 for any.
func (fc *Table) Named(dir, name string, kind byte) (paths []string) {
	for i := range fc.entries {
		e := &fc.entries[i]
		if e.kind != 0 && kind != 0 && e.kind != kind || !strings.Contains(e.pattern, lastWord(name)) {
			continue
		}
		text, tree := strings.CutSuffix(e.pattern, "(/.*)?")
		if tree && kind != 0 && kind != 'd' {
			continue
		}
		file, exact := literalPrefix(text)
		if exact && path.Base(file) == name && strings.HasPrefix(file, dir+"/") && !slices.Contains(paths, file) {
			paths = append(paths, file)
		}
	}
	slices.Sort(paths)
	return paths
}

// lastWord returns the end of a name that a pattern has as it is.
func lastWord(name string) string {
	at := len(name)
	for at > 0 && isWord(name[at-1]) {
		at--
	}
	return name[at:]
}
