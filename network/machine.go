package network

import (
	"errors"

	"github.com/senet-selinux/senet/host"
)

// A Machine is all that the kernel's checks depend on apart from the policy and
// the question: the facts of one host or network namespace, and how to treat
// those that are not known. The zero Machine is none: questions about it are
// errors.
type Machine struct {
	Host host.Facts
	// Strict makes checks whose condition rests on a fact of Host that was not
	// read unknown, where else they follow what is assumed instead.
	Strict bool
	// UserNamespace says that the network namespace of the process belongs to a
	// user namespace other than the first, as in containers without root:
	// capabilities are asked of the class cap_userns then (cred_has_capability).
	UserNamespace bool
}

// ErrNoHost says that a question is about no machine: its Host is the zero Facts,
// which would be one that is permissive and has no ports.
var ErrNoHost = errors.New("a question without the facts of a host")

// check refuses a machine that was never set.
func (m *Machine) check() error {
	if m.Host.Source == "" {
		return ErrNoHost
	}
	return nil
}
