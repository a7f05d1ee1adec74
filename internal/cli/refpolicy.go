package cli

import (
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/interfaces"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

const refpolicyLong = `Interfaces of refpolicy, as the headers of this system have them (package
selinux-policy-devel or selinux-policy-dev): what one grants, what it opens
under the policy, and which would grant what is refused.

  list [WORD...]   interfaces and templates with all words in name or summary
  show NAME...     arguments, and what it makes of them
  expand CALL...   the statements that a call becomes, as m4 makes them, the
                   ports that it opens under the policy and what else it gives
  search SOURCE TARGET CLASS PERMISSION[,PERMISSION...]
                   interfaces that grant it, the one first that opens the least
                   beyond. Several questions of four words about one SOURCE lead
                   to the interfaces that together grant all at the least cost.

TARGET self is what a domain does to itself. The headers are read where they are
installed, or in --headers DIR; nothing of them is part of senet.

Exit status: 0 found, 1 nothing found, 64 a mistake in the command, 65 there are
no headers, or they or the policy cannot be read.`

const refpolicyExamples = `  senet refpolicy expand 'corenet_tcp_connect_http_port(httpd_t)'
  senet refpolicy search httpd_t postgresql_port_t tcp_socket name_connect`

// headersFlag says where the headers are.
type headersFlag struct{ headers string }

func (f *headersFlag) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.headers, "headers", "", "read the headers of refpolicy in `DIR` ("+refpolicy.Dir+")")
}

// again are the flags that read the same headers.
func (f *headersFlag) again(root string) (c shell.Command) {
	if f.headers != "" {
		c = c.Option("--headers", f.headers)
	}
	if root != "" {
		c = c.Option("--root", root)
	}
	return c
}

const noHeaders = "install selinux-policy-devel, on Debian selinux-policy-dev, or name a copy with --headers DIR"

// read reads the headers of the system under root, or those that the flag names.
func (f *headersFlag) read(root string) (*refpolicy.Headers, error) {
	h, err := refpolicy.OpenNamed(root, f.headers)
	return h, headersProblem(err)
}

// headersProblem is the error of headers for people, nil for none.
func headersProblem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, refpolicy.ErrNone):
		return unreadable(err, noHeaders)
	}
	return unreadable(err, "")
}

type refpolicyFlags struct {
	policyFlags
	outputFlags
	all bool
}

