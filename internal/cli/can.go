package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

const canLong = `Say whether SELinux lets a process do something on the network, layer by layer:
its own socket, the port, the node, the interface, the packet.

SUBJECT is the type a process runs as (haproxy_t; ps -eZ shows it), a full
context, a process (pid:812), a service (unit:haproxy.service) or a program
(exe:/usr/sbin/haproxy). ACTION is connect, bind, listen, send or recv. TARGET
is a protocol (tcp, udp, sctp, dccp, mptcp, udplite) and a port, a range of
ports or a service, perhaps with an address: tcp/5601, udp/domain,
tcp/10.0.0.7:5601, tcp/[::1]:80.

Without --policy or --root the running policy is asked, else the installed one,
else the built-in example. With --policy alone the answer is for a host as it is
installed; else for this machine, or that of --host or --root.

Where the machine labels packets, its facts decide which labels. --peer names
the process at the other end, and senet says what both ends may; the exit status
is of both. --from is the address of the other end of a server.

Exit status: 0 allowed, 1 denied, 3 it depends, 64 a mistake in the command, 65
a policy or a host that cannot be read.`

const canExamples = `  senet can haproxy_t connect tcp/5601
  senet can unit:nginx.service bind tcp/8081
  senet can httpd_t bind tcp/8080 --policy policy.33 --json`

func newCan(io ioStreams) *cobra.Command {
	var flags policyFlags
	var output outputFlags
	cmd := &cobra.Command{
		Use:     "can SUBJECT ACTION TARGET",
		Long:    canLong,
		Example: canExamples,
		Args:    exactArgs(3, "senet can haproxy_t connect tcp/5601"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := flags.askCan(args, io.stderr)
			if err != nil {
				return err
			}
			if err := output.emit(io.stdout, func() any { return q.json() }, q.write); err != nil {
				return err
			}
			return verdictError(q.together())
		},
	}
	flags.registerAll(cmd.Flags())
	flags.packetFlags.register(cmd.Flags())
	output.register(cmd.Flags())
	return cmd
}

// A canAnswer is an answer with what it takes to print it.
type canAnswer struct {
	policyName string
	p          *policy.Policy
	d          *access.Decider
	subject    subject.Subject
	op         network.Operation
	target     target
	port       uint16 // the one that the answer is for: the first that is refused
	machine    machine
	answer     network.Answer
	runs       []reach.Piece   // of a range of ports, alike in label and verdict
	repeat     shell.Command   // the flags that ask the same policy again
	maker      *policy.Context // of the socket, where that is not the subject
	packets    senet.PacketFacts
	peer       *canAnswer // what the process at the other end may, nil if none was named
}

func (f *policyFlags) askCan(args []string, stderr io.Writer) (*canAnswer, error) {
	if _, _, err := parseQuestion(args); err != nil {
		return nil, err
	}
	p, name, err := f.open(stderr)
	if err != nil {
		return nil, err
	}
	return f.askCanOf(p, name, args)
}

// parseQuestion reads SUBJECT ACTION TARGET but for the subject, which takes a
// policy to be understood.
func parseQuestion(args []string) (network.Operation, target, error) {
	op := network.Operation(args[1])
	if !slices.Contains(network.Operations(), op) {
		return "", target{}, usage(fmt.Errorf("action %q is not connect, bind, listen, send or recv", args[1]), "")
	}
	t, err := parseTarget(args[2])
	return op, t, err
}

// askCanOf asks a policy that has been opened, of that name.
func (f *policyFlags) askCanOf(p *policy.Policy, name string, args []string) (*canAnswer, error) {
	op, t, err := parseQuestion(args)
	if err != nil {
		return nil, err
	}
	d := access.NewDecider(p)
	s, err := f.find(d, args[0])
	if err != nil {
		return nil, err
	}
	m, err := f.machineOf(name, s)
	if err != nil {
		return nil, err
	}
	said, err := f.resolve(d)
	if err != nil {
		return nil, err
	}
	q := &canAnswer{policyName: name, p: p, d: d, subject: s, op: op, target: t, machine: m, repeat: f.repeat(), packets: said}
	if err := q.choosePort(); err != nil {
		return nil, err
	}
	if q.answer, err = network.Ask(q.d, q.question()); err != nil {
		return nil, err
	}
	return q, q.askPeer()
}

// choosePort picks the port of a range that decides: the first that is refused,
// else the first of which it is not known, else the first.
func (q *canAnswer) choosePort() error {
	q.port = q.target.ports.Low
	if q.target.ports.Len() == 1 {
		return nil
	}
	query := reach.Query{Protocol: q.target.protocol, Operation: q.op, Addr: q.target.addr, Machine: q.machine.asked()}
	q.packets.Reach(q.d, &query)
	a, err := reach.New(q.d).Ports(q.subject.Context, query)
	if err != nil {
		return err
	}
	worst := network.Allowed
	for _, piece := range a.Pieces {
		piece.Low, piece.High = max(piece.Low, q.target.ports.Low), min(piece.High, q.target.ports.High)
		if piece.Low > piece.High {
			continue
		}
		if worst == network.Allowed && piece.Verdict != network.Allowed || worst == network.Depends && piece.Verdict == network.Denied {
			worst, q.port = piece.Verdict, piece.Low
		}
		q.runs = append(q.runs, piece)
	}
	return nil
}

func (q *canAnswer) question() network.Question {
	question := q.machine.question(network.Question{
		Subject: q.subject.Context, Operation: q.op,
		Protocol: q.target.protocol, Port: q.port, Addr: q.target.addr, Maker: q.maker,
	})
	q.packets.Apply(q.d, &question)
	return question
}

// repeat returns the flags as one would type them again.
func (f *policyFlags) repeat() shell.Command {
	return f.repeatPolicy().With(f.machineFlags.repeat()).With(f.packetFlags.repeat())
}

// repeatPolicy is repeat for commands that ask no machine.
func (f *policyFlags) repeatPolicy() shell.Command {
	var c shell.Command
	if f.path != "" {
		c = c.Option("--policy", f.path)
	}
	if f.root != "" {
		c = c.Option("--root", f.root)
	}
	for _, b := range f.bools {
		c = c.Option("--bool", b)
	}
	return c
}
