package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

const fixLong = `List every change of the policy that would let a refused operation succeed, the
cheapest first, each with its exact cost: which other domains gain or lose
access to which ports, and how many ports the subject itself gains. Then make
it.

Arguments are those of senet can, or a denial as senet why takes it: a line, a
file, or - for standard input. Three fixes are shown; --all shows every one,
also those that open far more than was asked.

  --show N   the forms to deploy it in: commands, CIL, Ansible, Puppet, Butane
  --plan N   the exact change and whom it concerns; --out FILE keeps it
  --apply N  change the policy store and ask it again; --apply FILE makes a
             plan's change, if the store is still as the plan saw it
  --undo     take the last change of the store back, as senet undo does

A fix that needs a module is built here, from all modules of the store. Before
a change a person is asked; where nobody is, nothing is changed without --yes.
What opens far more than was asked needs --force. Where the store cannot be
written, --apply prints the commands instead.

Without --policy the policy store is asked where it may be read, else the
running or the installed policy, else the built-in example. A system that is
permissive is taken to be enforcing.

Exit status: 0 fixes are listed; it is applied, allowed already or taken back, 1
no fix works, only the other end is refused, or there is nothing to undo, 2
--dry-run, or nobody said yes: a change is pending, 3 it depends, 64 a mistake
in the command, 65 a policy that cannot be read, a store that cannot be written,
or a plan for another state of it.`

const fixExamples = `  senet fix haproxy_t connect tcp/5601
  senet fix httpd_t bind tcp/8081 --plan 1
  senet fix haproxy_t connect tcp/5601 --apply 1
  journalctl -b | senet fix -
  senet fix httpd_t bind tcp/8081 --plan 1 --out web1.plan
  senet fix --apply web1.plan --yes
  senet fix --undo`

type fixFlags struct {
	policyFlags
	output     outputFlags
	write      writeFlags
	all, force bool
	undo       bool
	show, plan int
	apply, out string
}

func newFix(streams ioStreams) *cobra.Command {
	var flags fixFlags
	cmd := &cobra.Command{
		Use:     "fix SUBJECT ACTION TARGET | LINE | FILE | -",
		Long:    fixLong,
		Example: fixExamples,
		RunE:    func(_ *cobra.Command, args []string) error { return flags.run(args, streams) },
	}
	flags.register(cmd.Flags())
	return cmd
}

func (f *fixFlags) register(flags *pflag.FlagSet) {
	f.registerAll(flags)
	f.packetFlags.register(flags)
	f.protocol.register(flags)
	flags.StringVarP(&f.write.store, "store", "S", "", "the policy store `NAME`, if it is not the configured one")
	flags.BoolVar(&f.all, "all", false, "show every fix")
	flags.IntVar(&f.show, "show", 0, "print fix `N` whole, with the forms to deploy it in")
	flags.IntVar(&f.plan, "plan", 0, "print what fix `N` would change, and for whom")
	flags.StringVar(&f.out, "out", "", "with --plan: write the plan to `FILE`, which --apply takes")
	flags.StringVar(&f.apply, "apply", "", "make the change of fix `N|FILE`")
	flags.BoolVar(&f.undo, "undo", false, "take the last change of the store back, as senet undo does")
	flags.BoolVarP(&f.write.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&f.force, "force", false, "apply also what opens far more than was asked")
	flags.BoolVar(&f.write.dryRun, "dry-run", false, "with --apply or --undo: say what would change, and stop; exit status 2")
	flags.BoolVarP(&f.write.noReload, "noreload", "N", false, "do not load the new policy into the kernel")
	f.output.register(flags)
}

const fixExample = "for example: senet fix haproxy_t connect tcp/5601"

