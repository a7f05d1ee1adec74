package network

import (
	"net/netip"

	"github.com/senet-selinux/senet/policy"
)

// OtherEnd returns what the process at the other end does during the operation of q: for a client, a server that
// listens; for a server, a client that connects. own is the answer of q, and peer is the context of the other
// process. ok is false if there is no other end to ask about: a bind has none, and the facts of the Question do not
// apply to a process on another machine.
func (q *Question) OtherEnd(own *Answer, peer policy.Context) (other Question, ok bool) {
	other = *q
	switch q.Operation {
	case Connect:
		other.Operation = Listen
	case Listen:
		other.Operation = Connect
	case Send:
		other.Operation = Recv
	case Recv:
		other.Operation = Send
	default:
		return Question{}, false
	}
	socket := own.Socket
	other.Subject, other.Peer = peer, &socket
	other.Calls, other.SocketLabel, other.Maker, other.PeerLabel = nil, nil, nil, nil
	other.Remote = netip.Addr{}
	if other.Operation == Listen || other.Operation == Recv {
		other.Remote = sourceOf(&q.Host, q.Addr)
	} else if !q.Addr.IsValid() || q.Addr.IsUnspecified() {
		other.Addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return other, localAddr(&q.Host, other.Addr)
}
