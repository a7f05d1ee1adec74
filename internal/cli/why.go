package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

const whyLong = `Explain SELinux denials: which check of the kernel refused what, how often, why,
whether the policy still refuses it today, what would be refused next, and what
would fix it. Equal denials are one, the most frequent comes first.

The denials are taken from the arguments: lines of a log, names of files, or -
for standard input. Any log will do: audit.log, ausearch, journalctl, dmesg,
syslog, JSON, gzip, a line out of a forum; also a program's own "Permission
denied", strace, listings of labels (ls -Z, restorecon -nv), and the rules of
audit2allow where the denials are lost. Without arguments and without a pipe
this machine's audit log is read, from the last boot on, else its journal, else
dmesg.

The first fix is named for each. Its cost is named too where at most three kinds
are about a port, at most 16 about something else, with at most a thousand
denials; --fix computes it for all that are printed. --allow prints the rules
that audit2allow would write instead, each with what it opens;
--allow=refpolicy a source that calls the interfaces of refpolicy's headers,
chosen by what they open besides, with allow rules for what no interface covers.

The policy is the running or the installed one, unless --policy or --root names
another; never the built-in example. With --modules the rules that grant, would
grant or silence an access are named with their modules and lines.

Exit status: 0 everything is explained, 1 some of it is not understood, or with
--fail something was refused, 64 a mistake in the command, 65 no input, or a
file that cannot be read.`

const whyExamples = `  senet why
  senet why /var/log/audit/audit.log.1 --all
  journalctl -b | senet why -
  senet why 'avc: denied { name_connect } for pid=812 comm="haproxy" ...'
  senet why audit.log --allow=cil > local.cil
  senet why --since 10m --fail`

type whyFlags struct {
	policyFlags
	origin   originFlags
	output   outputFlags
	all, fix bool
	fail     bool
	allow    string
	since    string
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
	cmd.Flags().StringVar(&flags.allow, "allow", "",
		"print the rules that audit2allow would write, with their cost, as `FORM`: cil, te, both or refpolicy")
	cmd.Flags().Lookup("allow").NoOptDefVal = "both"
	cmd.Flags().StringVar(&flags.since, "since", "",
		"leave out what is older than `TIME`: 10m, 2h, 3d, 08:30, 2026-11-30, @SECONDS, or an event's audit(...)")
	cmd.Flags().BoolVar(&flags.fail, "fail", false, "exit with 1 if there is a denial")
	flags.headersFlag.register(cmd.Flags())
	flags.output.register(cmd.Flags())
	flags.origin.register(cmd.Flags())
	return cmd
}

// An opened is the opened policy with its machine, or the reason why there is none.
type opened struct {
	*senet.Session
	machine senet.Machine
	err     error
}

func (f *whyFlags) open(stderr io.Writer) (o opened) {
	if o.Session, o.err = f.openInstalled(stderr); o.err == nil {
		o.machine, o.err = o.Machine(context.Background())
		o.err = questionProblem(o.err)
	}
	return o
}

func (f *whyFlags) run(args []string, streams ioStreams) error {
	if f.allow != "" && !slices.Contains([]string{"cil", "te", "both", "refpolicy"}, f.allow) {
		return usage(fmt.Errorf("--allow=%s: not cil, te, both or refpolicy", f.allow), "")
	}
	if f.allow != "" && f.output.json {
		return usage(errors.New("--allow and --json exclude one another"), "")
	}
	in, err := f.input(args, streams.stdin)
	if err != nil {
		return err
	}
	defer in.Close()
	if f.since != "" {
		if in.Since, err = incident.ParseTime(f.since, time.Now()); err != nil {
			return usage(fmt.Errorf("--since %w", err), "for example: --since 10m, --since '2026-11-30 08:30'")
		}
	}
	log, err := f.report(in, streams.stdout, streams.stderr)
	if err == nil && f.fail && log.Refused() > 0 {
		return errNo
	}
	return err
}

