package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydb"
)

const compileLong = `Compile CIL files into a binary policy, byte for byte as secilc does, and say
all that is wrong with them: where, the line, what was expected, the nearest
names, and the calls, blocks and optionals that lead there.

The files are compiled as if they stood one after the other in one. Those of a
module store are compiled in the order of the modules' names.

Exit status: 0 compiled, 64 a mistake in the command, 65 a file cannot be read
or written, or the policy does not compile.`

const compileExamples = `  senet compile base.cil web.cil -o policy.33
  senet compile *.cil -o policy.33 -f file_contexts --explain-optionals
  senet compile *.cil --check`

// compileFlags are the flags of senet compile.
type compileFlags struct {
	output, contexts, unknown, target, mls string
	libsepol                               string
	version, expandSize                    uint32
	check, explain                         bool
	out                                    outputFlags
	opts                                   compile.Options
}

func newCompile(streams ioStreams) *cobra.Command {
	var f compileFlags
	cmd := &cobra.Command{
		Use:     "compile FILE...",
		Long:    compileLong,
		Example: compileExamples,
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("senet compile takes files of CIL"),
					"for example: senet compile base.cil web.cil -o policy.33")
			}
			for _, name := range []string{"output", "file-contexts"} {
				if flag := cmd.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
					return usage(fmt.Errorf("--%s takes the name of a file", name), "")
				}
			}
			if cmd.Flags().Changed("expand-size") {
				f.opts.ExpandSize = &f.expandSize
			}
			return f.run(streams, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "", "the policy `FILE` (policy.VERSION)")
	flags.StringVarP(&f.contexts, "file-contexts", "f", "", "write the file contexts to `FILE`")
	flags.BoolVar(&f.check, "check", false, "write nothing")
	f.out.register(flags)
	flags.BoolVar(&f.explain, "explain-optionals", false, "say which optionals went away, and why")
	flags.Uint32VarP(&f.version, "policy-version", "c", 0,
		"`VERSION` of the policy (33, or the first that can say what the policy says)")
	flags.StringVarP(&f.target, "target", "t", "selinux", "`SYSTEM`: selinux or xen")
	flags.StringVarP(&f.mls, "mls", "M", "", "`true` or false, whatever the policy says")
	flags.StringVarP(&f.unknown, "handle-unknown", "U", "", "`deny`, allow or reject, whatever the policy says")
	flags.BoolVarP(&f.opts.DisableDontAudit, "disable-dontaudit", "D", false, "leave dontaudit rules out")
	flags.BoolVarP(&f.opts.DisableNeverallow, "disable-neverallow", "N", false,
		"do not check neverallow rules and bounds")
	flags.BoolVarP(&f.opts.PreserveTunables, "preserve-tunables", "P", false, "tunables become booleans")
	flags.BoolVarP(&f.opts.QualifiedNames, "qualified-names", "Q", false, "names have dots, and there are no blocks")
	flags.BoolVarP(&f.opts.MultipleDecls, "multiple-decls", "m", false, "types and attributes may be declared again")
	flags.BoolVarP(&f.opts.ExpandGenerated, "expand-generated", "G", false, "take generated attributes out")
	flags.Uint32VarP(&f.expandSize, "expand-size", "X", 1, "take attributes with fewer types than `SIZE` out")
	flags.BoolVarP(&f.opts.Optimize, "optimize", "O", false, "take rules out that others contain")
	flags.BoolVar(&f.opts.FatalConflicts, "fatal-conflicts", false, "labels given twice are errors")
	flags.StringVar(&f.libsepol, "libsepol", "",
		"compile as libsepol `RELEASE` does: 3.4 to "+compile.NewestRelease.String()+
			" (the language of the newest, in the order of 3.4; the first of labels given twice counts)")
	return cmd
}

// options converts the flags to options of the compiler.
func (f *compileFlags) options() (o compile.Options, err error) {
	o = f.opts
	o.Version = f.version
	usual := compile.DefaultOptions()
	o.Libsepol, o.Order, o.FirstConflict = usual.Libsepol, usual.Order, usual.FirstConflict
	if f.libsepol != "" {
		o.Order, o.FirstConflict = 0, false
		if o.Libsepol, err = compile.ParseRelease(f.libsepol); err != nil {
			return o, err
		}
	}
	var ok bool
	if o.Target, ok = policydb.ParseTarget(f.target); !ok {
		return o, fmt.Errorf("there is no target %s: want selinux or xen", f.target)
	}
	if f.mls != "" {
		on := f.mls == "true"
		if !on && f.mls != "false" {
			return o, fmt.Errorf("--mls is true or false, not %s", f.mls)
		}
		o.MLS = &on
	}
	if f.unknown != "" {
		unknown, ok := policydb.ParseHandleUnknown(f.unknown)
		if !ok {
			return o, fmt.Errorf("--handle-unknown is deny, allow or reject, not %s", f.unknown)
		}
		o.HandleUnknown = &unknown
	}
	return o, o.Check()
}

func (f *compileFlags) run(streams ioStreams, names []string) error {
	opts, err := f.options()
	if err != nil {
		return usage(err, "")
	}
	modules, err := compile.ReadModules(names, opts)
	if err != nil {
		if found := compile.FromSyntax(err); found != nil {
			return f.refuse(streams, found)
		}
		return unreadable(err, "")
	}
	result, err := compile.Build(modules, opts)
	var found *compile.Errors
	switch {
	case errors.As(err, &found):
		return f.refuse(streams, found)
	case err != nil:
		return unreadable(err, "")
	}
	if f.out == (outputFlags{}) && f.libsepol == "" {
		if err := words.Write(streams.stderr, say.LabelConflicts(result.Conflicts)); err != nil {
			return err
		}
	}
	output := ""
	if !f.check {
		if output, err = f.write(result); err != nil {
			return unreadable(err, "")
		}
	}
	return f.out.emit(streams.stdout, func() any { return doc.CompileOf(result, output) },
		func(w io.Writer) error {
			if !f.explain {
				return nil
			}
			return words.Write(w, say.GoneOptionals(result.Gone()))
		})
}

// write writes the policy and the file contexts, and returns the name of the policy's file.
func (f *compileFlags) write(r *compile.Result) (string, error) {
	output := f.output
	if output == "" {
		output = words.Sprintf("policy.%d", r.Policy.Version)
	}
	if err := sysroot.Replace(output, r.Policy.Encode()); err != nil || f.contexts == "" {
		return output, err
	}
	return output, sysroot.Replace(f.contexts, r.FileContexts)
}

// refuse prints the errors in the sources.
func (f *compileFlags) refuse(streams ioStreams, found *compile.Errors) error {
	err := f.out.emit(streams.stdout, func() any { return doc.CompileErrorsOf(found) }, nil)
	if err != nil { // as text it goes to standard error
		return err
	}
	if err := words.Write(streams.stderr, say.CompileErrors(found, len(found.List))); err != nil {
		return err
	}
	n := len(found.List) + found.More
	if n == 1 {
		return unreadable(errors.New("the policy does not compile: 1 error"), "")
	}
	return unreadable(fmt.Errorf("the policy does not compile: %d errors", n), "")
}
