package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/picture"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

const whoLong = `List the domains that may do something on the network, and the rule that lets
each: through which attribute, under which boolean. --would also lists those
that a boolean would let. --svg draws the domains, those with one reason in one
box; --dot is the same for Graphviz.

ACTION is connect, bind, listen, send or recv. TARGET is a protocol and a port,
a range of ports or a service: tcp/5601, tcp/8000-8100, udp/domain.

Exit status: 0 somebody may, 1 nobody may, 64 a mistake in the command, 65 a
policy that cannot be read.`

const whoExamples = `  senet who connect tcp/5601
  senet who bind tcp/8000-8100 --would --json
  senet who connect tcp/5432 --svg > who.svg`

func newWho(streams ioStreams) *cobra.Command {
	var flags policyFlags
	var output outputFlags
	var pictures pictureFlags
	var would bool
	cmd := &cobra.Command{
		Use:     "who ACTION TARGET",
		Long:    whoLong,
		Example: whoExamples,
		Args:    exactArgs(2, "senet who connect tcp/5601"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := pictures.check(&output, ""); err != nil {
				return err
			}
			a, err := flags.askWho(args, would, streams.stderr)
			if err != nil {
				return err
			}
			draw := func() *picture.Picture { return picture.Who(a.p, a.Domains) }
			err = output.emit(streams.stdout, func() any { return doc.WhoOf(a.p, a.policyName, a.Domains) },
				pictures.or(draw, a.write))
			if err == nil && len(a.May) == 0 {
				err = errNo
			}
			return err
		},
	}
	flags.registerAll(cmd.Flags())
	flags.registerAsIs(cmd.Flags())
	flags.packetFlags.register(cmd.Flags())
	flags.protocol.register(cmd.Flags())
	cmd.Flags().BoolVar(&would, "would", false, "list as well whom a boolean would let")
	output.register(cmd.Flags())
	pictures.register(cmd.Flags())
	return cmd
}

// A whoAnswer is an answer with the values needed to print it.
type whoAnswer struct {
	*senet.Domains
	policyName string
	p          *policy.Policy
	repeat     shell.Command
}

func (f *policyFlags) askWho(args []string, would bool, stderr io.Writer) (*whoAnswer, error) {
	q := senet.WhoQuery{Would: would}
	var err error
	if q.Operation, err = parseAction(args[0]); err != nil {
		return nil, err
	}
	if q.Target, err = f.protocol.parse(args[1]); err != nil {
		return nil, err
	}
	if q.Packets, err = f.said(); err != nil {
		return nil, err
	}
	s, err := f.openSession(stderr)
	if err != nil {
		return nil, err
	}
	a := &whoAnswer{policyName: s.Source().Name, p: s.Policy(), repeat: f.repeat()}
	if a.Domains, err = s.Who(context.Background(), q); err != nil {
		return nil, questionProblem(err)
	}
	return a, nil
}

func (a *whoAnswer) write(w io.Writer) error {
	var b words.Page
	say.Who(&b, a.p, a.Domains)
	if len(a.May) > 0 {
		b.Command("next", shell.New("senet", "can").
			Arg(a.May[0].Name, string(a.Query.Operation), a.Query.Target.String()).With(a.repeat))
	}
	_, err := b.WriteTo(w)
	return err
}