// report explains a log on a stream, and returns what it read.
func (f *whyFlags) report(in *incident.Source, to, stderr io.Writer) (*incident.Log, error) {
	if text := in.Instead(); text != "" {
		words.Fprintf(stderr, "senet: %s\n", text)
	}
	// The policy is decoded while the log is read.
	opening := make(chan opened, 1)
	go func() { opening <- f.open(stderr) }()
	policyOpened := sync.OnceValue(func() opened { return <-opening })
	stop := showReading(stderr, in)
	log, err := in.Log(func(s *audit.Signature) bool {
		// Used when there are more kinds than are kept: by then the policy is open.
		o := policyOpened()
		return o.Session == nil || incident.KnownTo(o.Policy())(s)
	})
	stop()
	var broken error // the log ended too early; what came before is answered
	ask := policyOpened()
	if ask.err != nil {
		return nil, ask.err
	}
	if err != nil {
		broken = unreadable(err, "")
		if log.Stats.Events == 0 {
			return nil, broken
		}
	} else if err := in.Empty(log); err != nil {
		return nil, unreadable(err, noInputHint)
	}
	a, err := f.answer(ask.Session, log)
	if err != nil {
		return nil, err
	}
	if a.Modules, err = f.origin.finder(&f.policyFlags, ask.Session); err != nil {
		return nil, err
	}
	a.Name, a.Args, a.Cut = in.Name, in.Args, in.Cut()
	if f.since != "" {
		a.Since, a.SinceFlag = in.Since, f.since
	}
	var allowed error
	err = f.output.emit(to, func() any {
		d := doc.WhyOf(&doc.WhyAnswer{
			Policy: ask.Source().Name, Host: ask.machine.Host, Assumptions: ask.machine.Assumptions(), Log: a,
		})
		d.Locate(a.Modules, ask.Policy())
		return d
	}, page(func(b *words.Page) {
		switch {
		case f.allow == "refpolicy":
			allowed = a.AllowRefpolicy(b)
		case f.allow != "":
			a.Allow(b, f.allow)
		default:
			a.Write(b)
		}
	}))
	switch {
	case errors.Is(allowed, senet.ErrNoHeaders):
		return log, unreadable(allowed, noHeaders)
	case allowed != nil:
		return log, unreadable(allowed, "")
	case err != nil:
		return log, err
	case broken != nil:
		return log, broken
	case !a.Report.Complete():
		return log, errNo
	}
	return log, nil
}

// whyShown bounds the findings that are printed, unless all are wanted.
const whyShown = 10

// answer asks a policy about a log.
func (f *whyFlags) answer(s *senet.Session, log *incident.Log) (*say.Log, error) {
	o := senet.WhyOptions{Limit: whyShown, Costs: incident.CostsOfFew}
	if f.all || f.allow != "" {
		o.Limit = 0
	}
	switch {
	case f.fix:
		o.Costs = incident.AllCosts
	case f.output.quiet || f.allow != "":
		o.Costs = incident.NoCosts
	}
	m, err := s.Machine(context.Background())
	if err != nil {
		return nil, questionProblem(err)
	}
	report, err := s.Explain(context.Background(), log, o)
	if err != nil {
		return nil, err
	}
	l := &say.Log{
		Decider: access.NewDecider(s.Policy()), Machine: m.Machine, Again: f.repeat(), PolicyAgain: f.repeatPolicy(),
		Report: report, Cover: s.Cover, Image: f.root, ImageType: s.PolicyType(),
	}
	if report.CostAccesses {
		l.Access = func(it *incident.Finding) *say.AccessFixes {
			x, err := s.AccessFixesOf(context.Background(), it)
			if err != nil || x == nil {
				return nil
			}
			return &say.AccessFixes{AccessFixes: x, Again: f.repeatPolicy(), Elsewhere: f.root != "",
				Image: f.root, Type: s.PolicyType()}
		}
	}
	return l, nil
}

const noInputHint = "name a log, paste a line in quotes, or pipe one: journalctl -b | senet why -"

// input chooses the log to read.
func (f *whyFlags) input(args []string, stdin io.Reader) (*incident.Source, error) {
	if len(args) == 0 {
		if in := incident.Piped(stdin); in != nil {
			return in, nil
		}
		return f.ownLog()
	}
	in, err := incident.Named(args, stdin)
	var p *fs.PathError
	switch {
	case err == nil:
		return in, nil
	case errors.Is(err, incident.ErrIsDirectory) && errors.As(err, &p):
		return nil, unreadable(fmt.Errorf("%s: %w", p.Path, p.Err), words.Format("name the logs in it: %s",
			filepath.Join(p.Path, "*")))
	case errors.Is(err, fs.ErrNotExist) && errors.As(err, &p):
		return nil, unreadable(fmt.Errorf("%s: %w", p.Path, fs.ErrNotExist), "a line of a log is given in quotes")
	}
	return nil, unreadable(err, "")
}

// ownLog opens this machine's log; with --root that of the other system.
func (f *whyFlags) ownLog() (*incident.Source, error) {
	root, err := host.OpenRoot(f.root)
	if err != nil {
		return nil, unreadable(err, "")
	}
	in, err := incident.OwnLog(root)
	if err != nil {
		hint := words.Lines(noInputHint)
		if root.Live() && errors.Is(err, fs.ErrPermission) {
			hint = "reading the audit log takes root: sudo senet why"
		}
		return nil, unreadable(err, hint)
	}
	return in, nil
}
