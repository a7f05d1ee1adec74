package network

import (
	"net/netip"

	"github.com/senet-selinux/senet/internal/packetfilter"
)

// A flow is a connection, or datagrams in one direction, as the packet filter of one end sees it.
type flow struct {
	ipv6     bool
	protocol uint8
	// client and server are the addresses of the ends, the zero Addr if unknown, and the ports of
	// the client.
	client, server netip.Addr
	clientPorts    packetfilter.Ports
	port           uint16
	iface          string
	index          int
	// serves says that the question is about the server, local that both ends are
	// on this host, stream that there are connections.
	serves, local, stream bool
}

// An outcome is the result for one packet of a flow at the point where SELinux checks it at this
// end.
type outcome struct {
	// departs says that the packet leaves this end.
	departs bool
	states  []packetfilter.State
	// behind are the states of a packet after this end's check and everything that follows on its way out. arrived
	// are the states after the input of the other end, if that end is on this host.
	behind, arrived []packetfilter.State
}

// The packets of a connection in their order: the first packet, the answer to it, and all later packets of the
// client, which have the same label.
const (
	packetFirst = iota
	packetAnswer
	packetLater
	packets
)

// walk sends the packets of a flow through the packet filter. It returns the state of each packet at this end's
// check: in postrouting for packets that leave, and after input for packets that arrive.
func (f *flow) walk(r *packetfilter.Ruleset) []outcome {
	connection := packetfilter.Begin()
	var list []outcome
	for i := range packets {
		p := f.packet(i)
		departs := (i != packetAnswer) != f.serves
		states, out := connection, outcome{departs: departs}
		if departs || f.local {
			states = r.Pass(&p, false, states, packetfilter.Output, packetfilter.Postrouting)
			out.states = states
			states = r.Pass(&p, false, states, packetfilter.Leaving)
			out.behind = states
		}
		if !departs || f.local {
			states = r.Pass(&p, f.local, states, packetfilter.Prerouting, packetfilter.Input)
		}
		switch {
		case !departs:
			out.states, out.behind = states, nil
		case f.local:
			out.arrived = states
		}
		list = append(list, out)
		if connection = packetfilter.Next(states); len(connection) == 0 || !f.stream {
			break
		}
	}
	return list
}

// packet returns a packet of the flow.
func (f *flow) packet(i int) packetfilter.Packet {
	p := packetfilter.Packet{
		IPv6: f.ipv6, Protocol: f.protocol, Source: f.client, Dest: f.server,
		SPort: f.clientPorts, DPort: packetfilter.Ports{Low: f.port, High: f.port},
		Interface: f.iface, Index: f.index,
		Known: packetfilter.SYN | packetfilter.ACK | packetfilter.RST | packetfilter.FIN,
	}
	switch i {
	case packetFirst:
		p.Flags = packetfilter.SYN
	case packetAnswer:
		p.Source, p.Dest, p.SPort, p.DPort = p.Dest, p.Source, p.DPort, p.SPort
		p.Reply, p.Established, p.Flags = true, true, packetfilter.SYN|packetfilter.ACK
	case packetLater:
		p.Established, p.Flags = true, packetfilter.ACK
	}
	return p
}
