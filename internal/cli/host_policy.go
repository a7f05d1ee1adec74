package cli

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
)

// addInstalled adds to the facts of the system under root what selinuxfs would say
// of the policy it has installed. Where that cannot be read the facts stay as they
// are: whoever asks the policy says why.
func addInstalled(facts *host.Facts, root string) {
	file, err := policyfile.Find(root)
	if err != nil {
		return
	}
	if db, err := file.Open(); err == nil {
		*facts = senet.WithPolicy(*facts, db)
	}
}
