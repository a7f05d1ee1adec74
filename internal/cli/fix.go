package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/picture"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

const fixLong = `List every change of the policy that would let a refused operation succeed, each
with its exact cost: which other domains gain or lose access to which ports, and
how many ports the subject itself gains. First come those that say what is
meant, such as the service's own label or a boolean made for it, with what that
follows from; then the cheapest. Then make it.

Arguments are those of senet can, or a denial as senet why takes it: a line, a
file, or - for standard input. For what is no port they are SOURCE CLASS:PERMS
TARGET, where TARGET is a type, a context, self, or the path of a file, as
var_t:/srv/x if it has not the label of file_contexts: a label that is put right
comes before any rule, and after --apply restorecon gives it to the files. Three
fixes are shown; --all shows every one, also those that open far more than was
asked. A fix has a number N in the list and a name that stays, which may stand
for N: label:ssh_port_t, bool:NAME, own-type, rule:TYPE (--show prints it).
Where the headers of refpolicy are installed, or in --headers DIR, one fix is a
module that calls their interfaces.

  --show N   the forms to deploy it in: commands, CIL, Ansible, Puppet, Butane
  --plan N   the exact change and whom it concerns; --out FILE keeps it
  --apply N  change the policy store and ask it again; --apply FILE makes a
             plan's change, if the store is still as the plan saw it
  --undo     take the last change of the store back, as senet undo does
  --svg      draw what each fix changes; --dot is the same for Graphviz

A fix that needs a module is built here, from all modules of the store. Before
a change a person is asked; where nobody is, nothing is changed without --yes.
What opens far more than was asked, or is another service's, needs --force.
Where the store cannot be written, --apply prints the commands instead.

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
  senet fix haproxy_t connect tcp/5601 --apply own-type
  senet fix httpd_t file:read,open /srv/www/index.html
  journalctl -b | senet fix -
  senet fix httpd_t bind tcp/8081 --plan 1 --out web1.plan
  senet fix --apply web1.plan --yes
  senet fix --undo`

type fixFlags struct {
	policyFlags
	output     outputFlags
	pictures   pictureFlags
	write      writeFlags
	all, force bool
	undo       bool
	show, plan choice
	apply, out string
}

func newFix(streams ioStreams) *cobra.Command {
	var flags fixFlags
	cmd := &cobra.Command{
		Use:     "fix SUBJECT ACTION|CLASS:PERMS TARGET | LINE | FILE | -",
		Long:    fixLong,
		Example: fixExamples,
		RunE:    func(_ *cobra.Command, args []string) error { return flags.run(args, streams) },
	}
	flags.register(cmd.Flags())
	return cmd
}

func (f *fixFlags) register(flags *pflag.FlagSet) {
	f.registerAll(flags)
	f.registerAsIs(flags)
	f.packetFlags.register(flags)
	f.protocol.register(flags)
	flags.StringVarP(&f.write.store, "store", "S", "", "the policy store `NAME`, if it is not the configured one")
	flags.BoolVar(&f.all, "all", false, "show every fix")
	flags.StringVar((*string)(&f.show), "show", "", "print fix `N|NAME` whole, with the forms to deploy it in")
	flags.StringVar((*string)(&f.plan), "plan", "", "print what fix `N|NAME` would change, and for whom")
	flags.StringVar(&f.out, "out", "", "with --plan: write the plan to `FILE`, which --apply takes")
	flags.StringVar(&f.apply, "apply", "", "make the change of fix `N|NAME`, or of a plan `FILE`")
	flags.BoolVar(&f.undo, "undo", false, "take the last change of the store back, as senet undo does")
	flags.BoolVarP(&f.write.yes, "yes", "y", false, "do not ask")
	flags.BoolVar(&f.force, "force", false, "apply also what opens far more than was asked")
	flags.BoolVar(&f.write.dryRun, "dry-run", false,
		"with --apply or --undo: say what would change, and stop; exit status 2")
	flags.BoolVarP(&f.write.noReload, "noreload", "N", false, "do not load the new policy into the kernel")
	f.headersFlag.register(flags)
	f.output.register(flags)
	f.pictures.register(flags)
}

const fixExample = "for example: senet fix haproxy_t connect tcp/5601"

