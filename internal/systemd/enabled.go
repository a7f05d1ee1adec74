package systemd

import (
	"slices"
	"strings"
)

// maxEntries bounds the names that are read of one directory of units.
const maxEntries = 10_000

// Enabled returns the names of the units that others want or require by links, sorted: what
// a system starts when it boots. whole is false for a system without directories of
// units, or with more in one of them than is read.
func Enabled(tree Tree) (units []string, whole bool) {
	for _, dir := range Dirs() {
		entries, err := tree.ReadDir(dir, maxEntries)
		if err != nil {
			continue
		}
		if len(entries) == maxEntries {
			return units, false
		}
		whole = true
		for _, entry := range entries {
			if strings.HasSuffix(entry, ".wants") || strings.HasSuffix(entry, ".requires") {
				wanted, _ := tree.ReadDir(dir+"/"+entry, maxEntries)
				units = append(units, wanted...)
			}
		}
	}
	slices.Sort(units)
	return slices.Compact(units), whole
}
