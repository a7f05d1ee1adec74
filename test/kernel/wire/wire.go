// Package wire holds the messages between the tests and the process with
// number 1 of the kernel under test. They are sent with encoding/gob, one
// Request and one Reply at a time.
package wire

// A Request asks for exactly one thing: the first member that is set.
type Request struct {
	Load *Load
	Run  *Run
	Ask  *Ask
	Try  *Try
	Exec *Exec

	System *System
	Daemon *Daemon
}

// A Reply is the answer to a Request. Err is not empty where it could not be
// answered.
type Reply struct {
	Err     string
	Release string // of the kernel, in the greeting alone
	Run     *Ran
	Asked   *Asked
	Tried   *Tried
	Exec    *Execed
	System  *SystemReply
	Daemon  *Daemoned
}

// Load makes the kernel use a policy, with the booleans that it names set.
type Load struct {
	Policy []byte
	Bools  []Bool
}

// A Bool is the value of a boolean.
type Bool struct {
	Name string
	On   bool
}

// Run makes a process that makes the calls of Prepare while the system is
// permissive, and then those of Calls, enforcing or not.
type Run struct {
	Prepare   []Call
	Calls     []Call
	Enforcing bool
}

// A Call is a system call.
type Call struct {
	Number int
	Args   []Arg
	// Must makes the process go no further where the call is refused: with EACCES,
	// EPERM or ECONNREFUSED.
	Must bool
}

// An Arg is an argument of a call: a value, the result of an earlier call, or
// the address of a buffer with the bytes of Buf.
type Arg struct {
	Kind  ArgKind
	Value int64 // or the index of the earlier call, those of Prepare counted first
	Buf   []byte
	// Refs are the places in Buf where addresses of other buffers go.
	Refs []Ref
}

// A Ref is a buffer whose address is written into another, 8 bytes at At. Where
// Self is not 0 it begins with the address of its own byte there, as a struct
// iovec does with its data behind it.
type Ref struct {
	At   int
	Buf  []byte
	Self int
}

// An ArgKind is the kind of an argument.
type ArgKind uint8

// The kinds of arguments.
const (
	ArgValue ArgKind = iota
	ArgResult
	ArgBuf
)

// Ran is the result of a Run.
type Ran struct {
	Prepare, Calls []Result
	// Late are the audit records that belong to none of the calls.
	Late []string
}

// A Result is the result of a call.
type Result struct {
	Made bool  // false where an earlier call ended the process, or the call never returned
	Ret  int64 // the negative errno where it failed
	// Bufs are the contents of the buffers after the call.
	Bufs [][]byte
	// Audit are the audit records that were made while the call ran, in their
	// order: "TYPE text".
	Audit []string
}
