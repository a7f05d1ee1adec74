package cli

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
)

// addInstalled adds to the facts of the system under root what selinuxfs would show about
// its installed policy. If that cannot be read, the facts do not change: opening the
// policy for a question reports the error.
func addInstalled(facts *host.Facts, root string) {
	file, err := policyfile.Find(root)
	if err != nil {
		return
	}
	if db, err := file.Open(); err == nil {
		*facts = senet.WithPolicy(*facts, db)
	}
}
