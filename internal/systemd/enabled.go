package systemd

import (
	"slices"
	"strings"
)

// maxEntries bounds the names that are read from one directory of units.
const maxEntries = 10_000

// Enabled returns the names of the units that others want or require by links, sorted: the units
// that the system starts at boot. whole is false if the system has no directories of units, or if
// one of them has more entries than senet reads.
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
