package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

const canLong = `Say whether SELinux lets a process do something on the network, layer by layer:
its own socket, the port, the node, the interface, the packet.

SUBJECT is the type a process runs as (haproxy_t; ps -eZ shows it) or a full
context. ACTION is connect, bind, listen, send or recv. TARGET is a protocol
(tcp, udp, sctp, dccp, mptcp, udplite) and a port, perhaps with an address:
tcp/5601, udp/53, tcp/10.0.0.7:5601, tcp/[::1]:80.

Without --policy or --root the running policy is asked, else the installed one,
else the built-in example.

Exit status: 0 allowed, 1 denied, 64 a mistake in the command, 65 a policy that
cannot be read.`

const canExamples = `  senet can haproxy_t connect tcp/5601
  senet can httpd_t bind tcp/8080 --policy policy.33 --bool httpd_can_network_relay=on --json`

func newCan(io ioStreams) *cobra.Command {
	var flags policyFlags
	var asJSON, quiet bool
	cmd := &cobra.Command{
		Use:     "can SUBJECT ACTION TARGET",
		Short:   "may it? layer by layer",
		Long:    canLong,
		Example: canExamples,
		Args:    exactArgs(3, "senet can haproxy_t connect tcp/5601"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q, err := flags.askCan(args, io.stderr)
			if err != nil {
				return err
			}
			switch {
			case quiet:
			case asJSON:
				err = writeJSON(io.stdout, q.json())
			default:
				err = q.write(io.stdout)
			}
			if err == nil && q.answer.Verdict == network.Denied {
				err = errNo
			}
			return err
		},
	}
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the answer as JSON")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing; the exit status is the answer")
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
	host       host.Facts
	answer     network.Answer
	repeat     string // the flags that ask the same policy again
}

func (f *policyFlags) askCan(args []string, stderr io.Writer) (*canAnswer, error) {
	op := network.Operation(args[1])
	if !slices.Contains(network.Operations(), op) {
		return nil, usage(fmt.Errorf("action %q is not connect, bind, listen, send or recv", args[1]), "")
	}
	t, err := parseTarget(args[2])
	if err != nil {
		return nil, err
	}
	p, name, err := f.open(stderr)
	if err != nil {
		return nil, err
	}
	s, err := subject.Resolve(p, args[0])
	if err != nil {
		hint := ""
		if errors.Is(err, subject.ErrUnknown) {
			hint = didYouMean(args[0], typeNames(p))
		}
		return nil, usage(err, hint)
	}
	q := &canAnswer{policyName: name, p: p, d: access.NewDecider(p), subject: s, op: op, target: t, host: host.Standard(), repeat: f.repeat()}
	q.answer, err = network.Ask(q.d, q.question())
	return q, err
}

func (q *canAnswer) question() network.Question {
	return network.Question{
		Subject: q.subject.Context, Operation: q.op,
		Protocol: q.target.protocol, Port: q.target.port, Addr: q.target.addr, Host: q.host,
	}
}

// repeat returns the flags as one would type them again.
func (f *policyFlags) repeat() string {
	s := ""
	if f.path != "" {
		s += " --policy " + f.path
	}
	if f.root != "" {
		s += " --root " + f.root
	}
	for _, b := range f.bools {
		s += " --bool " + b
	}
	return s
}