// run does what the flags say.
func (f *fixFlags) run(args []string, streams ioStreams) error {
	f.write.root = f.root
	if err := f.exclusive(); err != nil {
		return err
	}
	if f.undo {
		if len(args) > 0 {
			return usage(errors.New("--undo takes no arguments: it takes back the last change"), "senet undo N takes an older change back")
		}
		return f.write.runUndo(streams, &f.output, 0)
	}
	if f.apply != "" {
		n, err := strconv.Atoi(f.apply)
		switch {
		case err != nil && len(args) == 0:
			return f.runPlanFile(streams)
		case err != nil || n < 1:
			return usage(fmt.Errorf("--apply %s: not the number of a fix", f.apply), "a plan is applied without other arguments: senet fix --apply FILE")
		case len(args) == 0:
			return usage(errors.New("which fix? --apply N needs the question, or the denial"), "for example: senet fix haproxy_t connect tcp/5601 --apply 1")
		}
		a, err := f.ask(args, streams)
		if err != nil {
			return err
		}
		return f.runApply(a, n, streams)
	}
	a, err := f.ask(args, streams)
	if err != nil {
		return err
	}
	for _, choice := range []struct {
		flag string
		n    int
	}{{"show", f.show}, {"plan", f.plan}} {
		if choice.n < 0 || choice.n > len(a.fixes) && a.can.answer.Verdict == network.Denied {
			return usage(fmt.Errorf("--%s %d: there %s", choice.flag, choice.n, say.FixCount(len(a.fixes))), "")
		}
	}
	if f.plan > 0 {
		if a.can.answer.Verdict != network.Denied {
			return f.nothing(a, streams)
		}
		return f.runPlan(a, streams)
	}
	if a.can.answer.Verdict == network.Allowed && a.store != nil {
		if kernel, _ := f.askKernel(a); kernel != nil && kernel.answer.Verdict == network.Denied {
			return f.nothing(a, streams)
		}
	}
	err = f.output.emit(streams.stdout, func() any { return a.json() }, page(func(b *words.Page) {
		if f.show > 0 && len(a.fixes) > 0 {
			a.said().One(b, f.show-1)
		} else if best := a.said().Write(b, f.all); best >= 0 {
			a.writeNext(b, best+1)
		}
	}))
	if err == nil && a.hopeless() {
		err = errNo
	}
	if err == nil && a.can.answer.Verdict != network.Denied {
		err = verdictError(a.can.together())
	}
	return err
}

// exclusive refuses flags that ask for two things.
func (f *fixFlags) exclusive() error {
	var given []string
	for _, flag := range []struct {
		name string
		set  bool
	}{{"--show", f.show != 0}, {"--plan", f.plan != 0}, {"--apply", f.apply != ""}, {"--undo", f.undo}} {
		if flag.set {
			given = append(given, flag.name)
		}
	}
	change := f.apply != "" || f.undo
	switch {
	case len(given) > 1:
		return usage(fmt.Errorf("%s and %s exclude one another", given[0], given[1]), "")
	case f.out != "" && f.plan == 0:
		return usage(errors.New("--out needs --plan"), "")
	case f.out == "-":
		return usage(errors.New("--out takes the name of a file"), "--plan N --json prints the same text")
	case f.write.dryRun && !change:
		return usage(errors.New("--dry-run needs --apply or --undo; without them nothing is changed"), "")
	case f.path != "" && (change || f.out != ""):
		return usage(errors.New("--policy names a file, not a policy store, which could be changed"), "--plan N shows its commands; --root DIR and --store NAME name a store")
	case len(f.bools) > 0 && (change || f.out != ""):
		return usage(errors.New("--bool asks what if: the store has its own booleans"), "senet fix without --bool asks as they are")
	}
	return nil
}

// A fixAnswer is an operation with the fixes it has.
type fixAnswer struct {
	can   *canAnswer
	fixes []remedy.Fix
	// store is the policy store that was asked; nil where another policy was,
	// because of storeErr if that is set.
	store    *fixStore
	storeErr error
	// whatIf says that booleans were not asked about as they are.
	whatIf bool
	flags  writeFlags // that name the store
	// stdin says that the denial was read from standard input.
	stdin bool
	// others are the questions of further denials.
	others []fixQuestion
}

// hopeless reports whether the operation is refused and no fix works, but to make
// the domain permissive, which always does.
func (a *fixAnswer) hopeless() bool {
	return a.can.answer.Verdict == network.Denied &&
		!slices.ContainsFunc(a.fixes, func(f remedy.Fix) bool { return f.Works && f.Kind != remedy.Permissive })
}

// said is the answer as it is put into words.
func (a *fixAnswer) said() *say.Fixes {
	return &say.Fixes{Operation: a.can.said(), Peer: a.can.peer, Together: a.can.together(), List: a.fixes}
}

func (a *fixAnswer) title(f *remedy.Fix) string { return say.FixTitle(a.can.p, f) }

func (a *fixAnswer) json() doc.Fixes {
	q := a.can
	answer := doc.FixAnswer{Policy: q.policyName, Host: q.machine.facts, Assumptions: q.assumptions(), Fixes: a.said()}
	for _, other := range a.others {
		answer.Others = append(answer.Others, doc.Question(other))
	}
	return doc.FixesOf(&answer)
}

// question is what was asked, as one could type it at any time: a process may be
// gone, or run as something else, when the question is asked again.
func (a *fixAnswer) question() fixQuestion {
	q := fixQuestion{a.can.p.FormatContext(a.can.subject.Context), string(a.can.op), a.can.target.String()}
	typ := subjectType(a.can)
	if usual, ok := subject.FromType(a.can.p, typ); ok && a.can.p.FormatContext(usual) == q.Subject {
		q.Subject = a.can.p.TypeName(typ)
	}
	return q
}
