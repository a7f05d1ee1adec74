package subject

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/systemd"
)

// maxUnits bounds how many entries of one directory of units are read.
const maxUnits = 10_000

// Units returns the names of the services that the system has files of, such as
// haproxy.service, in the order of the alphabet. Templates (name@.service) are not
// among them, and a directory that cannot be read has none.
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
