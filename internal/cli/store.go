package cli

import (
	"io"
	"time"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// storeFlags choose the policy store that a command reads.
type storeFlags struct {
	root, store string
	host        string // the file of the facts of the store's machine
}

func (f *storeFlags) register(flags *pflag.FlagSet) {
	flags.Var((*rootFlag)(&f.root), "root", "the system under the directory `DIR`")
	flags.StringVarP(&f.store, "store", "S", "", "the policy store `NAME`, if it is not the configured one")
}

func (f *storeFlags) registerHost(flags *pflag.FlagSet) {
	flags.StringVar(&f.host, "host", "", "say whom it concerns on the machine whose facts were saved in `FILE`")
}

// repeat returns the flags as a user would type them again.
func (f *storeFlags) repeat() shell.Command {
	var c shell.Command
	if f.host != "" {
		c = c.Option("--host", f.host)
	}
	if f.root != "" {
		c = c.Option("--root", f.root)
	}
	if f.store != "" {
		c = c.Option("--store", f.store)
	}
	return c
}

// writeFlags choose how a command changes a store.
type writeFlags struct {
	storeFlags
	noReload, yes, dryRun bool
}

func (f *writeFlags) register(flags *pflag.FlagSet) {
	f.storeFlags.register(flags)
	f.registerHost(flags)
	flags.BoolVarP(&f.noReload, "noreload", "N", false, "do not load the new policy into the kernel")
	flags.BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would change for whom, and stop; exit status 2")
}

// lockTimeout is the time to wait for another change: semanage takes seconds, semodule half a
// minute.
const lockTimeout = time.Minute

// repeatWrite returns the flags that a later change of the same store needs.
func (f *writeFlags) repeatWrite() shell.Command {
	if f.noReload {
		return f.repeat().Flag("--noreload")
	}
	return f.repeat()
}

func (f *storeFlags) options() semanage.Options {
	return semanage.Options{Root: f.root, Store: f.store, LockTimeout: lockTimeout}
}

func (f *storeFlags) open() (*semanage.Store, error) {
	s, err := semanage.Open(f.options())
	return s, f.storeProblem(err)
}

// openChange opens the store for a change.
func (f *writeFlags) openChange(streams ioStreams) (*change.Store, error) {
	s, err := change.Open(change.Options{
		Root: f.root, Store: f.store, NoReload: f.noReload, LockTimeout: lockTimeout,
		Waiting:  func() { words.Fprintf(streams.stderr, "senet: waiting for another change of the policy store\n") },
		Semodule: semoduleForTest,
	})
	if err != nil {
		return nil, f.storeProblem(err)
	}
	work := func() func() { return showWork(streams.stderr, "the policy is built from all its modules") }
	switch m := s.Modules().(type) {
	case *change.Semodule:
		m.Working = work
	case *change.Builder:
		m.Working = work
	}
	return s, nil
}

// sayRepaired prints the repairs that a draft made, will make, or settled.
func sayRepaired(stderr io.Writer, d *change.Draft) {
	for _, r := range d.Tx.Needed() {
		words.Fprintf(stderr, "senet: a killed transaction left remains, which the next change repairs: %s\n", r)
	}
	for _, r := range d.Repairs() {
		words.Fprintf(stderr, "senet: repaired what a killed transaction left: %s\n", r)
	}
	if st := d.Settled(); st != nil {
		words.Fprintf(stderr, "senet: %s\n", say.Settled(st))
	}
}

// factsUnder returns the facts, with those of the store's policy if the machine uses the store.
func (f *storeFlags) factsUnder(linked *policydb.Policy) (host.Facts, error) {
	o := senet.Options{Root: f.root}
	if f.host != "" {
		saved, err := (&hostFlags{file: f.host}).read()
		if err != nil {
			return saved, err
		}
		o.Host = &saved
	}
	facts, err := senet.StoreFacts(o, f.store)(linked)
	return facts, questionProblem(err)
}
