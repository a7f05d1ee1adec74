package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/signal"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/terminal"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/modstore"
)

// interruptible returns a context that ends when the user interrupts.
func interruptible() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}

// readModule reads the file of a module.
func readModule(streams ioStreams, file string) (*modfile.Module, error) {
	m, err := modfile.Read(file)
	var found *compile.Errors
	switch {
	case errors.As(err, &found):
		return nil, sourceProblem(file, found)
	case errors.Is(err, modfile.ErrName):
		return nil, usage(err, "")
	case errors.Is(err, modstore.ErrName):
		return nil, usage(err, words.Format("of the file %s", file))
	case err != nil:
		return nil, unreadable(err, "")
	}
	words.Fprintf(streams.stderr, "%s", say.CompileErrors(&compile.Errors{List: m.Warnings}, say.FewErrors))
	return m, nil
}

// read reads a module to install.
func (f *moduleFlags) read(streams ioStreams, file string) (change.ModuleEdit, error) {
	m, err := readModule(streams, file)
	if err != nil {
		return change.ModuleEdit{}, err
	}
	e := change.ModuleEdit{Op: change.InstallModule, Lang: m.Lang, Source: m.Source}
	e.Key = modstore.Key{Priority: f.priority, Name: m.Name}
	if err := modstore.CheckKey(e.Key); err != nil {
		return e, usage(err, "")
	}
	return e, nil
}

// extract writes a module as it was installed. It never overwrites a file.
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
		return f.emit(streams.stdout, func() any { return doc.ModuleExtractOf(s.Name(), m, "", text) },
			func(w io.Writer) error {
				if terminal.Is(w) {
					_, err := w.Write(text)
					return err
				}
				return words.Data(w, text)
			})
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
	return f.emit(streams.stdout, func() any { return doc.ModuleExtractOf(s.Name(), m, name, text) },
		page(func(b *words.Page) { b.Printf("done  %s, of priority %d\n", name, m.Priority) }))
}

// moduleProblem gives an error about modules its exit code and a way out.
func (f *writeFlags) moduleProblem(err error) error {
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
			hint += words.Format("%s\n", f.deleteCommand(r.Key()))
		}
		why := errors.New("nothing was changed: local records need names that the modules would no longer define")
		return unreadable(why, "remove them with\n"+hint)
	case errors.As(err, &found):
		return unreadable(words.Errorf("%s", modstore.ErrCompile),
			say.CompileErrors(found.Errors, say.FewErrors)+"nothing was changed")
	case errors.Is(err, modstore.ErrNoModule):
		list := shell.New("senet", "module", "list").With(f.repeat())
		return unreadable(err, words.Format("%s lists them", list))
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
