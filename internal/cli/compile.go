package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/doc"
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
	check, explain, json                   bool
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
	flags.BoolVar(&f.json, "json", false, "print what was made, or what is wrong, as JSON")
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

// options turns the flags into what the compiler takes.
func (f *compileFlags) options() (compile.Options, error) {
	o := f.opts
	o.Version = f.version
	if f.version != 0 && f.version < policydb.MinVersion || f.version > policydb.MaxVersion {
		return o, fmt.Errorf("no policy has version %d", f.version)
	}
	switch f.target {
	case "selinux":
	case "xen":
		o.Target = policydb.TargetXen
	default:
		return o, fmt.Errorf("no target is called %s: want selinux or xen", f.target)
	}
	switch f.mls {
	case "":
	case "true", "false":
		on := f.mls == "true"
		o.MLS = &on
	default:
		return o, fmt.Errorf("--mls is true or false, not %s", f.mls)
	}
	unknown := policydb.UnknownDeny
	switch f.unknown {
	case "":
	case "deny", "allow", "reject":
		switch f.unknown {
		case "allow":
			unknown = policydb.UnknownAllow
		case "reject":
			unknown = policydb.UnknownReject
		}
		o.HandleUnknown = &unknown
	default:
		return o, fmt.Errorf("--handle-unknown is deny, allow or reject, not %s", f.unknown)
	}
	o.FirstConflict = f.libsepol == ""
	var err error
	if f.libsepol == "" {
		// The newest language, and the bytes that Debian 12's tools write.
		o.Libsepol, o.Order = compile.NewestRelease, compile.OldestRelease
	} else if o.Libsepol, err = compile.ParseRelease(f.libsepol); err != nil {
		return o, err
	}
	if newest := o.Libsepol.Version(); f.version > newest {
		return o, fmt.Errorf("the newest version of a policy that libsepol %s writes is %d", o.Libsepol, newest)
	}
	return o, nil
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
	if err := f.conflicts(streams, result.Conflicts); err != nil {
		return err
	}
	output := ""
	if !f.check {
		if output, err = f.write(result); err != nil {
			return unreadable(err, "")
		}
	}
	switch {
	case f.json:
		return writeJSON(streams.stdout, doc.CompileOf(result, output))
	case f.explain:
		return explainOptionals(streams.stdout, result.Gone())
	}
	return nil
}

// conflicts lists the labels that have no effect.
func (f *compileFlags) conflicts(streams ioStreams, list []compile.Note) error {
	if f.json || f.libsepol != "" {
		return nil
	}
	for _, n := range list {
		if _, err := words.Fprintf(streams.stderr, "note: %s; the first counts, libsepol from 3.5 refuses both\n",
			words.Escape(n.String())); err != nil {
			return err
		}
	}
	return nil
}

// write writes the policy and the file contexts, and returns the name of the policy's
// file.
func (f *compileFlags) write(r *compile.Result) (string, error) {
	output := f.output
	if output == "" {
		output = words.Sprintf("policy.%d", r.Policy.Version)
	}
	if err := replaceFile(output, r.Policy.Encode()); err != nil || f.contexts == "" {
		return output, err
	}
	return output, replaceFile(f.contexts, r.FileContexts)
}

// refuse prints what is wrong with the sources.
func (f *compileFlags) refuse(streams ioStreams, found *compile.Errors) error {
	if f.json {
		if err := writeJSON(streams.stdout, doc.CompileErrorsOf(found)); err != nil {
			return err
		}
	}
	for _, d := range found.List {
		if _, err := words.Fprintf(streams.stderr, "%s\n", words.Escape(d.Text())); err != nil {
			return err
		}
	}
	n := len(found.List) + found.More
	if n == 1 {
		return unreadable(errors.New("the policy does not compile: 1 error"), "")
	}
	return unreadable(fmt.Errorf("the policy does not compile: %d errors", n), "")
}

// explainOptionals prints which optionals went away, each with the name that
// would bring it back.
func explainOptionals(w io.Writer, gone []compile.Gone) error {
	for _, g := range gone {
		_, err := words.Fprintf(w, "%s:%d: optional %s: no %s is called %s (%s at line %d)\n", g.Place.File,
			g.Place.Pos.Line,
			g.Optional, g.Kind, g.Missing, g.Statement.Msg, g.Statement.Pos.Line)
		if err != nil {
			return err
		}
	}
	return nil
}

// replaceFile puts a file in the place of another, whole or not at all, with its permissions; a
// file that is not regular is written into.
func replaceFile(name string, data []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Lstat(name); err == nil {
		if info.Mode()&fs.ModeNamedPipe != 0 { // to open it would wait for somebody who reads
			return &sysroot.KindError{Path: name, Mode: info.Mode()}
		}
		if !info.Mode().IsRegular() {
			return os.WriteFile(name, data, 0o666)
		}
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if _, err = f.Write(data); err == nil {
		err = f.Chmod(mode)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
