package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/modstore"
)

const moduleLong = `List and change the modules that the policy of a store is built from. What a
change gives to domains on the network, and takes from them, is said first.

  list [NAME...]        the modules, the highest priority first
  install FILE...       a module of CIL, NAME.cil, a package, NAME.pp, or a
                        source, NAME.te, with NAME.fc beside it
  build FILE            make a package of a source, or CIL with -o NAME.cil
  new NAME              write the sources of a module in refpolicy's style,
                        that allows a domain exactly some ports and denials
  lint FILE...          check sources: interfaces and their arguments, names
                        that the policy lacks, SELint's style
  remove NAME...        take modules out
  enable, disable NAME  part of the policy or not, at every priority
  priority NAME N       give a module priority N
  extract NAME          the module as it was installed, to a file or with -o -
  rebuild               build the policy from its modules again

Of a name the module of the highest priority counts. Distributions install at
100, administrators at 400. A module that local records need is not removed.
Before a change a person is asked; where nobody is, nothing is changed without
--yes.

A source is what checkmodule takes, as people and audit2allow write it. Calls of
refpolicy's interfaces and macros are replaced first, by the headers that are
installed (see senet refpolicy), with the interfaces of NAME.if beside it.

Exit status: 0 done, or something is listed, 1 nothing to list, 2 --dry-run, or
nobody said yes: the change is pending, 64 a mistake in the command, 65 the
store cannot be read or changed, or the modules do not compile.`

const moduleExamples = `  senet module install web.te
  senet module remove web --dry-run
  senet module list --json`

// moduleFlags are the flags that the commands for modules share.
type moduleFlags struct {
	writeFlags
	outputFlags
	priority int
	verbose  bool
	out      string
	source   modfile.Options
	sources  sourceFlags
}

func newModule(streams ioStreams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "module",
		Long:    moduleLong,
		Example: moduleExamples,
		Args:    exactArgs(0, "senet module list"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, sub := range []struct {
		use, short, example string
		args                cobra.PositionalArgs
		flags               func(*moduleFlags, *pflag.FlagSet)
		run                 func(*moduleFlags, ioStreams, []string) error
	}{
		{"list [NAME...]", "the modules of a store", "list\n  senet module list web --json", cobra.ArbitraryArgs,
			(*moduleFlags).reading, (*moduleFlags).list},
		{"install FILE...", "install modules", "install web.te\n  senet module install -X 300 web.cil --dry-run",
			cobra.MinimumNArgs(1), (*moduleFlags).writingAt, (*moduleFlags).install},
		{"build FILE", "make a package of a module's source",
			"build web.te\n  senet module build web.te -o web.cil", exactArgs(1, "senet module build web.te"),
			(*moduleFlags).building, (*moduleFlags).build},
		{"new NAME", "write the sources of a module", "new web --domain httpd_t --binds tcp/8443\n" +
			"  senet module new web --domain httpd_t --from audit.log -o web", exactArgs(1, "senet module new web"),
			(*moduleFlags).newing, (*moduleFlags).create},
		{"lint FILE...", "check the sources of modules", "lint web.te\n  senet module lint web.te --headers include",
			cobra.MinimumNArgs(1), (*moduleFlags).linting, (*moduleFlags).lint},
		{"remove NAME...", "take modules out", "remove web\n  senet module remove web --dry-run", cobra.MinimumNArgs(1),
			(*moduleFlags).writingAt, (*moduleFlags).remove},
		{"enable NAME...", "make modules part of the policy", "enable games\n  senet module enable games --yes",
			cobra.MinimumNArgs(1), (*moduleFlags).writing, (*moduleFlags).enable},
		{"disable NAME...", "leave modules out of the policy", "disable games\n  senet module disable games --dry-run",
			cobra.MinimumNArgs(1), (*moduleFlags).writing, (*moduleFlags).disable},
		{"priority NAME N", "give a module another priority",
			"priority web 300\n  senet module priority web 100 -X 300 --dry-run", cobra.ExactArgs(2),
			(*moduleFlags).moving, (*moduleFlags).move},
		{"extract NAME", "the module as it was installed", "extract web\n  senet module extract web -o -",
			cobra.ExactArgs(1), (*moduleFlags).extracting, (*moduleFlags).extract},
		{"rebuild", "build the policy from its modules again",
			"rebuild\n  senet module rebuild --root /mnt/image --yes",
			cobra.NoArgs, (*moduleFlags).writing, (*moduleFlags).rebuild},
	} {
		f := &moduleFlags{}
		child := &cobra.Command{
			Use: sub.use, Short: sub.short, Long: moduleLong, Example: "  senet module " + sub.example, Args: sub.args,
			RunE: func(_ *cobra.Command, args []string) error { return sub.run(f, streams, args) },
		}
		sub.flags(f, child.Flags())
		f.outputFlags.register(child.Flags())
		cmd.AddCommand(child)
	}
	return cmd
}

func (f *moduleFlags) reading(flags *pflag.FlagSet) { f.storeFlags.register(flags) }

func (f *moduleFlags) writing(flags *pflag.FlagSet) {
	f.writeFlags.register(flags)
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "name all domains")
}

func (f *moduleFlags) writingAt(flags *pflag.FlagSet) {
	f.writing(flags)
	flags.IntVarP(&f.priority, "priority", "X", modstore.DefaultPriority, "the `PRIORITY` of the module, 1 to 999")
}

func (f *moduleFlags) moving(flags *pflag.FlagSet) {
	f.writing(flags)
	flags.IntVarP(&f.priority, "priority", "X", 0, "the `PRIORITY` that the module has (the highest there is)")
}

