package wire

// Ask writes each of the questions to a file of selinuxfs that answers what is
// written to it, and reads the answer: "access", "create", "member", "relabel",
// "context".
type Ask struct {
	File string
	// Questions holds them with a zero byte behind each: one string is cheap to
	// send where ten thousand are not.
	Questions string
}

// Asked are the answers to the questions of an Ask, in their order.
type Asked struct {
	// Answers holds them with a zero byte behind each: what was read, or "!" and
	// the errno in decimal.
	Answers string
}

// Try has the kernel load a policy that it may refuse. Where it takes it, it is
// made to load Base next, so that every Try begins with the same policy in
// force.
type Try struct{ Policy, Base []byte }

// Tried is the result of a Try.
type Tried struct {
	// Errno is that of the load, 0 where the kernel took the policy.
	Errno int
	// Log are the lines that the kernel logged during the load.
	Log []string
	// BaseErrno is that of loading Base afterwards.
	BaseErrno int
}
