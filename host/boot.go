package host

import (
	"slices"

	"github.com/senet-selinux/senet/internal/systemd"
)

// A boot lists the units that systemd starts when a system boots.
type boot struct {
	root  Root
	units []string // units that others want or require
	known bool     // false for a system without systemd units, or with more units than senet reads
}

func (r Root) boot() boot {
	units, known := systemd.Enabled(r)
	return boot{r, units, known}
}

// starts reports whether the boot starts a service: a unit wants or requires it, and it is not masked. why says why
// it is not started, or that this is not known.
func (b *boot) starts(service string) (yes bool, why string) {
	if to, err := b.root.ReadLink("/etc/systemd/system/" + service); err == nil && to == "/dev/null" {
		return false, service + " is masked"
	}
	switch {
	case !b.known:
		return true, "it is not known whether the system loads it"
	case !slices.Contains(b.units, service):
		return false, service + " is not enabled"
	}
	return true, ""
}
