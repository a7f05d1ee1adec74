package senet

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// Packets has the properties of packets that the facts of a machine leave open. The zero Packets
// say nothing.
type Packets struct {
	// Peer names the process at the other end as [Session.Subject] takes it. Where it
	// is on the same machine, [Session.Can] asks it as well.
	Peer string
	// Netif is the interface that packets pass; empty for that to which the routes
	// lead.
	Netif string
	// Packet is the SECMARK label of packets, a context or a type; empty for that
	// which the rules of the packet filter lead to.
	Packet string
	// From is the address of the other end of a server, without a zone.
	From netip.Addr
}

// PacketFacts are Packets as one policy understands them. The zero PacketFacts say
// nothing.
type PacketFacts struct {
	Netif  string
	From   netip.Addr
	Packet *policy.Context  // nil if it was not given
	Peer   *subject.Subject // nil if it was not given
}

// Packets reads the properties of packets in a question. A name that the policy lacks is an
// *UnknownError.
func (s *Session) packets(ctx context.Context, p Packets) (PacketFacts, error) {
	f := PacketFacts{Netif: p.Netif, From: p.From}
	if p.From.Zone() != "" {
		return PacketFacts{}, fmt.Errorf("from %s: %w", p.From, ErrZone)
	}
	if p.Packet != "" {
		c, err := packetLabel(s.policy, p.Packet)
		if err != nil {
			return PacketFacts{}, fmt.Errorf("packet: %w", err)
		}
		f.Packet = &c
	}
	if p.Peer != "" {
		peer, err := s.Subject(ctx, p.Peer)
		if err != nil {
			return PacketFacts{}, fmt.Errorf("peer: %w", err)
		}
		f.Peer = &peer
	}
	return f, nil
}

// packetLabel reads a context, or a type, for which the context stands that packets
// have: the user and level of the initial SID unlabeled, and its role.
func packetLabel(p *policy.Policy, text string) (policy.Context, error) {
	if c, err := p.ParseContext(text); err == nil {
		return c, nil
	}
	id, ok := p.Type(text)
	if !ok {
		return policy.Context{}, &UnknownError{Kind: KindType, Name: text, Near: policy.Nearest(text, typeNames(p), 3),
			Err: fmt.Errorf("%s: neither a context nor a type of the policy", text)}
	}
	c, _ := p.InitialSID(policy.SIDUnlabeled)
	c.Type = uint32(id)
	return c, nil
}

// Apply puts what was said into a question that d is to decide.
func (f *PacketFacts) apply(d *access.Decider, q *network.Question) {
	q.Netif, q.Remote, q.PacketLabel = f.Netif, f.From, f.Packet
	if f.Peer == nil {
		return
	}
	if s, ok := network.SocketOf(q.Protocol); ok {
		c := d.SocketContext(f.Peer.Context, s.ClassUnder(d.Policy()))
		q.Peer = &c
	}
}

// Reach puts what was said into a question about many ports that d is to decide.
func (f *PacketFacts) reach(d *access.Decider, q *reach.Query) {
	one := network.Question{Protocol: q.Protocol}
	f.apply(d, &one)
	q.Netif, q.Remote, q.Peer, q.PacketLabel = one.Netif, one.Remote, one.Peer, one.PacketLabel
}
