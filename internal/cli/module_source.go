package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/modsource"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

// sourceFlags are the flags of module new and lint.
type sourceFlags struct {
	policyFlags
	domain          string
	binds, connects []string
	log, dir        string
}

func (f *moduleFlags) newing(flags *pflag.FlagSet) {
	f.linting(flags)
	flags.StringVar(&f.sources.domain, "domain", "", "the `TYPE` of the processes")
	flags.StringArrayVar(&f.sources.binds, "binds", nil, "a port that it binds, `PROTOCOL/PORT`; may be repeated")
	flags.StringArrayVar(&f.sources.connects, "connects", nil, "a port that it connects to; may be repeated")
	flags.StringVar(&f.sources.log, "from", "", "allow the denials in a log `FILE`, - for standard input")
	flags.StringVarP(&f.sources.dir, "output", "o", ".", "write to the directory `DIR`, - for standard output")
}

func (f *moduleFlags) linting(flags *pflag.FlagSet) {
	f.sources.policyFlags.register(flags)
	f.sources.headersFlag.register(flags)
}

// create writes the sources of a module.
func (f *moduleFlags) create(streams ioStreams, args []string) error {
	c := &f.sources
	w := modsource.Wish{Name: args[0], Domain: c.domain}
	err := errors.Join(w.Ports(&w.Binds, c.binds), w.Ports(&w.Connects, c.connects))
	if c.domain == "" || len(c.binds)+len(c.connects) == 0 && c.log == "" {
		err = errors.New("a new module is for a --domain and its ports (--binds, --connects) or denials (--from)")
	}
	if err != nil {
		return usage(err, "for example: senet module new web --domain httpd_t --binds tcp/8443")
	}
	s, err := c.openSession(streams.stderr)
	if err != nil {
		return err
	}
	if c.log != "" {
		why := whyFlags{policyFlags: c.policyFlags}
		in, err := why.input([]string{c.log}, streams.stdin)
		if err != nil {
			return err
		}
		defer in.Close()
		if w.Denials, err = modsource.Denials(context.Background(), s, in); err != nil {
			return unreadable(err, "")
		}
	}
	files, err := modsource.New(context.Background(), s, w)
	switch {
	case errors.Is(err, senet.ErrNoHeaders):
		return unreadable(err, noHeaders)
	case errors.Is(err, modsource.ErrName), errors.Is(err, modsource.ErrNothing), errors.Is(err, modsource.ErrNotExact),
		errors.Is(err, senet.ErrRange):
		return usage(err, "")
	case err != nil:
		return questionProblem(err)
	}
	var names []string
	show := page(func(b *words.Page) { say.ModuleFiles(b, files, names) })
	if c.dir == "-" {
		show = func(w io.Writer) error { return words.Data(w, []byte(files.Text())) }
	} else if names, err = files.Write(c.dir); err != nil {
		return unreadable(err, "")
	}
	return f.emit(streams.stdout, func() any { return doc.ModuleNewOf(files, names) }, show)
}

// lint checks the sources of modules.
func (f *moduleFlags) lint(streams ioStreams, args []string) error {
	c := &f.sources
	h, err := c.read(c.root)
	if err != nil {
		return err
	}
	s, err := c.openSession(streams.stderr)
	if err != nil {
		return err
	}
	all, err := modsource.LintFiles(h, s.Policy(), args)
	if err != nil {
		return unreadable(err, "")
	}
	err = f.emit(streams.stdout, func() any { return doc.ModuleLintOf(s.Source().Name, all) },
		page(func(b *words.Page) { say.ModuleFindings(b, all) }))
	if err == nil && len(all) > 0 {
		err = errNo
	}
	return err
}
