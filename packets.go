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

// Packets has the properties of packets that the facts of a machine do not determine. The zero
// Packets set nothing.
type Packets struct {
	// Peer names the process at the other end as for [Session.Subject]. If it is on the same
	// machine, [Session.Can] also asks about it.
	Peer string
	// Netif is the interface of the packets; empty for the one of the routes.
	Netif string
	// Packet is the SECMARK label of packets, a context or a type; empty for the one that the
	// packet filter sets.
	Packet string
	// From is the address of the other end of a server, without a zone.
	From netip.Addr
}

// PacketFacts are Packets with the names resolved in one policy. The zero PacketFacts set nothing.
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

// packetLabel reads a context, or a type, which means the usual context of packets with that type:
// with the user, level and role of the initial SID unlabeled.
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

// apply adds the properties to a question for d.
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

// reach adds the properties to a question for d about many ports.
func (f *PacketFacts) reach(d *access.Decider, q *reach.Query) {
	one := network.Question{Protocol: q.Protocol}
	f.apply(d, &one)
	q.Netif, q.Remote, q.Peer, q.PacketLabel = one.Netif, one.Remote, one.Peer, one.PacketLabel
}
