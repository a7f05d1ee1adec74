package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/modstore"
)

// maxModuleFile bounds a module that is installed.
const maxModuleFile = 256 << 20

// interruptible returns a context that ends when the user interrupts.
func interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}

// read reads a module to install. Its name is the file's, its language the extension.
func (f *moduleFlags) read(file string) (change.ModuleEdit, error) {
	base := strings.TrimSuffix(filepath.Base(file), ".bz2")
	lang := strings.TrimPrefix(filepath.Ext(base), ".")
	e := change.ModuleEdit{Op: change.InstallModule, Lang: lang, Key: modstore.Key{
		Priority: f.priority, Name: strings.TrimSuffix(base, "."+lang),
	}}
	if lang == "" {
		return e, usage(fmt.Errorf("%s: a module's file is called NAME.cil or NAME.pp", file), "")
	}
	if err := errors.Join(modstore.CheckKey(e.Key), modstore.CheckLang(lang)); err != nil {
		return e, usage(err, words.Format("of the file %s", file))
	}
	r, err := sysroot.Root{}.Open(file, maxModuleFile)
	if err != nil {
		return e, unreadable(err, "")
	}
	defer r.Close()
	e.Source, err = sysroot.ReadAll(r, maxModuleFile)
	if err != nil {
		return e, unreadable(err, "")
	}
	return e, nil
}

// extract writes a module as it was installed. It overwrites nothing.
func (f *moduleFlags) extract(streams ioStreams, args []string) error {
	s, err := f.storeFlags.open()
	if err != nil {
		return err
	}
	m, text, err := modstore.Open(s, modstore.Options{}).Extract(args[0], f.priority)
	if err != nil {
		return f.moduleProblem(err)
	}
	name := f.out
	switch name {
	case "-":
		_, err := streams.stdout.Write(text)
		return err
	case "":
		name = m.Name + "." + m.Lang
	}
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		hint := words.Lines("")
		if errors.Is(err, fs.ErrExist) {
			hint = "nothing is overwritten; -o FILE names another"
		}
		return unreadable(err, hint)
	}
	_, err = out.Write(text)
	if err = errors.Join(err, out.Close()); err != nil {
		return unreadable(err, "")
	}
	if f.quiet || f.json {
		return nil
	}
	words.Fprintf(streams.stdout, "done  %s, of priority %d\n", name, m.Priority)
	return nil
}

// moduleProblem gives an error about modules its exit code and a way out.
func (f *moduleFlags) moduleProblem(err error) error {
	var orphan *change.OrphanError
	var found *modstore.CompileError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &orphan):
		hint := words.Lines("")
		for i, r := range orphan.Records {
			if i == 10 {
				hint += words.Format("and %d more\n", len(orphan.Records)-i)
				break
			}
			hint += words.Format("%s\n", shell.New("senet", say.RecordCommand(r.Kind()), "delete").Arg(r.Key().String()).
				With(f.repeat()))
		}
		why := errors.New("nothing was changed: local records need what the modules would no longer have")
		return unreadable(why, "they go with\n"+hint)
	case errors.As(err, &found):
		return unreadable(words.Errorf("%s", modstore.ErrCompile), diagnostics(found.Errors)+"nothing was changed")
	case errors.Is(err, modstore.ErrNoModule):
		list := shell.New("senet", "module", "list").With(f.repeat())
		return unreadable(err, words.Format("%s names those there are", list))
	case errors.Is(err, modstore.ErrName):
		return usage(err, "")
	case errors.Is(err, modstore.ErrConvert):
		return unreadable(err, "nothing was changed")
	case errors.Is(err, modstore.ErrVerify):
		return unreadable(err, "semodule runs them")
	}
	for _, known := range []error{modstore.ErrNoModules, modstore.ErrContexts, modstore.ErrDamaged} {
		if errors.Is(err, known) {
			return unreadable(err, "nothing was changed")
		}
	}
	return f.changeProblem(err)
}

// diagnostics are the first of a compiler's errors.
func diagnostics(e *compile.Errors) words.Lines {
	out := words.Lines("")
	for i, d := range e.List {
		if i == 5 {
			out += words.Format("and %d more\n", len(e.List)-i+e.More)
			break
		}
		for line := range strings.Lines(d.Text()) {
			out += words.Format("%s\n", strings.TrimRight(line, "\n"))
		}
	}
	return out
}
