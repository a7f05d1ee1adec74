package diagnose

import (
	"fmt"

	"github.com/senet-selinux/senet/audit"
)

// constrained notes that audit2allow calls a denial one of a constraint, which its rule does not change.
func constrained(d *Diagnosis, e *audit.Event) {
	if e.Rule == nil || !e.Rule.Constraint {
		return
	}
	d.Instead = InsteadConstraint
	d.note(NoteMeaning, "audit2allow says that a constraint refuses it, which compares the users, roles or levels of "+
		"both contexts: its rule has types alone, and changes nothing")
}

// calledMislabeled notes that the file of a socket is not what connectto and sendto ask about, where audit2allow calls
// it mislabeled: the kernel compares the two domains (selinux_socket_unix_stream_connect).
func calledMislabeled(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	if e.Rule == nil || e.Rule.Path == "" {
		return
	}
	for _, perm := range [...]string{"connectto", "sendto"} {
		if a.Has(perm) {
			d.note(NoteMeaning, fmt.Sprintf("audit2allow calls %s mislabeled, but %s asks about the domain that "+
				"listens: no label of the file changes that; the label of the file counts for write on the sock_file, "+
				"which is asked before", e.Rule.Path, perm))
		}
	}
}
