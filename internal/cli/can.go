package cli

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
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
	flags.protocol.register(cmd.Flags())
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
	target     senet.Target
	port       uint16 // the one that the answer is for: the first that is refused
	machine    machine
	answer     network.Answer
	runs       []reach.Piece   // of a range of ports, alike in label and verdict
	repeat     shell.Command   // the flags that ask the same policy again
	maker      *policy.Context // of the socket, where that is not the subject
	packets    senet.PacketFacts
	peer       *say.Operation // what the process at the other end may, nil if none was named
}

func (f *policyFlags) askCan(args []string, stderr io.Writer) (*canAnswer, error) {
	if _, _, err := f.protocol.question(args); err != nil {
		return nil, err
	}
	p, name, err := f.open(stderr)
	if err != nil {
		return nil, err
	}
	return f.askCanOf(p, name, args)
}

// question reads SUBJECT ACTION TARGET but for the subject, which takes a policy to be
// understood.
func (p protocolFlag) question(args []string) (network.Operation, senet.Target, error) {
	op, err := parseAction(args[1])
	if err != nil {
		return "", senet.Target{}, err
	}
	t, err := p.parse(args[2])
	return op, t, err
}

func parseAction(text string) (network.Operation, error) {
	op := network.Operation(text)
	if !slices.Contains(network.Operations(), op) {
		return "", usage(&senet.OperationError{Operation: op}, "")
	}
	return op, nil
}

// askCanOf asks a policy that has been opened, of that name.
func (f *policyFlags) askCanOf(p *policy.Policy, name string, args []string) (*canAnswer, error) {
	op, t, err := f.protocol.question(args)
	if err != nil {
		return nil, err
	}
	s, err := f.session(p, name)
	if err != nil {
		return nil, err
	}
	said, err := f.said()
	if err != nil {
		return nil, err
	}
	a, err := s.Can(context.Background(), senet.Query{Subject: args[0], Operation: op, Target: t, Packets: said})
	if err != nil {
		return nil, questionProblem(err)
	}
	q := &canAnswer{
		policyName: name, p: p, d: access.NewDecider(p), subject: a.Subject, op: op, target: t, port: a.Port,
		machine: newMachine(a.Machine), answer: a.Answer, runs: a.Pieces, repeat: f.repeat(), packets: a.Packets,
	}
	if a.Other != nil {
		q.peer = &say.Operation{
			Decider: q.d, Question: a.OtherQuestion(), Answer: a.Other, Name: a.Packets.Peer.Name, Target: t.String(),
		}
	}
	return q, nil
}

func (q *canAnswer) question() network.Question {
	question := q.machine.question(network.Question{
		Subject: q.subject.Context, Operation: q.op,
		Protocol: q.target.Protocol, Port: q.port, Addr: q.target.Addr, Maker: q.maker,
	})
	q.packets.Apply(q.d, &question)
	return question
}

// said is the operation as it is put into words.
func (q *canAnswer) said() *say.Operation {
	return &say.Operation{
		Decider: q.d, Question: q.question(), Answer: &q.answer, Name: q.subject.Name, Target: q.target.String(),
	}
}

// together is what becomes of the operation: it takes both ends, if both were
// asked.
func (q *canAnswer) together() network.Verdict {
	if q.peer == nil {
		return q.answer.Verdict
	}
	return senet.Together(q.answer.Verdict, q.peer.Answer)
}

// assumptions are all that the answer takes for granted.
func (q *canAnswer) assumptions() []network.Assumption {
	all := slices.Concat(q.machine.notes, q.answer.Assumptions)
	if q.subject.Assumed {
		all = append(all, network.AssumeContext(q.p.FormatContext(q.subject.Context)))
	}
	network.SortAssumptions(all)
	list := []network.Assumption{}
	for _, a := range all {
		if !slices.Contains(list, a) { // the library has some in its answer
			list = append(list, a)
		}
	}
	return list
}

// switches returns the settings of booleans that would make the whole operation
// succeed: those that help the refusing layer and leave none that refuses.
func (q *canAnswer) switches() [][]policy.BoolSetting {
	return remedy.Switches(q.d, q.question(), &q.answer)
}

func (q *canAnswer) json() doc.Can {
	return doc.CanOf(&doc.CanAnswer{
		Policy: q.policyName, Host: q.machine.facts, Assumptions: q.assumptions(), Verdict: q.together(),
		Own: q.said(), Peer: q.peer, Steps: q.subject.Steps, Switches: q.switches(),
	})
}

// write prints the answer for a person: the verdict, the reason, the layers,
// what would change it, what was assumed, the next command.
func (q *canAnswer) write(w io.Writer) error {
	var b words.Page
	said := q.said()
	b.Printf("%s\n", said.Headline())
	say.Pieces(&b, q.p, q.runs)
	b.Printf("why   %s\n", words.Wrap(said.Why(), 6))
	said.Layers(&b)
	for _, s := range q.switches() {
		b.Printf("bool  %s would allow it\n", say.Settings(q.p, s, " and "))
	}
	if filter := cmp.Or(q.answer.Filtered, q.answer.MayFilter); filter != "" {
		b.Printf("note  %s\n", words.Wrap("whatever SELinux says, "+filter, 6))
	}
	if q.peer != nil {
		b.Printf("peer  %s\n", q.peer.Headline())
		b.Printf("why   %s\n", words.Wrap(q.peer.Why(), 6))
		q.peer.Layers(&b)
	}
	say.Steps(&b, q.subject.Steps)
	say.Assumptions(&b, q.assumptions())
	b.Command("next", q.next())
	_, err := b.WriteTo(w)
	return err
}

// next is the command that leads on.
func (q *canAnswer) next() shell.Command {
	if q.answer.Verdict == network.Denied && q.target.Ports.Len() == 1 {
		return q.command("fix")
	}
	return q.command("can").Flag("--json")
}

// command asks the same question of a command of senet.
func (q *canAnswer) command(verb string) shell.Command {
	return shell.New("senet", verb).Arg(q.subject.Name, string(q.op), q.target.String()).With(q.repeat)
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
