package senet

import (
	"context"
	"fmt"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/ledger"
)

// Status returns the differences between a policy store, with the machine that runs it, and the
// distribution. It uses Root and Host of the Options. It compares the machine's mode and booleans
// if the machine is configured to use the store. Errors are those of [ledger.Read], and a
// *MachineError.
func Status(ctx context.Context, changes *change.Store, o Options) (*ledger.Ledger, error) {
	l := ledger.Options{Facts: StoreFacts(o, changes.Records().Name())}
	if changes.Records().Configured() {
		facts := o.Host
		if facts == nil {
			root, err := host.OpenRoot(o.Root)
			if err != nil {
				return nil, fmt.Errorf("root: %w", err)
			}
			read, err := host.Read(host.Options{Root: root})
			if err != nil {
				return nil, &MachineError{err}
			}
			facts = &read
		}
		l.Machine = facts.SELinux
	}
	return ledger.Read(ctx, changes, l)
}

// Status returns the differences between the store and the distribution; see [Status].
func (s *Store) Status(ctx context.Context) (*ledger.Ledger, error) {
	return Status(ctx, s.changes, s.options)
}
