package cli

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
)

const explainLong = `Explain a word in plain words: the code of a reason, an assumption or
another cause (SN-...), a permission, a class, a layer, or a name that policies
use: a type, a boolean, a domain, an interface or a macro. What the policy and
the host decide, such as which checks are live, is looked up in both; what an
interface or a macro stands for, in the headers of refpolicy where they are
installed (package selinux-policy-devel or selinux-policy-dev) or in --headers.

Without an argument it lists the words that have a page.

Exit status: 0 explained, 64 a word that nothing is known about, 65 a policy
that cannot be read.`

const explainExamples = `  senet explain layers
  senet explain SN-NO-RULE
  senet explain name_connect
  senet explain netif:tcp_send
  senet explain corenet_tcp_connect_http_port`

func newExplain(streams ioStreams) *cobra.Command {
	var flags explainFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "explain [CODE|PERMISSION|LAYER|NAME]",
		Long:    explainLong,
		Example: explainExamples,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			book, err := explain.Open()
			if err != nil {
				return &problem{exitInternalBug, err, ""}
			}
			if len(args) == 0 {
				return writeTopics(streams.stdout, book, asJSON)
			}
			page, err := flags.askExplain(book, args[0], streams.stderr)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(streams.stdout, doc.Explain{Schema: "senet.explain/1", Answer: page})
			}
			var b words.Page
			say.Explain(&b, &page, flags.repeat(), flags.again(flags.root))
			_, err = b.WriteTo(streams.stdout)
			return err
		},
	}
	flags.registerAll(cmd.Flags())
	flags.headersFlag.register(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the page as JSON")
	return cmd
}

// explainFlags say which policy, machine and headers are asked.
type explainFlags struct {
	policyFlags
}

func (f *explainFlags) askExplain(book *explain.Book, word string, stderr io.Writer) (explain.Answer, error) {
	page, err := book.Explain(word, func() (*explain.View, error) {
		s, err := f.openSession(stderr)
		if err != nil {
			return nil, err
		}
		m, err := s.Machine(context.Background())
		if err != nil {
			return nil, questionProblem(err)
		}
		v := explain.NewView(s.Policy(), s.Source().Name, m.Host)
		v.SetHeaders(func() (*refpolicy.Headers, error) { return f.read(f.root) })
		return v, nil
	})
	var unknown *explain.UnknownError
	switch {
	case !errors.As(err, &unknown):
		if page.Live != nil && page.Live.Boolean != nil {
			page.Live.Boolean.Description = policydoc.Of(f.path, f.root)(page.Topic)
		}
		return page, err
	case len(unknown.Near) == 0 && unknown.NoHeaders:
		return page, usage(err, noHeaders)
	}
	return page, usage(err, didYouMean(word, slices.Values(unknown.Near)))
}

func writeTopics(w io.Writer, book *explain.Book, asJSON bool) error {
	entries := book.Entries()
	if asJSON {
		return writeJSON(w, doc.Topics{Schema: "senet.explain-topics/1", Topics: entries})
	}
	var b words.Page
	say.Topics(&b, entries)
	b.Printf("\nnext    senet explain layers\n")
	_, err := b.WriteTo(w)
	return err
}
