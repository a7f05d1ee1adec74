// Package semodulecli is the semodule personality: the flags, files and exit codes of semodule 3.4, and the flags
// of newer releases. The messages about mistakes in modules are senet's. docs/semodule-differences.md lists the
// differences.
package semodulecli

import (
	"errors"
	"fmt"
	"io"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

const (
	exitDone   = 0
	exitFailed = 1
)

// Main does what semodule does; args are the process's arguments without its name.
// The result is the exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, errHelp):
		io.WriteString(stdout, usage)
		return exitDone
	case err != nil:
		fmt.Fprintln(stderr, err)
		io.WriteString(stdout, usage)
		return exitFailed
	}
	r := &run{options: o, stdout: stdout, stderr: stderr, priority: modstore.DefaultPriority}
	if err := r.run(); err != nil {
		if !errors.Is(err, errSaid) {
			r.complain(err)
		}
		return exitFailed
	}
	return exitDone
}

// Genhomedircon does what semodule does under that name: it builds the policy and the labels of home directories,
// and does not load the policy. Its only option is -h.
func Genhomedircon(args []string, stdout, stderr io.Writer) int {
	flags := []string{"-B", "-n"}
	if len(args) > 0 && (args[0] == "-h" || args[0] == "--help") {
		flags = []string{"-h"}
	}
	return Main(flags, stdout, stderr)
}

// errSaid is an error that was printed already.
var errSaid = errors.New("said")

// A run is one call of semodule.
type run struct {
	*options
	stdout, stderr io.Writer
	store          *semanage.Store
	modules        *modstore.Store
	tx             *modstore.Tx // nil unless something is changed
	priority       int
	given          bool // a priority was given with -X
	cil, hll       bool // what is extracted
	missing        bool // the command removes a module that is not there
}

// complain prints an error, with the messages of the compiler.
func (r *run) complain(err error) {
	var found *compile.Errors
	if !errors.As(err, &found) {
		fmt.Fprintf(r.stderr, "semodule: %v\n", err)
		return
	}
	for _, d := range found.List {
		io.WriteString(r.stderr, d.Text())
	}
	if found.More > 0 {
		fmt.Fprintf(r.stderr, "and %d more errors\n", found.More)
	}
	fmt.Fprintln(r.stderr, "semodule:  Failed!")
}

// say prints to standard output if -v was given.
func (r *run) say(format string, args ...any) {
	if r.verbose {
		fmt.Fprintf(r.stdout, format+"\n", args...)
	}
}

func (r *run) run() error {
	at := semanage.Options{
		Root: r.root, Store: r.options.store, StoreRoot: r.storeRoot, Config: r.config, NoReload: r.noReload,
	}
	var err error
	r.store, err = semanage.Open(at)
	if errors.Is(err, semanage.ErrNoStore) && r.options.store != "" && r.changes() {
		// The first modules of a distribution create the store.
		if err = semanage.Create(at); err == nil {
			r.store, err = semanage.Open(at)
		}
	}
	if err != nil {
		return fmt.Errorf("could not connect to policy handler: %w", err)
	}
	r.modules = modstore.Open(r.store, modstore.Options{})
	if r.reload {
		if err := r.store.Reload(); err != nil {
			// In semodule 3.4 a failure of load_policy is no error either.
			fmt.Fprintf(r.stderr, "semodule: %v\n", err)
		}
	}
	if r.options.changes() {
		records, err := r.store.Begin()
		if err != nil {
			return fmt.Errorf("could not begin transaction: %w", err)
		}
		defer records.Close()
		if r.tx, err = r.modules.Begin(records); err != nil {
			return err
		}
	}
	commit := r.build || r.refresh
	for i := range r.commands {
		r.missing = false
		if err := r.do(i); err != nil {
			return err
		}
		commit = commit || r.commands[i].changes() && !r.missing
	}
	switch {
	case commit:
		return r.commit()
	case r.missing: // the last command removes a module that does not exist
		fmt.Fprintln(r.stderr, "semodule:  Failed!")
		return errSaid
	}
	return nil
}

