package policytest

import (
	"errors"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
)

// ErrInvalid is wrapped by errors about the contents of a file.
var ErrInvalid = errors.New("not a file of tests")

// A File holds the contents of a file of tests.
type File struct {
	Name string
	// Dir is the directory of the file, where relative names of policies and hosts start; ""
	// for the working directory.
	Dir string
	// States are the states in which the tests must pass; there is at least one.
	States []State
	Tests  []Test
}

// A Kind is the kind of a test.
type Kind string

// The kinds of tests, with their names in files.
const (
	May         Kind = "may"
	MayNot      Kind = "may_not"
	Only        Kind = "only"         // of all domains only these may, and each of them may
	ListensOnly Kind = "listens_only" // may listen, but not connect
	Exactly     Kind = "exactly"      // these ports and no others
	NobodyBut   Kind = "nobody_but"   // no other domain may use any port
	Neverallow  Kind = "neverallow"
	Empty       Kind = "empty" // the attribute has no members
)

// A Test is one expectation.
type Test struct {
	// Name is its name in the file, or else the text of its expectation.
	Name string
	Line int // in the file, 1-based
	Kind Kind
	// In are the names of the states of the test; nil for all.
	In []string
	// Enforcing asks what permissive domains may do once they are enforcing. Without it they may do
	// everything.
	Enforcing bool
	// Operations are those of may and may_not.
	Operations []Operation
	// Domains are types and attributes, for all kinds except may, may_not and neverallow.
	Domains []string
	// Do is the operation of only, exactly and nobody_but. Without ports, its target has all ports.
	Do Deed
	// Ports are the ports of exactly.
	Ports portset.Set
	// Rules are the rules of neverallow.
	Rules []Assertion
	// Check has the details of OnlyRules, OnlyRoleRules and ReadOnlyPrograms, and may have those of
	// Empty.
	Check *Check
}

// An Operation is an action of a process on a port.
type Operation struct {
	Subject string
	Deed
}

func (o Operation) String() string { return o.Subject + " " + o.Deed.String() }

// A Deed is an operation and its target.
type Deed struct {
	Operation network.Operation
	Target    senet.Target
	// All says that no ports were given.
	All bool
}

func (d Deed) String() string {
	if d.All {
		return string(d.Operation) + " " + string(d.Target.Protocol)
	}
	return string(d.Operation) + " " + d.Target.String()
}
