package cli

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

const whyLong = `Explain SELinux denials: which check of the kernel refused what, how often, why,
whether the policy still refuses it today, what would be refused next, and what
would fix it. Equal denials are one, the most frequent comes first.

The denials are taken from the arguments: lines of a log, names of files, or -
for standard input. Any log will do: audit.log, ausearch, journalctl, dmesg,
syslog, JSON, gzip, a line out of a forum; also a program's own "Permission
denied", and strace. Without arguments and without a pipe this machine's audit
log is read, from the last boot on, else its journal, else dmesg.

The first fix is named for each. For denials on a port its cost is named too,
where there are at most three kinds and a thousand denials; --fix computes it
for all that are printed. --allow prints the rules that audit2allow would write
instead, each with what it opens.

The policy is the running or the installed one, unless --policy or --root names
another; never the built-in example.

Exit status: 0 everything is explained, 1 some of it is not understood, 64 a
mistake in the command, 65 no input, or a file that cannot be read.`

const whyExamples = `  senet why
  senet why /var/log/audit/audit.log.1 --all
  journalctl -b | senet why -
  senet why 'avc: denied { name_connect } for pid=812 comm="haproxy" ...'
  senet why audit.log --allow=cil > local.cil`

type whyFlags struct {
	policyFlags
	output   outputFlags
	all, fix bool
	allow    string
}

func newWhy(streams ioStreams) *cobra.Command {
	var flags whyFlags
	cmd := &cobra.Command{
		Use:     "why [LINE...|FILE...|-]",
		Long:    whyLong,
		Example: whyExamples,
		RunE:    func(_ *cobra.Command, args []string) error { return flags.run(args, streams) },
	}
	flags.registerAll(cmd.Flags())
	cmd.Flags().BoolVar(&flags.all, "all", false, "print every denial, not the ten most frequent")
	cmd.Flags().BoolVar(&flags.fix, "fix", false, "compute the cost of the first fix for every denial that is printed")
	cmd.Flags().StringVar(&flags.allow, "allow", "", "print the rules that audit2allow would write, with their cost, as `FORM`: cil, te or both")
	cmd.Flags().Lookup("allow").NoOptDefVal = "both"
	flags.output.register(cmd.Flags())
	return cmd
}

// An openedPolicy is the policy to ask and the machine it is asked for.
type openedPolicy struct {
	p       *policy.Policy
	name    string
	machine machine
	err     error
}

func (f *whyFlags) run(args []string, streams ioStreams) error {
	if f.allow != "" && f.allow != "cil" && f.allow != "te" && f.allow != "both" {
		return usage(fmt.Errorf("--allow=%s: not cil, te or both", f.allow), "")
	}
	if f.allow != "" && f.output.json {
		return usage(errors.New("--allow and --json exclude one another"), "")
	}
	in, err := f.input(args, streams.stdin)
	if err != nil {
		return err
	}
	defer in.Close()
	if text := in.instead(); text != "" {
		words.Fprintf(streams.stderr, "senet: %s\n", text)
	}
	// The policy is decoded while the log is read.
	opened := make(chan openedPolicy, 1)
	go func() {
		var o openedPolicy
		if o.p, o.name, o.err = f.openInstalled(streams.stderr); o.err == nil {
			o.machine, o.err = f.machine(o.name)
		}
		opened <- o
	}()
	policyOpened := sync.OnceValue(func() openedPolicy { return <-opened })
	log, binary, err := readLog(in, func(s *audit.Signature) bool {
		// Asked when there are more kinds than are kept: the policy is long open.
		o := policyOpened()
		return o.p == nil || incident.KnownTo(o.p)(s)
	}, streams.stderr)
	var broken error // the log ended too early; what came before is answered
	ask := policyOpened()
	if ask.err != nil {
		return ask.err
	}
	if err != nil {
		broken = unreadable(readError(in, err), "")
		if log.Stats.Events == 0 {
			return broken
		}
	} else if err := in.empty(log, binary); err != nil {
		return err
	}
	a := f.answer(ask, log)
	a.input = in
	err = f.output.emit(streams.stdout, func() any { return a.json() }, func(w io.Writer) error {
		if f.allow != "" {
			return a.writeAllow(w, f.allow)
		}
		return a.write(w)
	})
	switch {
	case err != nil:
		return err
	case broken != nil:
		return broken
	case !a.report.Complete():
		return errNo
	}
	return nil
}

// answer asks a policy about a log.
func (f *whyFlags) answer(ask openedPolicy, log *incident.Log) *whyAnswer {
	a := &whyAnswer{policyName: ask.name, repeat: f.repeat(), p: ask.p, d: access.NewDecider(ask.p), machine: ask.machine}
	a.policyRepeat = f.repeatPolicy()
	var system *subject.System
	if !f.foreign() {
		system = f.system()
	}
	a.report = incident.Explain(a.d, log, f.options(ask.machine, system))
	return a
}

// readError says what could not be read.
func readError(in *whyInput, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: the file is cut off", err)
	}
	if in.Files != nil {
		return err // it names the file
	}
	return fmt.Errorf("%s: %w", in.Name, err)
}

// foreign reports whether the policy that is asked says nothing of this
// machine's files.
func (f *policyFlags) foreign() bool { return f.path != "" && f.root == "" }
