package cli

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
)

func (f *moduleFlags) building(flags *pflag.FlagSet) {
	flags.StringVarP(&f.out, "output", "o", "", "write to `FILE`, NAME.pp or NAME.cil (NAME.pp)")
	flags.StringVar(&f.source.Headers, "headers", "", "read the headers of refpolicy in `DIR` ("+refpolicy.Dir+")")
	flags.BoolVarP(&f.source.MLS, "mls", "M", true, "the policy that the module is for has levels")
	flags.Uint32VarP(&f.source.Version, "module-version", "c", pp.SourceVersion, "`VERSION` of the module policy")
	flags.BoolVarP(&f.source.Strict, "strict", "E", false, "warnings are errors")
}

// build compiles a source to a package, or to the CIL of that package.
func (f *moduleFlags) build(streams ioStreams, args []string) error {
	if v := f.source.Version; v < pp.MinVersion || v > pp.SourceVersion {
		err := words.Errorf("no module policy has version %d: want %d to %d", v, pp.MinVersion, pp.SourceVersion)
		return usage(err, "")
	}
	if f.out == "" {
		f.out = strings.TrimSuffix(filepath.Base(args[0]), ".te") + ".pp"
	}
	built, err := modfile.Build(args[0], f.out, f.source)
	var found *compile.Errors
	switch {
	case errors.As(err, &found):
		if f.json && !f.quiet {
			if err := writeJSON(streams.stdout, doc.ModuleBuildErrorsOf(found)); err != nil {
				return err
			}
		}
		return sourceProblem(args[0], found)
	case errors.Is(err, modfile.ErrOutput):
		return usage(err, "")
	case err != nil:
		return unreadable(err, "")
	}
	if err := sysroot.Replace(f.out, built.Data); err != nil {
		return unreadable(err, "")
	}
	json := func() any { return doc.ModuleBuildOf(built.Name, built.Version, f.out, built.Warnings) }
	return f.emit(streams.stdout, json, page(func(b *words.Page) {
		b.Printf("done  %s, module %s of version %s\n", f.out, built.Name, built.Version)
		b.Block("note: ", say.CompileErrors(&compile.Errors{List: built.Warnings}, say.FewErrors))
	}))
}

// sourceProblem describes the errors in a source.
func sourceProblem(file string, found *compile.Errors) error {
	return unreadable(words.Errorf("%s does not compile", file), say.CompileErrors(found, say.FewErrors))
}
