package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/picture"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

const canLong = `Say whether SELinux lets a process do something on the network, layer by layer:
its own socket, the port, the node, the interface, the packet.

SUBJECT is the type a process runs as (haproxy_t; ps -eZ shows it), a service or
a program by its name (haproxy: what it runs as here is said), a full context, a
process (pid:812), a service (unit:haproxy.service) or a program
(exe:/usr/sbin/haproxy). ACTION is connect, bind, listen, send or recv. TARGET
is a protocol (tcp, udp, sctp, dccp, mptcp, udplite) and a port, a range of
ports or a service, perhaps with an address: tcp/5601, udp/domain,
tcp/10.0.0.7:5601, tcp/[::1]:80.

TARGET may also be a socket without ports: unix:/run/app.sock or unix:app_t (who
listens), unix-dgram:/dev/log, netlink:route, netlink:route/write, vsock:1024,
raw, packet, icmp. Further actions are open (make such a socket, or one of tcp,
udp, ...), set with a socket option (SO_MARK, udp/IP_TRANSPARENT), use with a
descriptor that another process passes on (fd:init_t, fd:init_t/tcp) and request
with a kernel module (module:sctp).

Without --policy or --root the running policy is asked, else the installed one,
else the built-in example. With --policy alone the answer is for a host as it is
installed; else for this machine, or that of --host or --root.

Where the machine labels packets, its facts decide which labels. --peer names
the process at the other end, and senet says what both ends may; the exit status
is of both. --from is the address of the other end of a server.

Where the headers of refpolicy are installed, or in --headers DIR, each layer
that refuses names the interface that would allow it, and what it opens besides.

With --modules each rule is followed by the modules and lines that it comes
from; that takes as long as building the policy.

--svg draws the layers: those that allow it, those that refuse it, and those
that are not asked; --dot is the same for Graphviz.

Exit status: 0 allowed, 1 denied, 3 it depends, 64 a mistake in the command, 65
a policy or a host that cannot be read.`

const canExamples = `  senet can haproxy_t connect tcp/5601
  senet can unit:nginx.service bind tcp/8081
  senet can httpd_t bind tcp/8080 --policy policy.33 --json
  senet can httpd_t connect unix:/run/mysqld/mysqld.sock`

func newCan(io ioStreams) *cobra.Command {
	var flags policyFlags
	var output outputFlags
	var origin originFlags
	var pictures pictureFlags
	cmd := &cobra.Command{
		Use:     "can SUBJECT ACTION TARGET",
		Long:    canLong,
		Example: canExamples,
		Args:    exactArgs(3, "senet can haproxy_t connect tcp/5601"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := pictures.check(&output, ""); err != nil {
				return err
			}
			a, err := flags.askCan(args, io.stderr, &origin)
			if err != nil {
				return err
			}
			if err := output.emit(io.stdout, func() any {
				d := doc.CanOf(a.policyName, a.Answer)
				d.Locate(a.modules, a.Policy())
				return d
			}, pictures.or(func() *picture.Picture { return picture.Layers(a.Answer) }, page(a.write))); err != nil {
				return err
			}
			return verdictError(a.Together())
		},
	}
	flags.registerAll(cmd.Flags())
	flags.registerAsIs(cmd.Flags())
	flags.packetFlags.register(cmd.Flags())
	flags.protocol.register(cmd.Flags())
	output.register(cmd.Flags())
	origin.register(cmd.Flags())
	pictures.register(cmd.Flags())
	flags.headersFlag.register(cmd.Flags())
	return cmd
}

// An asked is an answer with the values needed to print it and to ask again.
type asked struct {
	*senet.Answer
	policyName string
	repeat     shell.Command // the flags that select the same policy again
	fixing     shell.Command // the same without those of the machine
	modules    *provenance.Finder
}

func (f *policyFlags) askCan(args []string, stderr io.Writer, origin *originFlags) (*asked, error) {
	socket, isSocket, err := senet.ParseSocketTarget(network.Operation(args[1]), args[2])
	switch {
	case err != nil:
		return nil, usage(err, "")
	case isSocket && (f.protocol != "" || f.packetFlags != packetFlags{}):
		return nil, usage(fmt.Errorf("--protocol, --peer, --netif, --packet and --from are for ports, "+
			"not for %s", args[2]),
			"")
	}
	var q senet.Query
	if !isSocket {
		if q, err = f.query(args); err != nil {
			return nil, err
		}
	}
	s, err := f.openSession(stderr)
	if err != nil {
		return nil, err
	}
	var a *senet.Answer
	if isSocket {
		a, err = s.CanSocket(context.Background(),
			senet.SocketQuery{Subject: args[0], Operation: network.Operation(args[1]), Target: socket})
	} else {
		a, err = s.Can(context.Background(), q)
	}
	if err != nil {
		return nil, questionProblem(err)
	}
	a.Calls, err = s.Interfaces(a)
	if err != nil && f.headers != "" { // those that are installed are asked if they can be
		return nil, unreadable(err, "")
	}
	modules, err := origin.finder(f, s)
	return &asked{a, s.Source().Name, f.repeat().With(f.again("")), f.repeatPolicy(), modules}, err
}

// query reads SUBJECT ACTION TARGET.
func (f *policyFlags) query(args []string) (q senet.Query, err error) {
	q.Subject = args[0]
	if q.Operation, err = parseAction(args[1]); err != nil {
		return q, err
	}
	if q.Target, err = f.protocol.parse(args[2]); err != nil {
		return q, err
	}
	q.Packets, err = f.said()
	return q, err
}

func parseAction(text string) (network.Operation, error) {
	op := network.Operation(text)
	if !slices.Contains(network.Operations(), op) {
		return "", usage(&senet.OperationError{Operation: op},
			"senet can has open, set, use and request too, for sockets without ports")
	}
	return op, nil
}

// write prints the answer for a person, and the next command.
func (a *asked) write(b *words.Page) {
	say.Can(b, a.Answer, a.modules)
	b.Command("next", a.next())
}

// next returns the next command.
func (a *asked) next() shell.Command {
	switch {
	case a.Verdict == network.Denied && a.Named != "":
		return say.OperationOf(a.Answer).Fix(a.fixing)
	case a.Verdict == network.Denied && a.Query.Target.Ports.Len() == 1:
		return a.command("fix")
	}
	return a.command("can").Flag("--json")
}

// command returns the command of senet that asks the same question.
func (a *asked) command(verb string) shell.Command {
	return say.OperationOf(a.Answer).Command(verb, a.repeat)
}

// repeat returns the flags as a user would type them again.
func (f *policyFlags) repeat() shell.Command {
	return f.repeatPolicy().With(f.machineFlags.repeat()).With(f.packetFlags.repeat())
}

// repeatPolicy is repeat for commands that use no machine.
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
