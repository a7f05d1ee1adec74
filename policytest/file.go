package policytest

import (
	"errors"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
)

// ErrInvalid is wrapped by errors about the content of a file.
var ErrInvalid = errors.New("not a file of tests")

// A File is the content of a file of tests.
type File struct {
	Name string
	// States are the values of booleans under which the tests are to hold; there is
	// at least one.
	States []State
	Tests  []Test
}

// A State is a policy with some booleans set.
type State struct {
	Name     string // "" for the policy as it is
	Booleans map[string]bool
}

// A Kind is the kind of a test's expectation.
type Kind string

// The kinds of tests, called as in files.
const (
	May         Kind = "may"
	MayNot      Kind = "may_not"
	Only        Kind = "only"         // of all domains these, and each of them
	ListensOnly Kind = "listens_only" // may listen, and connect nowhere
	Exactly     Kind = "exactly"      // these ports and no others
	NobodyBut   Kind = "nobody_but"   // no other domain may use any port
	Neverallow  Kind = "neverallow"
	Empty       Kind = "empty" // an attribute without members
)

// A Test is one expectation.
type Test struct {
	// Name is its name in the file, or the text of its expectation.
	Name string
	Line int // in the file, 1-based
	Kind Kind
	// Operations are those of may and may_not.
	Operations []Operation
	// Domains are types and attributes, of all kinds but may, may_not and neverallow.
	Domains []string
	// Do is the operation of only, exactly and nobody_but, whose target has all ports
	// where none are named.
	Do Deed
	// Ports are those of exactly.
	Ports portset.Set
	// Rules are those of neverallow.
	Rules []Assertion
	// Check holds the details of OnlyRules, OnlyRoleRules and ReadOnlyPrograms, and may hold
	// those of Empty.
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
	// All says that no ports were named.
	All bool
}

func (d Deed) String() string {
	if d.All {
		return string(d.Operation) + " " + string(d.Target.Protocol)
	}
	return string(d.Operation) + " " + d.Target.String()
}
