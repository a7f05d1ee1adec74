package host

import (
	"slices"

	"github.com/senet-selinux/senet/internal/systemd"
)

// A boot lists the units that systemd starts when a system boots.
type boot struct {
	root  Root
	units []string // units that others want or require
	known bool     // false for a system without systemd units, or with more than senet reads
}

func (r Root) boot() boot {
	units, known := systemd.Enabled(r)
	return boot{r, units, known}
}

// starts reports whether a service is started: a unit wants or requires it, and it is not masked.
// Otherwise why says why it is not started, or that this is not known.
func (b *boot) starts(service string) (yes bool, why string) {
	if to, err := b.root.ReadLink("/etc/systemd/system/" + service); err == nil && to == "/dev/null" {
		return false, service + " is masked"
	}
	switch {
	case !b.known:
		return true, "whether the system loads it is not known"
	case !slices.Contains(b.units, service):
		return false, service + " is not enabled"
	}
	return true, ""
}
