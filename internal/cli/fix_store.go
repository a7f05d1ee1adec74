package cli

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A fixStore is a policy store as it was when it was asked.
type fixStore struct {
	*change.Store
	flags writeFlags
	base  change.Base
	db    *policydb.Policy
	half  *change.UnfinishedError // nil where no change was killed half-way
}

func (s *fixStore) kern() string { return filepath.Join(s.Records().Dir(), "active", "policy.kern") }

// openFixStore opens a store and reads its policy. Before a change it settles what a
// killed change left.
func openFixStore(flags writeFlags, settle bool, stderr io.Writer) (*fixStore, error) {
	streams := ioStreams{stderr: stderr}
	store, err := flags.openChange(streams)
	if err != nil {
		return nil, err
	}
	s := &fixStore{Store: store, flags: flags}
	if settle && !flags.dryRun && store.Writable() == nil {
		d, err := store.Begin(context.Background())
		switch {
		case err == nil:
			sayRepaired(stderr, d)
			d.Close()
		case !errors.As(err, &s.half):
			return nil, flags.changeProblem(err)
		}
	}
	return s, s.read()
}

// read reads the store's policy and state.
func (s *fixStore) read() error {
	var err error
	if s.base, err = s.Base(); err != nil {
		return s.flags.storeProblem(err)
	}
	s.db, err = s.Records().KernelPolicy()
	return s.flags.storeProblem(err)
}

// writable fails where the store cannot be changed by this process.
func (s *fixStore) writable() error { return s.flags.storeProblem(s.Writable()) }

// Local returns the store's local records of a kind.
func (s *fixStore) Local(kind semanage.Kind) ([]semanage.Record, error) {
	return s.Records().Local(kind)
}

// semoduleCommand is what one would type.
func (s *fixStore) semoduleCommand(args ...string) shell.Command {
	m := change.Semodule{Store: s.Records(), Root: s.flags.root, Name: s.flags.store, NoReload: s.flags.noReload}
	return shell.New("semodule").Flag(m.Args(args...)...)
}

// semoduleCommand is a semodule for a store that cannot be opened.
func (f *writeFlags) semoduleCommand() shell.Command {
	c := shell.New("semodule")
	name := f.store
	if f.root != "" {
		c = c.Flag("-N").Option("-p", f.root)
	}
	if name == "" {
		name = policyfile.Type(f.root)
	}
	return c.Option("-s", name)
}
