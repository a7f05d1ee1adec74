package cli

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/policydb"
)

// addInstalled adds to the facts of the system under root what selinuxfs would say
// of the policy it has installed, which is opened if it is not given. Where that
// cannot be read the facts stay as they are: whoever asks the policy says why.
func addInstalled(facts *host.Facts, root string, installed *policydb.Policy) {
	if installed == nil {
		file, err := policyfile.Find(root)
		if err != nil {
			return
		}
		if installed, err = file.Open(); err != nil {
			return
		}
	}
	addPolicy(facts, installed)
}

// addPolicy adds to the facts of a system that is not running what selinuxfs would
// say of its policy. As there (sel_read_handle_unknown), deny_unknown is on too
// where the policy refuses to be loaded by a kernel that knows more.
func addPolicy(facts *host.Facts, db *policydb.Policy) {
	if facts.SELinux == nil || !facts.SELinux.Enabled || facts.SELinux.Mount != "" {
		return
	}
	s := *facts.SELinux
	s.MLS = db.MLS()
	s.DenyUnknown = db.HandleUnknown() != policydb.UnknownAllow
	s.RejectUnknown = db.HandleUnknown() == policydb.UnknownReject
	facts.SELinux = &s
}
