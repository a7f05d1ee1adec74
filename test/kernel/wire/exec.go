package wire

// Exec makes process 1 execute a program in another domain, with a TCP socket as
// its fourth file.
type Exec struct {
	Context   string // of the program
	Socket    string // the label of the socket
	Enforcing bool
}

// Execed is the result of an Exec.
type Execed struct {
	// Found is the kind of the program's fourth file: "socket", "closed", or "other" for what
	// the kernel put in its place.
	Found string
	// Audit are the audit records in their order: "TYPE text".
	Audit []string
}