func newRefpolicy(streams ioStreams) *cobra.Command {
	cmd := &cobra.Command{
		Use: "refpolicy", Long: refpolicyLong, Example: refpolicyExamples, Args: exactArgs(0, "senet refpolicy list"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, sub := range []struct {
		use, short, example string
		args                cobra.PositionalArgs
		run                 func(*refpolicyFlags, ioStreams, []string) error
	}{
		{"list [WORD...]", "interfaces with words in their name or summary",
			"list connect http\n  senet refpolicy list shadow --json", cobra.ArbitraryArgs, (*refpolicyFlags).list},
		{"show NAME...", "arguments of an interface, and what it makes of them",
			"show auth_read_shadow\n  senet refpolicy show apache_content_template --headers include",
			cobra.MinimumNArgs(1), (*refpolicyFlags).show},
		{"expand CALL...", "what a call becomes and opens",
			"expand 'corenet_tcp_bind_http_port(httpd_t)'\n  senet refpolicy expand create_stream_socket_perms",
			cobra.MinimumNArgs(1), (*refpolicyFlags).expand},
		{"search SOURCE TARGET CLASS PERMS...", "interfaces that grant what is refused",
			"search httpd_t shadow_t file read,open\n" +
				"  senet refpolicy search ntpd_t tmp_t file read ntpd_t tmp_t dir search",
			cobra.MinimumNArgs(4), (*refpolicyFlags).search},
	} {
		f := &refpolicyFlags{}
		child := &cobra.Command{Use: sub.use, Short: sub.short, Long: refpolicyLong,
			Example: "  senet refpolicy " + sub.example, Args: sub.args,
			RunE: func(_ *cobra.Command, args []string) error { return sub.run(f, streams, args) }}
		f.policyFlags.register(child.Flags())
		f.headersFlag.register(child.Flags())
		f.outputFlags.register(child.Flags())
		child.Flags().BoolVar(&f.all, "all", false, "print every interface that is found")
		cmd.AddCommand(child)
	}
	return cmd
}

func (f *refpolicyFlags) list(streams ioStreams, args []string) error {
	h, err := f.read(f.root)
	if err != nil {
		return err
	}
	defs := interfaces.Matching(h, args)
	err = f.emit(streams.stdout, func() any { return doc.RefpolicyListOf(h, defs, false) },
		page(func(b *words.Page) { say.RefpolicyList(b, h, defs) }))
	if err == nil && len(defs) == 0 {
		err = errNo
	}
	return err
}

func (f *refpolicyFlags) show(streams ioStreams, args []string) error {
	h, err := f.read(f.root)
	if err != nil {
		return err
	}
	var defs []int
	for _, name := range args {
		def, ok := h.Find(name)
		if !ok {
			return usage(&interfaces.UnknownError{Name: name}, didYouMean(name, h.Names()))
		}
		defs = append(defs, def)
	}
	return f.emit(streams.stdout, func() any { return doc.RefpolicyListOf(h, defs, true) }, page(func(b *words.Page) {
		for i, def := range defs {
			if i > 0 {
				b.Printf("\n")
			}
			say.RefpolicyShow(b, h, def)
		}
	}))
}

// finder opens headers and policy, and returns what they are called.
func (f *refpolicyFlags) finder(stderr io.Writer) (headers, policy string, _ *interfaces.Finder, err error) {
	x, err := refpolicy.OpenIndex(f.root, f.headers)
	if err != nil {
		return "", "", nil, headersProblem(err)
	}
	s, err := f.openSession(stderr)
	if err != nil {
		return "", "", nil, err
	}
	return x.Dir, s.Source().Name, interfaces.New(x, s.Policy()), nil
}

func (f *refpolicyFlags) expand(streams ioStreams, calls []string) error {
	headers, name, finder, err := f.finder(streams.stderr)
	if err != nil {
		return err
	}
	var list []*interfaces.Expansion
	for _, call := range calls {
		e, err := finder.Expand(call)
		var unknown *interfaces.UnknownError
		switch {
		case errors.As(err, &unknown):
			return usage(err, nearest(unknown.Near))
		case err != nil:
			return usage(err, "for example: senet refpolicy expand 'corenet_tcp_connect_http_port(httpd_t)'")
		}
		list = append(list, e)
	}
	return f.emit(streams.stdout, func() any { return doc.RefpolicyExpandOf(headers, name, list) },
		page(func(b *words.Page) {
			for i, e := range list {
				if i > 0 {
					b.Printf("\n")
				}
				say.Expansion(b, e)
			}
		}))
}

func (f *refpolicyFlags) search(streams ioStreams, args []string) error {
	needs, err := interfaces.ParseNeeds(args)
	if err != nil {
		return usage(err, "for example: senet refpolicy search httpd_t shadow_t file read,open")
	}
	headers, name, finder, err := f.finder(streams.stderr)
	if err != nil {
		return err
	}
	found, err := finder.Find(needs)
	var unknown *interfaces.NameError
	if errors.As(err, &unknown) {
		return usage(err, nearest(unknown.Near))
	} else if err != nil {
		return err
	}
	err = f.emit(streams.stdout, func() any { return doc.RefpolicySearchOf(headers, name, found) },
		page(func(b *words.Page) {
			if len(found.Needs) == 0 {
				b.Printf("the policy grants it already\n")
			}
			say.RefpolicySearch(b, found, f.all)
		}))
	if err == nil && len(found.Left) > 0 {
		err = errNo
	}
	return err
}
