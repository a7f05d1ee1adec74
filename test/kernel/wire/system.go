package wire

import "time"

// A System is a request to the machine as a small system with files, programs
// and logs, in place of the bare system calls of Run. The members that are set
// are done in their order.
type System struct {
	// Quiet takes the audit rule away by which each system call of a program leaves a record, and
	// has syslog served: messages to /dev/log and the kernel's audit records go to /var/log/syslog.
	Quiet bool
	// Labels are written before anything else that follows.
	Labels []Label
	// Listen has process 1 answer HTTP at an address: "127.0.0.1:5601".
	Listen string
	// Enforce says "on" or "off".
	Enforce string
	Start   *Start
	Command *Command
	// Get asks the HTTP server at an address for its first page.
	Get   string
	Watch *Watch
}

// A SystemReply is the answer to a System.
type SystemReply struct {
	Command *Ended
	// Status is the HTTP status of Get, 0 for no answer.
	Status int
	// Log are the lines that Watch has put into the log.
	Log []string
}

// A Label is the security context of the files that match a pattern of
// path.Match.
type Label struct{ Path, Context string }

// Command is a program that runs to its end.
type Command struct {
	Args  []string // Args[0] is its path
	Stdin []byte
	Limit time.Duration
}

// Ended is the result of a Command.
type Ended struct {
	Code           int
	Stdout, Stderr []byte
	Took           time.Duration
}

// Start starts a program that goes on running, in a context of its own.
type Start struct {
	Name, Context string
	Args          []string
}

// Watch waits until a line with a text comes to syslog, and then writes what has come, the
// kernel's records first. Without a text it writes everything so far.
type Watch struct {
	For   string
	Limit time.Duration
}
