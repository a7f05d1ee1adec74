package senet

import (
	"context"
	"fmt"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/ledger"
)

// Status says what differs in a policy store, and on the machine that runs it, from the
// distribution. Of Options, Root and Host count. The machine's mode and booleans are
// compared where the store is the one that it is configured to run. Errors are those
// of [ledger.Read], and a *MachineError.
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

// Status says what differs in the store from the distribution; see [Status].
func (s *Store) Status(ctx context.Context) (*ledger.Ledger, error) {
	return Status(ctx, s.changes, s.options)
}