// commit builds and writes.
func (r *run) commit() error {
	r.say("Committing changes:")
	if r.noDontAudit || r.build {
		r.tx.SetDontAudit(!r.noDontAudit)
	}
	// libsemanage keeps tunables only in transactions that ask for it.
	r.tx.SetPreserveTunables(r.tunables)
	r.tx.FatalConflicts = r.verbose
	if r.ignoreCache {
		r.tx.ConvertAgain()
	}
	if r.refresh && !r.build && !r.tx.Changed() {
		same, err := r.tx.Current()
		if err != nil {
			return err
		}
		if same {
			r.say("Ok: transaction number 0.")
			return nil
		}
	}
	_, err := r.tx.Build()
	for _, line := range r.tx.Said() {
		fmt.Fprintln(r.stderr, line)
	}
	if errors.Is(err, modstore.ErrNoModules) && r.empty() {
		return nil // libsemanage has nothing to do
	}
	if err != nil {
		return err
	}
	result, err := r.tx.Records().Commit()
	if err != nil {
		return err
	}
	r.say("Ok: transaction number %d.", result.Commit)
	return nil
}

// empty reports whether the store has no modules and the command adds none.
func (r *run) empty() bool {
	list, err := r.modules.List()
	return err == nil && len(list) == 0 && len(r.tx.Modules()) == 0
}

// do carries out one command.
func (r *run) do(i int) error {
	c := &r.commands[i]
	var err error
	switch c.mode {
	case modePriority:
		if r.priority, err = priority(c.arg); err != nil {
			return err
		}
		r.given = true
	case modeCIL, modeHLL:
		r.cil, r.hll = c.mode == modeCIL, c.mode == modeHLL
	case modeInstall:
		r.say("Attempting to install module '%s':", c.arg)
		err = r.install(c.arg)
	case modeRemove:
		r.say("Attempting to remove module '%s':", c.arg)
		k := modstore.Key{Priority: r.priority, Name: c.arg}
		err = r.tx.Remove(k)
		if errors.Is(err, modstore.ErrNoModule) {
			fmt.Fprintf(r.stderr, "semodule: %v\n", err)
			r.missing = true
			return nil
		}
		if err == nil {
			io.WriteString(r.stdout, modfile.RemoveNote(r.tx, k))
		}
	case modeEnable, modeDisable:
		verb := map[bool]string{true: "enable", false: "disable"}[c.mode == modeEnable]
		r.say("Attempting to %s module '%s':", verb, c.arg)
		err = r.tx.SetEnabled(c.arg, c.mode == modeEnable)
	case modeExtract:
		err = r.extract(c.arg)
	case modeList:
		r.say("Attempting to list active modules:")
		err = r.list(c.arg)
	}
	if err != nil {
		if !errors.Is(err, errSaid) {
			fmt.Fprintf(r.stderr, "semodule: %v\n", err)
		}
		arg := c.arg
		if c.mode == modeList && arg == "" {
			arg = "list"
		}
		fmt.Fprintf(r.stderr, "semodule:  Failed on %s!\n", arg)
		return errSaid
	}
	r.say("Ok: return value of 0.")
	return nil
}

func (r *run) install(file string) error {
	m, err := modfile.Read(file)
	var found *compile.Errors
	if errors.As(err, &found) {
		for _, d := range found.List {
			io.WriteString(r.stderr, d.Text())
		}
		return errSaid
	}
	if err != nil {
		return err
	}
	for _, d := range m.Warnings {
		io.WriteString(r.stderr, d.Text())
	}
	for _, other := range r.tx.Modules() {
		if other.Name == m.Name && other.Priority > r.priority {
			fmt.Fprintf(r.stderr, "semodule: the module %s of priority %d counts before that of priority %d\n",
				m.Name, other.Priority, r.priority)
			break
		}
	}
	k := modstore.Key{Priority: r.priority, Name: m.Name}
	io.WriteString(r.stdout, modfile.InstallNote(r.tx, k))
	return r.tx.Install(k, m.Lang, m.Source)
}
