package wire

import "time"

// A Daemon runs a daemon in a context of its own, enforcing or not as the system is, and says what
// becomes of its calls of bind and connect.
type Daemon struct {
	// Files are written and labelled before it starts.
	Files   []Content
	Args    []string // Args[0] is its path
	Context string
	// Calls is how many calls for addresses of IPv4 and IPv6 it is to make, on sockets that are not for
	// datagrams. It runs until they are made and Settle has passed, or it has ended, or Limit has
	// passed; then it is killed.
	Calls         int
	Settle, Limit time.Duration
}

// A Content is a file with its label.
type Content struct {
	Path, Context string
	Data          []byte
}

// A Daemoned is the result of a Daemon.
type Daemoned struct {
	// Ended says that it ended by itself.
	Ended  bool
	Output []byte
	Calls  []AddressCall
	// Denials are the AVC records.
	Denials []string
	Took    time.Duration
}

// An AddressCall is a call of bind or connect.
type AddressCall struct {
	Number int // of the system call
	Errno  int // 0 where it succeeded
	// Datagram says that the socket is for datagrams.
	Datagram bool
	// Address is the struct sockaddr.
	Address []byte
}
