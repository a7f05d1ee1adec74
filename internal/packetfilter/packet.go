package packetfilter

import "net/netip"

// A Packet is one packet on its way, as far as it is known.
type Packet struct {
	IPv6     bool
	Protocol uint8
	// Source and Dest are addresses; the zero Addr is one that is not known.
	Source, Dest netip.Addr
	// SPort and DPort are the ports that the packet may have. A protocol without
	// ports has the zero Ports.
	SPort, DPort Ports
	// Interface is the one that the packet leaves or arrives by, "" for one that
	// is not known; Index is its number, 0 for one that is not known.
	Interface string
	Index     int
	// Reply says that it goes from the server to the client, Established that a
	// reply has been seen before or is this.
	Reply, Established bool
	// Flags are those of TCP, of which Known are known.
	Flags, Known uint8
}

// Ports is a range of ports, both ends included.
type Ports struct{ Low, High uint16 }

// The flags of TCP.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// A Mark is a label of a packet or connection: an index into the labels of a
// Ruleset, NoLabel or AnyLabel.
type Mark int

// The marks that are no labels.
const (
	NoLabel  Mark = 0  // SECMARK 0, for which the initial SID unlabeled stands
	AnyLabel Mark = -1 // one that cannot be told
)

// A State is the packet filter's result so far for a packet and the connection that it belongs to.
type State struct {
	Packet, Conn Mark
	// Dropped says that the packet goes no further, Untracked that it belongs to
	// no connection, Rewritten that its addresses or ports are others now.
	Dropped, Untracked, Rewritten bool
	// Label names the rule that gave the label, and Hangs the first rule that may
	// have matched or not; "" for none.
	Label, Hangs string
}

// same reports whether two states differ in nothing that rules look at.
func (s *State) same(t *State) bool {
	return s.Packet == t.Packet && s.Conn == t.Conn && s.Dropped == t.Dropped && s.Untracked == t.Untracked &&
		s.Rewritten == t.Rewritten
}

// add appends states that are not in the list yet.
func add(list []State, more ...State) []State {
next:
	for _, s := range more {
		for i := range list {
			if list[i].same(&s) {
				continue next
			}
		}
		list = append(list, s)
	}
	return list
}