// run runs the command.
func (f *fixFlags) run(args []string, streams ioStreams) error {
	f.write.root = f.root
	if err := f.exclusive(); err != nil {
		return err
	}
	if f.undo {
		if len(args) > 0 {
			return usage(errors.New("--undo takes no arguments: it takes back the last change"),
				"senet undo N takes an older change back")
		}
		return f.write.runUndo(streams, &f.output, 0)
	}
	if f.apply != "" {
		switch c := choice(f.apply); {
		case len(args) == 0 && !c.named():
			return f.runPlanFile(streams)
		case len(args) == 0:
			return usage(errors.New("which fix? --apply N needs the question, or the denial"),
				"for example: senet fix haproxy_t connect tcp/5601 --apply 1")
		case !c.named():
			return usage(fmt.Errorf("--apply %s: neither the number nor the name of a fix", f.apply),
				"a plan is applied without other arguments: senet fix --apply FILE")
		}
		if isAccess(args) {
			return f.runAccess(args, streams)
		}
		a, err := f.ask(args, streams)
		if err != nil {
			return f.otherwise(err, streams)
		}
		return f.runApply(a, choice(f.apply), streams)
	}
	if isAccess(args) {
		if err := f.undrawn(); err != nil {
			return err
		}
		return f.runAccess(args, streams)
	}
	a, err := f.ask(args, streams)
	if err != nil {
		return f.otherwise(err, streams)
	}
	shown, err := a.chosen("show", f.show)
	if err != nil {
		return err
	}
	if shown > 0 && a.store == nil {
		if err := a.Verify(shown - 1); err != nil {
			return fmt.Errorf("fix %d: %w", shown, err)
		}
	}
	planned, err := a.chosen("plan", f.plan)
	if err != nil {
		return err
	}
	if f.plan != "" {
		if a.asked.Verdict != network.Denied {
			return f.nothing(a, streams)
		}
		return f.runPlan(a, planned, streams)
	}
	if a.asked.Verdict == network.Allowed && a.store != nil {
		if kernel, _ := f.askKernel(a); kernel != nil && kernel.Verdict == network.Denied {
			return f.nothing(a, streams)
		}
	}
	draw := func() *picture.Picture { return picture.Fixes(a.said(), f.all) }
	err = f.output.emit(streams.stdout, func() any { return a.json() }, f.pictures.or(draw, page(func(b *words.Page) {
		if shown > 0 {
			a.said().One(b, shown-1)
		} else if best := a.said().Write(b, f.all); best >= 0 {
			f.writeNext(a, b, best+1)
		}
	})))
	if err == nil && a.Hopeless() {
		err = errNo
	}
	if err == nil && a.asked.Verdict != network.Denied {
		err = verdictError(a.asked.Together())
	}
	return err
}

// undrawn refuses a picture of fixes that are not of an operation on the network.
func (f *fixFlags) undrawn() error {
	if f.pictures == (pictureFlags{}) {
		return nil
	}
	return usage(errors.New("--svg and --dot draw the fixes of an operation on the network"), fixExample)
}

// exclusive refuses flags that exclude one another.
func (f *fixFlags) exclusive() error {
	var given []string
	for _, flag := range []struct {
		name string
		set  bool
	}{{"--show", f.show != ""}, {"--plan", f.plan != ""}, {"--apply", f.apply != ""}, {"--undo", f.undo}} {
		if flag.set {
			given = append(given, flag.name)
		}
	}
	change := f.apply != "" || f.undo
	if err := f.pictures.check(&f.output, strings.Join(given, ", ")); err != nil {
		return err
	}
	switch {
	case len(given) > 1:
		return usage(fmt.Errorf("%s and %s exclude one another", given[0], given[1]), "")
	case f.out != "" && f.plan == "":
		return usage(errors.New("--out needs --plan"), "")
	case f.out == "-":
		return usage(errors.New("--out takes the name of a file"), "--plan N --json prints the same text")
	case f.write.dryRun && !change:
		return usage(errors.New("--dry-run needs --apply or --undo; without them nothing is changed"), "")
	case f.path != "" && (change || f.out != ""):
		return usage(errors.New("--policy names a file, not a policy store, which could be changed"),
			"--plan N shows its commands; --root DIR and --store NAME name a store")
	case len(f.bools) > 0 && (change || f.out != ""):
		return usage(errors.New("--bool asks what if: the store has its own booleans"),
			"senet fix without --bool asks as they are")
	}
	return nil
}

// A fixAnswer is an operation with its fixes.
type fixAnswer struct {
	*senet.Fixes
	asked *asked // the same answer
	// store is the policy store that was used; nil if it was another policy, because of storeErr if
	// that is set.
	store    *senet.Store
	storeErr error
	// half is the change that was killed before it was complete, nil for none.
	half *change.UnfinishedError
	// whatIf says that booleans have other values in the question.
	whatIf bool
	flags  writeFlags // the flags for the store
	// describe returns the description of a boolean in the documentation of the system's policy;
	// nil for a policy that is not the system's.
	describe func(boolean string) string
	// others are the questions of further denials.
	others []senet.Query
}

// said returns the answer for package say.
func (a *fixAnswer) said() *say.Fixes {
	x := say.FixesOf(a.Fixes)
	x.Describe = a.describe
	return x
}

func (a *fixAnswer) title(f *remedy.Fix) string { return say.FixTitle(a.asked.Policy(), f) }

func (a *fixAnswer) json() doc.Fixes {
	return doc.FixesOf(a.asked.policyName, a.Fixes, a.describe, a.others)
}

// again returns the command that asks the question at any later time.
func (a *fixAnswer) again() shell.Command { return fixCommand(a.asked.Lasting(), a.asked.repeat) }

// fixCommand returns the senet fix command for a question, with flags.
func fixCommand(q senet.Query, flags shell.Command) shell.Command {
	return shell.New("senet", "fix").Arg(q.Subject, string(q.Operation), q.Target.String()).With(flags)
}
