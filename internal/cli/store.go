package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/host"
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

// A transaction of semanage takes seconds, of semodule half a minute.
const (
	lockTimeout = time.Minute
	sayWaiting  = 2 * time.Second
)

// repeatWrite returns the flags that a later change of the same store needs.
func (f *writeFlags) repeatWrite() shell.Command {
	if f.noReload {
		return f.repeat().Flag("--noreload")
	}
	return f.repeat()
}

// asks reports whether somebody is there to be asked, and wants to be.
func (f *writeFlags) asks(streams ioStreams) bool {
	return !f.yes && isTerminal(streams.stdin) && isTerminal(streams.stderr)
}

func (f *storeFlags) open() (*semanage.Store, error) { return f.openWith(false) }

func (f *writeFlags) open() (*semanage.Store, error) { return f.openWith(f.noReload) }

func (f *storeFlags) openWith(noReload bool) (*semanage.Store, error) {
	s, err := semanage.Open(semanage.Options{Root: f.root, Store: f.store, NoReload: noReload, LockTimeout: lockTimeout})
	return s, storeProblem(err)
}

// begin opens the store and a transaction of it, and says on stderr what had to
// be repaired. Close the transaction.
func (f *writeFlags) begin(stderr io.Writer) (*semanage.Store, *semanage.Tx, error) {
	s, err := f.open()
	if err != nil {
		return nil, nil, err
	}
	waiting := time.AfterFunc(sayWaiting, func() {
		words.Fprintf(stderr, "senet: waiting for another change of the policy store\n")
	})
	begin := s.Begin
	if f.dryRun {
		begin = s.Look
	}
	tx, err := begin()
	waiting.Stop()
	if err != nil {
		return nil, nil, storeProblem(err)
	}
	for _, r := range tx.Needed() {
		words.Fprintf(stderr, "senet: a killed transaction left something, which the next change repairs: %s\n", r)
	}
	for _, r := range tx.Repairs() {
		words.Fprintf(stderr, "senet: repaired what a killed transaction left: %s\n", r)
	}
	return s, tx, nil
}

// facts returns what is known of the store's machine, as if it were enforcing: a
// permissive one refuses nothing, so nobody would gain.
func (f *storeFlags) facts() (host.Facts, error) {
	facts, err := (&hostFlags{root: f.root}).read()
	facts.Enforcing = true
	return facts, err
}

// confirm asks a question that is to be answered with yes, where a terminal has
// somebody to ask.
func (f *writeFlags) confirm(streams ioStreams, question string) (bool, error) {
	if !f.asks(streams) {
		return true, nil
	}
	words.Fprintf(streams.stderr, "%s [y/N] ", question)
	line, err := bufio.NewReader(streams.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, unreadable(err, "")
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}
