package daemonconf

// An Operation is an action of a program on an address. The words are those of package
// network.
type Operation string

// The operations.
const (
	Listen  Operation = "listen"  // bind, and accept connections
	Bind    Operation = "bind"    // bind, and receive
	Connect Operation = "connect" // connect a socket
	Send    Operation = "send"    // send without a connection
)

// A Pos is a line of a file. Line is 1-based, 0 for a default, which is in no file.
type Pos struct {
	File string
	Line int
}

// An Actor is the process that makes the calls.
type Actor string

// The actors.
const (
	Main    Actor = ""        // the program's own process
	Manager Actor = "manager" // process 1, for a socket unit
	Runtime Actor = "runtime" // the container runtime, for a published port
)

// A Worker is a program that the main program starts, and that makes a call or opens a file itself.
type Worker struct {
	// File is its file, "" for the main program's own process.
	File string
	// Label is the type that policies give the file.
	Label string
}

// An Endpoint is one address that a program binds or connects to.
type Endpoint struct {
	Op Operation
	// Protocol is tcp or udp, or another that package network knows.
	Protocol string
	// Host is the address or name as it is written, "" for any address.
	Host string
	// Low and High are the ports; both are 0 if Open says why they are not known.
	Low, High uint16
	// Open names what decides the ports: a variable, a DNS record. "" if they are known.
	Open string
	// If is the condition under which the endpoint is used, if it is not known whether it holds.
	If string
	// Directive is the word of the configuration, or the option, that defines the endpoint.
	Directive string
	// Name is the name of the endpoint in the program's log: for haproxy BACKEND/SERVER, or the name of the
	// frontend that listens. It is "" for programs that do not name endpoints.
	Name string
	// Note says what a reader may not expect, such as a default.
	Note string
	By   Actor
	// Worker makes the call, if By is Main and its File is set.
	Worker Worker
	Pos
}

// A Socket is a UNIX socket. The path of an abstract name begins with @.
type Socket struct {
	Op        Operation
	Path      string
	Directive string
	// Worker makes the call, if its File is set.
	Worker Worker
	Pos
}

// A Use is the purpose of a file.
type Use string

// The uses.
const (
	Certificate Use = "certificate" // a certificate or key; the daemon reads it
	Config      Use = "config"      // a further configuration file; the daemon reads it
	Log         Use = "log"         // the daemon writes it
	PID         Use = "pid"         // the daemon writes it
	Data        Use = "data"        // a directory for the daemon's data
)

// A File is a file that a configuration names.
type File struct {
	Path      string
	Use       Use
	Directive string
	// Worker opens the file, if its File is set.
	Worker Worker
	Pos
}

// A Problem is a reason why the answer is not complete: a file that cannot be read, files that
// include one another, a line that the program would refuse.
type Problem struct {
	Text string
	Pos
}

// A Result lists the endpoints, sockets and files of a configuration, in its order.
type Result struct {
	Program   string
	Endpoints []Endpoint
	Sockets   []Socket
	Files     []File
	Problems  []Problem
	// Read are the files that were read.
	Read []string
}
