package subject

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/systemd"
)

// maxUnits bounds the entries that are read from one directory of units.
const maxUnits = 10_000

// Units returns the names of the services with files on the system, such as
// haproxy.service, in alphabetical order. It skips templates (name@.service) and
// directories that cannot be read.
func (sys System) Units() []string {
	var list []string
	for _, dir := range systemd.Dirs() {
		entries, err := sys.Root.ReadDir(dir, maxUnits)
		if err != nil {
			continue
		}
		for _, name := range entries {
			if strings.HasSuffix(name, ".service") && !strings.HasSuffix(name, "@.service") {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
