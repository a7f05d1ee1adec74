package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

const portsLong = `Show which ports a process may connect to and bind, as exact sets over the
whole policy: by port type, connect and bind side by side, and where they
differ. In the local port range no program is asked for the label of a port it
binds; those ports stand apart.

SUBJECT is a type or a full context. ACTION limits the answer to one of connect,
bind, listen, send, recv. --all prints a line for every domain instead.

Exit status: 0 there are such ports, 1 there are none, 64 a mistake in the
command, 65 a policy that cannot be read.`

const portsExamples = `  senet ports haproxy_t
  senet ports httpd_t bind --protocol udp --json`

func newPorts(streams ioStreams) *cobra.Command {
	var flags policyFlags
	var output outputFlags
	var all bool
	var protocol string
	cmd := &cobra.Command{
		Use:     "ports SUBJECT [ACTION] | --all",
		Long:    portsLong,
		Example: portsExamples,
		Args:    cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := flags.askPorts(args, all, network.Protocol(strings.ToLower(protocol)), streams.stderr)
			if err != nil {
				return err
			}
			err = output.emit(streams.stdout, a.json, a.write)
			if err == nil && !slices.ContainsFunc(a.list, func(x senet.PortAccess) bool { return !x.Empty() }) {
				err = errNo
			}
			return err
		},
	}
	flags.registerAll(cmd.Flags())
	flags.registerAsIs(cmd.Flags())
	flags.packetFlags.register(cmd.Flags())
	cmd.Flags().StringVarP(&protocol, "protocol", "p", "tcp", "tcp, udp, sctp, dccp, mptcp or udplite: `PROTOCOL`")
	cmd.Flags().BoolVar(&all, "all", false, "every domain of the policy")
	output.register(cmd.Flags())
	return cmd
}

// A portsAnswer is the access of one subject, or of all domains.
type portsAnswer struct {
	policyName string
	p          *policy.Policy
	machine    senet.Machine
	query      senet.PortsQuery
	all        bool
	list       []senet.PortAccess
	repeat     shell.Command
}

// portsQuery reads the arguments.
func portsQuery(args []string, all bool, protocol network.Protocol) (senet.PortsQuery, error) {
	q := senet.PortsQuery{Protocol: protocol, Operations: []network.Operation{network.Connect, network.Bind}}
	const example = "for example: senet ports haproxy_t connect"
	rest := args
	if !all {
		if len(args) == 0 {
			return q, usage(errors.New("senet ports takes a subject, or --all"), example)
		}
		q.Subject, rest = args[0], args[1:]
	}
	if len(rest) > 1 {
		return q, usage(fmt.Errorf("senet ports takes a subject and an action, not %d arguments", len(args)), example)
	}
	if len(rest) == 1 {
		op, err := parseAction(rest[0])
		if err != nil {
			return q, err
		}
		q.Operations = []network.Operation{op}
	}
	return q, checkProtocol(protocol)
}

func (f *policyFlags) askPorts(
	args []string, all bool, protocol network.Protocol, stderr io.Writer,
) (a *portsAnswer, err error) {
	a = &portsAnswer{repeat: f.repeat(), all: all}
	if a.query, err = portsQuery(args, all, protocol); err != nil {
		return nil, err
	}
	if a.query.Packets, err = f.said(); err != nil {
		return nil, err
	}
	s, err := f.openSession(stderr)
	if err != nil {
		return nil, err
	}
	a.p, a.policyName = s.Policy(), s.Source().Name
	ctx := context.Background()
	if all {
		if a.list, err = s.PortsOfAll(ctx, a.query); err == nil {
			a.machine, err = s.Machine(ctx)
		}
		return a, questionProblem(err)
	}
	one, err := s.Ports(ctx, a.query)
	if err != nil {
		return nil, questionProblem(err)
	}
	a.machine, a.list = one.Machine, []senet.PortAccess{*one}
	return a, nil
}

func (a *portsAnswer) json() any {
	return doc.PortsOf(a.p, a.policyName, a.query.Protocol, &a.machine, a.list, !a.all)
}

func (a *portsAnswer) write(w io.Writer) error {
	var b words.Page
	if a.all {
		say.PortMatrix(&b, a.list, &a.query)
	} else {
		say.PortAccess(&b, a.p, &a.list[0])
		b.Command("next", shell.New("senet", "who").
			Arg(string(a.query.Operations[0]), string(a.query.Protocol)+"/80").With(a.repeat))
	}
	_, err := b.WriteTo(w)
	return err
}
