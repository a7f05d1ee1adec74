// Package operations is the one collection of operations that the tests of packages
// network, reach and remedy ask about and that test/kernel has a real kernel do. What one
// of them got wrong once stands here, as a case for all.
package operations

import (
	"math/rand/v2"
	"net/netip"

	"github.com/senet-selinux/senet/network"
)

// An Operation is one action of any process.
type Operation struct {
	Protocol  network.Protocol
	Operation network.Operation
	Addr      netip.Addr // the zero Addr is any
	Port      uint16
}

// Question is the operation as a question without a subject and a machine.
func (o Operation) Question() network.Question {
	return network.Question{Protocol: o.Protocol, Operation: o.Operation, Addr: o.Addr, Port: o.Port}
}

// Ports returns ports that are labelled in many ways, with those at which the checks of
// the kernel change: 0, the first that needs no capability, the local port range.
func Ports() []uint16 {
	return []uint16{0, 1, 22, 53, 80, 81, 111, 443, 512, 600, 1023, 1024, 1433, 3306, 5432, 5600, 5601, 8000, 8080,
		8081,
		9080, 9200, 32767, 32768, 40000, 60999, 61000, 65535}
}

// Addrs4 and Addrs6 return addresses that a host has of itself, of each kind that the
// checks of nodes tell apart.
func Addrs4() []netip.Addr { return addrs("0.0.0.0", "127.0.0.1", "127.0.0.2", "127.200.3.4") }

// Addrs6 are those of IPv6.
func Addrs6() []netip.Addr { return addrs("::", "::1", "::ffff:127.0.0.1") }

func addrs(list ...string) []netip.Addr {
	out := make([]netip.Addr, len(list))
	for i, text := range list {
		out[i] = netip.MustParseAddr(text)
	}
	return out
}

// Protocols returns the protocols with ports.
func Protocols() []network.Protocol {
	return []network.Protocol{network.TCP, network.MPTCP, network.UDP, network.UDPLite, network.SCTP, network.DCCP}
}

// Known returns operations that a simple model gets wrong, each with the reason.
func Known() []Operation {
	loopback, any6, mapped := netip.MustParseAddr("127.0.0.1"), netip.IPv6Unspecified(), Addrs6()[2]
	return []Operation{
		{network.TCP, network.Bind, loopback, 0},          // no check of the port, one of the node
		{network.TCP, network.Bind, loopback, 40000},      // in the local port range: none of the port
		{network.TCP, network.Bind, loopback, 32767},      // just below it
		{network.TCP, network.Bind, loopback, 61000},      // just above it
		{network.TCP, network.Bind, loopback, 1023},       // the last that takes a capability
		{network.TCP, network.Bind, loopback, 1024},       // the first that does not
		{network.TCP, network.Bind, any6, 8080},           // the node of ::
		{network.TCP, network.Bind, mapped, 8080},         // an IPv4 node, though the socket is IPv6
		{network.TCP, network.Connect, mapped, 8080},      // the same for connect()
		{network.TCP, network.Listen, loopback, 8080},     // listen and accept beside bind
		{network.TCP, network.Connect, loopback, 40000},   // connect() asks in the local port range too
		{network.TCP, network.Connect, loopback, 1},       // reserved, and any process may if the policy lets it
		{network.UDP, network.Connect, loopback, 53},      // connect() of UDP asks for no port
		{network.UDP, network.Bind, loopback, 53},         // bind() does
		{network.UDP, network.Send, loopback, 53},         // sendto() without connect()
		{network.UDPLite, network.Bind, loopback, 53},     // its ports are labelled as those of UDP
		{network.UDPLite, network.Connect, loopback, 53},  // which the class for all other sockets does not ask
		{network.MPTCP, network.Connect, loopback, 443},   // subflows are TCP sockets
		{network.MPTCP, network.Bind, loopback, 443},      // of the same port
		{network.SCTP, network.Connect, loopback, 9200},   // another class with extended_socket_class
		{network.SCTP, network.Bind, loopback, 9200},      // another label than TCP's
		{network.DCCP, network.Connect, loopback, 8000},   // has a class since long ago
		{network.DCCP, network.Bind, loopback, 8000},      // and port labels since less long
		{network.TCP, network.Send, loopback, 80},         // after connect()
		{network.TCP, network.Recv, loopback, 80},         // after connect()
		{network.TCP, network.Connect, loopback, 65535},   // the last port
		{network.TCP, network.Bind, netip.Addr{}, 5601},   // no address is 0.0.0.0
		{network.TCP, network.Connect, netip.Addr{}, 111}, // which connect() takes for loopback
	}
}

// Some returns one of the known operations or, more often, one that is put together at
// random.
func Some(rng *rand.Rand) Operation {
	if rng.IntN(4) == 0 {
		known := Known()
		return known[rng.IntN(len(known))]
	}
	o := Operation{
		Protocol: network.TCP, Operation: network.Operations()[rng.IntN(len(network.Operations()))],
		Addr: Addr(rng), Port: Port(rng),
	}
	if rng.IntN(2) == 0 {
		o.Protocol = Protocols()[rng.IntN(len(Protocols()))]
	}
	return o
}

// Port returns one of [Ports], or sometimes any.
func Port(rng *rand.Rand) uint16 {
	if rng.IntN(4) == 0 {
		return uint16(rng.IntN(65536))
	}
	return Ports()[rng.IntN(len(Ports()))]
}

// Addr returns one of the addresses, of IPv6 sometimes.
func Addr(rng *rand.Rand) netip.Addr {
	list := Addrs4()
	if rng.IntN(4) == 0 {
		list = Addrs6()
	}
	return list[rng.IntN(len(list))]
}
