package network

import (
	"iter"
	"net/netip"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

// ipsecFor yields the labelled policies and states of IPsec that may apply to packets between two
// addresses, in either direction. Over the loopback interface there are none for IPv4, which does
// not use IPsec there (IN_DEV_NOXFRM, IN_DEV_NOPOLICY); IPv6 does.
func ipsecFor(f *host.Facts, local bool, protocol uint8, a, b netip.Addr) iter.Seq[*host.IPsecLabel] {
	covers := func(prefix string, a netip.Addr) bool {
		p, err := netip.ParsePrefix(prefix)
		return prefix == "" || err != nil || !a.IsValid() || p.Contains(a)
	}
	return func(yield func(*host.IPsecLabel) bool) {
		if local && (a.Is4() || b.Is4()) {
			return
		}
		for i := range f.IPsec {
			l := &f.IPsec[i]
			if strings.Contains(l.From, "in network namespace") ||
				l.Protocol != 0 && protocol != 0 && l.Protocol != protocol {
				continue
			}
			if covers(l.Source, a) && covers(l.Dest, b) || covers(l.Source, b) && covers(l.Dest, a) {
				if !yield(l) {
					return
				}
			}
		}
	}
}

// ipsecMayLabel names a labelled policy or state of IPsec that may have labelled arriving packets,
// "" for none. A policy that only passes or drops packets gives no label.
func ipsecMayLabel(f *host.Facts, local bool, protocol uint8, source, dest netip.Addr) string {
	for l := range ipsecFor(f, local, protocol, source, dest) {
		if l.Action != "allow" && l.Action != "block" {
			return "labelled IPsec: the " + l.Kind + " for " + l.Context
		}
	}
	return ""
}

// ipsecMayDrop names a labelled policy of IPsec that may drop a packet at this end, "" for none. Such a policy
// blocks packets, or transforms them, which requires a state that may not exist. A policy counts if the label of
// the socket, or of an arriving packet, has polmatch on the policy's label (selinux_xfrm_policy_lookup). A policy
// without a label may come before it; the facts do not have such policies.
func (a *asking) ipsecMayDrop(e *event) string {
	t := a.traffic()
	if len(a.q.Host.IPsec) == 0 {
		return ""
	}
	direction := "in"
	if e.departs {
		direction = "out"
	}
	for l := range ipsecFor(&a.q.Host, t.local, a.s.packetProtocol(t.ipv6), t.remote, t.own) {
		// A packet over the loopback interface is checked in both directions.
		if l.Kind != "policy" || l.Action == "allow" || l.Direction != "" && l.Direction != direction && !t.local {
			continue
		}
		if l.Direction == "fwd" || !a.polmatch(e, l) {
			continue
		}
		return "the " + strings.TrimSpace("policy of IPsec "+l.Direction) + " for " + l.Context
	}
	return ""
}

// polmatch reports whether a label that a packet may have at the policy lookup may choose the policy.
func (a *asking) polmatch(e *event, l *host.IPsecLabel) bool {
	c, err := a.p.ParseContext(l.Context)
	if err != nil {
		return true
	}
	asks := func(source policy.Context) bool {
		return !a.q.Host.Enforcing || a.p.IsPermissive(policy.TypeID(source.Type)) ||
			a.d.Check(source, c, "association", "polmatch").Perms[0].Allowed
	}
	// For packets of SCTP the kernel looks policies up without the label of the socket (sctp_v6_get_dst).
	if (l.Direction != "out" || a.s.Protocol == SCTP) && asks(a.unlabeled) {
		return true
	}
	if l.Direction == "in" {
		return false
	}
	// A connection may have the level of its creator or of the other end.
	own, peer := a.socket, a.q.Peer
	ofPeer := func(c policy.Context) policy.Context {
		if peer != nil {
			c.Range = peer.Range
		}
		return c
	}
	if a.traffic().local && !e.departs {
		if peer == nil {
			return true
		}
		answer := *peer
		answer.Range = own.Range
		return asks(*peer) || asks(answer)
	}
	for i := range e.ways {
		if l := &e.ways[i].own; l.unknown || asks(l.context) {
			return true
		}
	}
	return asks(own) || asks(ofPeer(own))
}
