package cli

import (
	"context"
	"io"
	"time"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// storeFlags say which policy store a command reads.
type storeFlags struct {
	root, store string
}

func (f *storeFlags) register(flags *pflag.FlagSet) {
	flags.Var((*rootFlag)(&f.root), "root", "the system under the directory `DIR`")
	flags.StringVarP(&f.store, "store", "S", "", "the policy store `NAME`, if it is not the configured one")
}

// repeat returns the flags as one would type them again.
func (f *storeFlags) repeat() shell.Command {
	var c shell.Command
	if f.root != "" {
		c = c.Option("--root", f.root)
	}
	if f.store != "" {
		c = c.Option("--store", f.store)
	}
	return c
}

// writeFlags say how a command changes a store.
type writeFlags struct {
	storeFlags
	noReload, yes, dryRun bool
}

func (f *writeFlags) register(flags *pflag.FlagSet) {
	f.storeFlags.register(flags)
	flags.BoolVarP(&f.noReload, "noreload", "N", false, "do not load the new policy into the kernel")
	flags.BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would change for whom, and stop; exit status 2")
}

// lockTimeout is how long to wait for another change: one of semanage takes seconds,
// one of semodule half a minute.
const lockTimeout = time.Minute

// repeatWrite returns the flags that a later change of the same store needs.
func (f *writeFlags) repeatWrite() shell.Command {
	if f.noReload {
		return f.repeat().Flag("--noreload")
	}
	return f.repeat()
}

func (f *storeFlags) open() (*semanage.Store, error) {
	s, err := semanage.Open(semanage.Options{Root: f.root, Store: f.store, LockTimeout: lockTimeout})
	return s, storeProblem(err)
}

// openChange opens the store for changing it.
func (f *writeFlags) openChange(streams ioStreams) (*change.Store, error) {
	s, err := change.Open(change.Options{
		Root: f.root, Store: f.store, NoReload: f.noReload, LockTimeout: lockTimeout,
		Waiting: func() { words.Fprintf(streams.stderr, "senet: waiting for another change of the policy store\n") },
	})
	if err != nil {
		return nil, storeProblem(err)
	}
	if m, ok := s.Modules().(*change.Semodule); ok {
		m.Path = semoduleForTest
		m.Working = func() func() { return showWork(streams.stderr, "semodule builds the policy from all its modules") }
	}
	return s, nil
}

// draft opens a draft of a change, which is only looked at where it is not to be
// made, and says on stderr what had to be settled. Close it.
func (f *writeFlags) draft(s *change.Store, streams ioStreams, look bool) (*change.Draft, error) {
	begin := s.Begin
	if look {
		begin = s.Look
	}
	d, err := begin(context.Background())
	if err != nil {
		return nil, f.changeProblem(err)
	}
	for _, r := range d.Tx.Needed() {
		words.Fprintf(streams.stderr, "senet: a killed transaction left something, which the next change repairs: %s\n", r)
	}
	sayRepairs(streams.stderr, d.Repairs())
	saySettled(streams.stderr, d.Settled())
	return d, nil
}

func sayRepairs(stderr io.Writer, list []semanage.Repair) {
	for _, r := range list {
		words.Fprintf(stderr, "senet: repaired what a killed transaction left: %s\n", r)
	}
}

// saySettled says what became of a change that was killed.
func saySettled(stderr io.Writer, st *change.Settled) {
	if st == nil {
		return
	}
	when := "before it changed anything"
	switch {
	case st.Made && st.Entry.Undoes != 0:
		when = "when all was taken back"
	case st.Made:
		when = "when all was done; senet undo takes it back"
	case st.Entry.Undoes != 0:
		when = "before it took anything back"
	}
	words.Fprintf(stderr, "senet: an earlier change (%s) was killed %s\n", entryName(&st.Entry), when)
}

// facts returns what is known of the store's machine, as if it were enforcing: a
// permissive one refuses nothing, so nobody would gain.
func (f *storeFlags) facts() (host.Facts, error) {
	facts, err := (&hostFlags{root: f.root}).read()
	facts.Enforcing = true
	return facts, err
}

// preview says whom the changes of a draft concern, without making the policy that
// would be written.
func (f *storeFlags) preview(tx *semanage.Tx, list []semanage.Difference) (*impact.Comparison, error) {
	facts, err := f.facts()
	if err != nil {
		return nil, err
	}
	if s := facts.SELinux; s != nil && s.Config != nil && (f.store == "" || f.store == s.Config.Type) && tx.Linked() != nil {
		facts = senet.WithPolicy(facts, tx.Linked())
	}
	c, err := impact.OfTx(tx, list, facts)
	return c, storeProblem(err)
}
