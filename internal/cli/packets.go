package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/subject"
)

// packetFlags say what the facts of a machine leave open of packets.
type packetFlags struct {
	peer, netif, packet, from string
}

func (f *packetFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.peer, "peer", "", "the process at the other end: `SUBJECT`")
	flags.StringVar(&f.netif, "netif", "", "the interface that packets pass: `NAME`")
	flags.StringVar(&f.packet, "packet", "", "the SECMARK label of packets, a type or a context: `LABEL`")
	flags.StringVar(&f.from, "from", "", "the address of the other end of a server: `ADDRESS`")
}

// repeat returns the flags as one would type them again.
func (f *packetFlags) repeat() shell.Command {
	var c shell.Command
	for _, flag := range [][2]string{{"--peer", f.peer}, {"--netif", f.netif}, {"--packet", f.packet}, {"--from", f.from}} {
		if flag[1] != "" {
			c = c.Option(flag[0], flag[1])
		}
	}
	return c
}

// resolve reads the flags. Subjects and labels take a policy to be understood.
func (f *policyFlags) resolve(d *access.Decider) (facts senet.PacketFacts, err error) {
	said := senet.Packets{Netif: f.netif, Packet: f.packet}
	if f.from != "" {
		if said.From, err = netip.ParseAddr(f.from); err != nil || said.From.Zone() != "" {
			return facts, usage(fmt.Errorf("--from %s: not an address of IPv4 or IPv6", f.from), "")
		}
	}
	s, err := senet.OpenPolicy(d.Policy(), senet.Source{}, senet.Options{Root: f.root})
	if err != nil {
		return facts, unreadable(err, "")
	}
	if facts, err = s.Packets(context.Background(), said); err != nil {
		var unknown *senet.UnknownError
		var hint words.Lines
		if errors.As(err, &unknown) {
			hint = nearest(unknown.Near)
		}
		return facts, usage(fmt.Errorf("--packet %w", err), hint)
	}
	if f.peer != "" {
		peer, err := f.find(d, f.peer)
		if err != nil {
			return facts, err
		}
		facts.Peer = &peer
	}
	return facts, nil
}

// askPeer asks the same of the process at the other end, if one was named and it
// is on this machine.
func (q *canAnswer) askPeer() error {
	peer := q.packets.Peer
	if peer == nil {
		return nil
	}
	own := q.question()
	question, ok := own.OtherEnd(&q.answer, peer.Context)
	if !ok {
		return nil
	}
	other := *q
	other.subject, other.op, other.maker, other.runs, other.peer = *peer, question.Operation, nil, nil, nil
	other.packets.Peer = &subject.Subject{Name: q.subject.Name, Context: q.subject.Context}
	other.packets.From = netip.Addr{}
	var err error
	if other.answer, err = network.Ask(q.d, question); err != nil {
		return err
	}
	q.peer = &other
	return nil
}

// together is what becomes of the operation: it takes both ends, if both were
// asked.
func (q *canAnswer) together() network.Verdict {
	if q.peer == nil {
		return q.answer.Verdict
	}
	return senet.Together(q.answer.Verdict, &q.peer.answer)
}
