package cli

import (
	"fmt"
	"net/netip"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
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

// packets are what the flags come to under a policy.
type packets struct {
	netif  string
	from   netip.Addr
	packet *policy.Context
	peer   *subject.Subject
}

// resolve reads the flags. Subjects and labels take a policy to be understood.
func (f *policyFlags) resolve(d *access.Decider) (p packets, err error) {
	p.netif = f.netif
	if f.from != "" {
		if p.from, err = netip.ParseAddr(f.from); err != nil || p.from.Zone() != "" {
			return p, usage(fmt.Errorf("--from %s: not an address of IPv4 or IPv6", f.from), "")
		}
	}
	if f.packet != "" {
		c, err := packetLabel(d.Policy(), f.packet)
		if err != nil {
			return p, err
		}
		p.packet = &c
	}
	if f.peer != "" {
		s, err := f.find(d, f.peer)
		if err != nil {
			return p, err
		}
		p.peer = &s
	}
	return p, nil
}

// packetLabel reads a context, or a type, for which the context stands that packets
// have: the user and level of the initial SID unlabeled, and its role.
func packetLabel(p *policy.Policy, text string) (policy.Context, error) {
	if c, err := p.ParseContext(text); err == nil {
		return c, nil
	}
	id, ok := p.Type(text)
	if !ok {
		return policy.Context{}, usage(fmt.Errorf("--packet %s: neither a context nor a type of the policy", text), didYouMean(text, typeNames(p)))
	}
	c, _ := p.InitialSID(policy.SIDUnlabeled)
	c.Type = uint32(id)
	return c, nil
}

// apply puts what was said into a question.
func (p *packets) apply(d *access.Decider, q *network.Question) {
	q.Netif, q.Remote, q.PacketLabel = p.netif, p.from, p.packet
	if p.peer == nil {
		return
	}
	if s, ok := network.SocketOf(q.Protocol); ok {
		c := d.SocketContext(p.peer.Context, s.ClassUnder(d.Policy()))
		q.Peer = &c
	}
}

// query puts it into a question about many ports.
func (p *packets) query(d *access.Decider, q reach.Query) reach.Query {
	one := network.Question{Protocol: q.Protocol}
	p.apply(d, &one)
	q.Netif, q.Remote, q.Peer, q.PacketLabel = one.Netif, one.Remote, one.Peer, one.PacketLabel
	return q
}

// otherEnd is what the process at the other end does: a server's client connects,
// a client's server listens. ok is false where there is no other end to ask.
func (q *canAnswer) otherEnd() (op network.Operation, ok bool) {
	switch q.op {
	case network.Connect:
		return network.Listen, true
	case network.Listen:
		return network.Connect, true
	case network.Send:
		return network.Recv, true
	case network.Recv:
		return network.Send, true
	}
	return "", false
}

// askPeer asks the same of the process at the other end, if one was named and it
// is on this machine.
func (q *canAnswer) askPeer() error {
	peer := q.packets.peer
	op, ok := q.otherEnd()
	if peer == nil || !ok {
		return nil
	}
	own := q.answer.Socket
	other := *q
	other.subject, other.op, other.maker, other.runs, other.peer = *peer, op, nil, nil, nil
	other.packets.peer = &subject.Subject{Name: q.subject.Name, Context: q.subject.Context}
	other.packets.from = netip.Addr{}
	question := other.question()
	question.Peer = &own
	if op == network.Listen || op == network.Recv {
		question.Remote = network.SourceOf(&q.machine.facts, q.target.addr)
	} else if !question.Addr.IsValid() || question.Addr.IsUnspecified() {
		question.Addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if !network.Local(&q.machine.facts, question.Addr) {
		return nil // of another machine, whose facts these are not
	}
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
	for _, v := range []network.Verdict{network.Denied, network.Depends} {
		if q.answer.Verdict == v || q.peer.answer.Verdict == v {
			return v
		}
	}
	return network.Allowed
}
