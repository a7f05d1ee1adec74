package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
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
			p, err := flags.askPorts(args, all, network.Protocol(protocol), streams.stderr)
			if err != nil {
				return err
			}
			err = output.emit(streams.stdout, func() any { return p.json() }, p.write)
			if err == nil && p.empty() {
				err = errNo
			}
			return err
		},
	}
	flags.registerAll(cmd.Flags())
	flags.packetFlags.register(cmd.Flags())
	cmd.Flags().StringVar(&protocol, "protocol", "tcp", "tcp, udp, sctp, dccp, mptcp or udplite: `PROTOCOL`")
	cmd.Flags().BoolVar(&all, "all", false, "every domain of the policy")
	output.register(cmd.Flags())
	return cmd
}

// A portsAnswer is the access of one subject, or of all domains, in one or two
// ways.
type portsAnswer struct {
	policyName string
	p          *policy.Policy
	machine    machine
	packets    senet.PacketFacts
	repeat     shell.Command
	protocol   network.Protocol
	ops        []network.Operation
	all        bool
	rows       []portsRow
}

type portsRow struct {
	subject subject.Subject
	access  []reach.Access // by operation
}

func (f *policyFlags) askPorts(args []string, all bool, protocol network.Protocol, stderr io.Writer) (*portsAnswer, error) {
	if err := checkProtocol(protocol); err != nil {
		return nil, err
	}
	a := &portsAnswer{repeat: f.repeat(), protocol: protocol, all: all, ops: []network.Operation{network.Connect, network.Bind}}
	rest := args
	if !all {
		if len(args) == 0 {
			return nil, usage(errors.New("senet ports takes a subject, or --all"), "for example: senet ports haproxy_t")
		}
		rest = args[1:]
	}
	switch {
	case len(rest) > 1:
		return nil, usage(fmt.Errorf("senet ports takes a subject and an action, not %d arguments", len(args)), "for example: senet ports haproxy_t connect")
	case len(rest) == 1:
		op := network.Operation(rest[0])
		if !slices.Contains(network.Operations(), op) {
			return nil, usage(fmt.Errorf("action %q is not connect, bind, listen, send or recv", rest[0]), "")
		}
		a.ops = []network.Operation{op}
	}
	var err error
	if a.p, a.policyName, err = f.open(stderr); err != nil {
		return nil, err
	}
	if a.machine, err = f.machine(a.policyName); err != nil {
		return nil, err
	}
	d := access.NewDecider(a.p)
	if a.packets, err = f.resolve(d); err != nil {
		return nil, err
	}
	r := reach.New(d)
	if !all {
		s, err := f.find(d, args[0])
		if err != nil {
			return nil, err
		}
		return a, a.add(r, s)
	}
	for _, id := range reach.Domains(a.p) {
		if c, ok := subject.FromType(a.p, id); ok {
			if err := a.add(r, subject.Subject{Name: a.p.TypeName(id), Context: c, Assumed: true}); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(a.rows, func(x, y portsRow) int { return strings.Compare(x.subject.Name, y.subject.Name) })
	return a, nil
}

func (a *portsAnswer) add(r *reach.Reacher, s subject.Subject) error {
	row := portsRow{subject: s}
	for _, op := range a.ops {
		q := reach.Query{Protocol: a.protocol, Operation: op, Machine: a.machine.asked()}
		a.packets.Reach(r.Decider(), &q)
		got, err := r.Ports(s.Context, q)
		if err != nil {
			return err
		}
		row.access = append(row.access, got)
	}
	a.rows = append(a.rows, row)
	return nil
}

func (a *portsAnswer) empty() bool {
	for _, row := range a.rows {
		for _, acc := range row.access {
			if len(acc.Allowed)+len(acc.Depends) > 0 {
				return false
			}
		}
	}
	return true
}
