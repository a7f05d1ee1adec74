package network

// An Operation is a whole action of a program, beginning with the creation of the socket.
type Operation string

// The operations.
const (
	Connect Operation = "connect" // make a socket and connect it
	Bind    Operation = "bind"    // make a socket and bind it
	Listen  Operation = "listen"  // make a socket, bind it, listen and accept
	Send    Operation = "send"    // make a socket, connect it if the protocol has connections, and send
	Recv    Operation = "recv"    // make a socket, bind it, and receive; with connections, first listen and accept
)

// Further operations, which do not use a port.
const (
	Open    Operation = "open"    // make a socket, and nothing else
	Set     Operation = "set"     // make a socket and set an option of it
	Use     Operation = "use"     // use a descriptor that another process passes on
	Inherit Operation = "inherit" // use such a descriptor of a socket: read and write it
	Request Operation = "request" // have the kernel load a module
)

// Operations returns all operations on ports.
func Operations() []Operation { return []Operation{Connect, Bind, Listen, Send, Recv} }

// Calls returns the system calls of an operation on a kind of socket, with the packets that pass, in order. It
// returns nil for an unknown operation. A client sends before it receives; a server receives first. The packets
// that make a connection pass before data can be sent or received on it.
func (op Operation) Calls(s Socket) []Call {
	var calls []Call
	switch op {
	case Connect:
		calls = []Call{CallSocket, CallConnect}
		if s.Inet && s.Stream {
			calls = append(calls, CallEgress, CallIngress)
		}
	case Bind:
		calls = []Call{CallSocket, CallBind}
	case Listen:
		calls = []Call{CallSocket, CallBind, CallListen}
		if s.Stream {
			calls = append(calls, CallAccept)
			if s.Inet {
				calls = append(calls, CallIngress, CallEgress)
			}
		}
	case Open:
		calls = []Call{CallSocket}
	case Set:
		calls = []Call{CallSocket, CallSetsockopt}
	case Use:
		calls = []Call{CallUse}
	case Inherit:
		calls = []Call{CallUse, CallInherit}
	case Request:
		calls = []Call{CallModule}
	case Send:
		switch {
		case s.Inet && s.Stream:
			calls = []Call{CallSocket, CallConnect, CallEgress, CallIngress, CallSend}
		case s.Stream:
			calls = []Call{CallSocket, CallConnect, CallSend}
		case s.Inet:
			calls = []Call{CallSocket, CallSend, CallEgress}
		default:
			calls = []Call{CallSocket, CallSend}
		}
	case Recv:
		calls = []Call{CallSocket, CallBind}
		switch {
		case s.Inet && s.Stream:
			calls = append(calls, CallListen, CallAccept, CallIngress, CallEgress, CallReceive)
		case s.Stream:
			calls = append(calls, CallListen, CallAccept, CallReceive)
		case s.Inet:
			calls = append(calls, CallReceive, CallIngress)
		default:
			calls = append(calls, CallReceive)
		}
	}
	return calls
}