func (f *moduleFlags) extracting(flags *pflag.FlagSet) {
	f.storeFlags.register(flags)
	flags.IntVarP(&f.priority, "priority", "X", 0, "the `PRIORITY` of the module (the highest there is)")
	flags.StringVarP(&f.out, "output", "o", "", "write to `FILE` (NAME.LANGUAGE), - for standard output")
}

func (f *moduleFlags) list(streams ioStreams, names []string) error {
	s, err := f.storeFlags.open()
	if err != nil {
		return err
	}
	list, err := modstore.Open(s, modstore.Options{}).List()
	if err != nil {
		return f.moduleProblem(err)
	}
	if len(names) > 0 {
		list = slices.DeleteFunc(list, func(m modstore.Module) bool { return !slices.Contains(names, m.Name) })
	}
	err = f.emit(streams.stdout, func() any { return doc.ModuleListOf(s.Name(), list) },
		page(func(b *words.Page) { say.Modules(b, list) }))
	if err == nil && len(list) == 0 {
		err = errNo
	}
	return err
}

func (f *moduleFlags) install(streams ioStreams, files []string) error {
	var edits []change.ModuleEdit
	for _, file := range files {
		e, err := f.read(streams, file)
		if err != nil {
			return err
		}
		edits = append(edits, e)
	}
	return f.change(streams, "install", edits, files)
}

func (f *moduleFlags) remove(streams ioStreams, names []string) error {
	return f.change(streams, "remove", f.edits(change.RemoveModule, names), names)
}

func (f *moduleFlags) enable(streams ioStreams, names []string) error {
	return f.change(streams, "enable", f.edits(change.EnableModule, names), names)
}

func (f *moduleFlags) disable(streams ioStreams, names []string) error {
	return f.change(streams, "disable", f.edits(change.DisableModule, names), names)
}

func (f *moduleFlags) rebuild(streams ioStreams, _ []string) error {
	return f.change(streams, "rebuild", f.edits(change.RebuildModules, []string{""}), nil)
}

func (f *moduleFlags) move(streams ioStreams, args []string) error {
	to, err := strconv.Atoi(args[1])
	if err == nil {
		err = modstore.CheckKey(modstore.Key{Priority: to, Name: args[0]})
	}
	if err != nil {
		return usage(err, "senet module priority NAME N, N of 1 to 999")
	}
	edits := f.edits(change.MoveModule, args[:1])
	edits[0].To = to
	return f.change(streams, "priority", edits, args)
}

func (f *moduleFlags) edits(op change.ModuleOp, names []string) []change.ModuleEdit {
	list := make([]change.ModuleEdit, len(names))
	for i, name := range names {
		list[i] = change.ModuleEdit{Op: op, Key: modstore.Key{Priority: f.priority, Name: name}}
	}
	return list
}

// change prints the effects of edits, asks for consent and makes them.
func (f *moduleFlags) change(streams ioStreams, action string, edits []change.ModuleEdit, args []string) error {
	s, err := f.openChange(streams)
	if err != nil {
		return err
	}
	ctx, stop := interruptible()
	defer stop()
	p, err := s.ProposeModules(ctx, change.ModuleRequest{
		Edits: edits, Facts: f.factsUnder, Opened: func(d *change.Draft) { sayRepaired(streams.stderr, d) },
		Hold: f.yes && !f.dryRun,
	})
	if err != nil {
		return f.moduleProblem(err)
	}
	names := make([]string, 0, len(edits))
	for _, e := range edits {
		if e.Key.Name != "" {
			names = append(names, e.Key.Name)
		}
	}
	repeat, changed := f.command(action, args), p.Changed || action == "rebuild"
	var done *change.Done
	json := func() any {
		out := doc.ModuleChangeOf(action, s.Records().Name(), names, p, done)
		switch {
		case done != nil:
			out.Next = f.back(action, edits, p, done).String()
		case changed:
			out.Next = repeat.String()
		default:
			out.Status = "nothing"
		}
		return out
	}
	done, err = f.carryOut(ctx, streams, &f.outputFlags, p, view{json: json, changed: changed, next: repeat,
		nothing: func(b *words.Page) { b.Printf("done  nothing to do\n") },
		preview: func(b *words.Page) { say.ModuleProposal(b, p, f.verbose) }})
	if done == nil || err != nil {
		return err
	}
	return f.emit(streams.stdout, json, func(w io.Writer) error {
		var b words.Page
		say.ModuleDone(&b, fmt.Sprintf("%s %s", action, say.Plural(len(names), "module")), done)
		if undo := f.back(action, edits, p, done); len(undo.Words()) > 0 {
			b.Command("undo", undo)
		}
		_, err := b.WriteTo(w)
		return err
	})
}

// command returns a module command as a user would type it.
func (f *moduleFlags) command(action string, args []string) shell.Command {
	c := shell.New("senet", "module", action)
	if f.priority != 0 && f.priority != modstore.DefaultPriority {
		c = c.Option("-X", fmt.Sprint(f.priority))
	}
	for _, a := range args {
		c = c.Arg(a)
	}
	return c.With(f.repeatWrite())
}

// back returns the command that undoes the change, none if no single command does.
func (f *moduleFlags) back(
	action string, edits []change.ModuleEdit, p *change.ModuleProposal, done *change.Done,
) shell.Command {
	if p.Undoable() {
		return f.undoCommand(done.Entry.ID)
	}
	opposite := map[string]string{"enable": "disable", "disable": "enable"}[action]
	if opposite == "" {
		return shell.Command{}
	}
	names := make([]string, len(edits))
	for i, e := range edits {
		names[i] = e.Key.Name
	}
	return f.command(opposite, names)
}
