package host

import (
	"path"
	"slices"
	"strings"
)

// unitDirs are where systemd looks for units, the administrator's first.
func unitDirs() []string {
	return []string{"/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}
}

// startsAtBoot reports whether systemd starts a service when the system boots: a unit wants
// or requires it, and it is not masked. Otherwise why says what keeps it from being started.
// known is false for a system without units of systemd, or with more than are read.
func (r Root) startsAtBoot(service string) (starts, known bool, why string) {
	if to, err := r.ReadLink(unitDirs()[0] + "/" + service); err == nil && to == "/dev/null" {
		return false, true, service + " is masked"
	}
	for _, dir := range unitDirs() {
		names, err := r.ReadDir(dir, maxConfFiles)
		if err != nil {
			continue
		}
		if len(names) >= maxConfFiles {
			return true, false, "" // not all were read
		}
		known = true
		for _, name := range names {
			if !strings.HasSuffix(name, ".wants") && !strings.HasSuffix(name, ".requires") {
				continue
			}
			units, err := r.ReadDir(path.Join(dir, name), maxConfFiles)
			if err == nil && slices.Contains(units, service) {
				return true, true, ""
			}
		}
	}
	return !known, known, service + " is not enabled"
}
