package senet

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

var (
	// ErrNoPolicy says that no policy was named, and that the system has none.
	ErrNoPolicy = errors.New("no SELinux policy found on this system")
	// ErrNoSubject says that a question has no subject.
	ErrNoSubject = errors.New("the question has no subject")
	// ErrNoTarget says that a question has no target.
	ErrNoTarget = errors.New("the question has no target")
	// ErrRange says that a question needs one port, but the target is a range.
	ErrRange = errors.New("the question needs one port, not a range")
	// ErrZone says that an address has a zone; no rule of a policy has one.
	ErrZone = errors.New("the address has a zone")
)

// A Kind is a kind of name in a policy.
type Kind string

// The kinds of names.
const (
	KindType       Kind = "type"
	KindBoolean    Kind = "boolean"
	KindClass      Kind = "class"
	KindPermission Kind = "permission"
)

// An UnknownError says that the policy lacks a name.
type UnknownError struct {
	Kind Kind
	Name string
	Near []string // similar names of that kind, the most similar first, at most three
	Err  error
}

func (e *UnknownError) Error() string { return e.Err.Error() }

func (e *UnknownError) Unwrap() error { return e.Err }

// unknown returns the error about a name, with similar names.
func unknown(kind Kind, name string, names iter.Seq[string], format string, args ...any) error {
	return &UnknownError{Kind: kind, Name: name, Near: policy.Nearest(name, names, 3), Err: fmt.Errorf(format, args...)}
}

// An OperationError names an invalid operation.
type OperationError struct{ Operation network.Operation }

func (e *OperationError) Error() string {
	return fmt.Sprintf("action %q is not connect, bind, listen, send or recv", string(e.Operation))
}

// A ProtocolError names a protocol that has no ports, or that does not exist.
type ProtocolError struct{ Protocol network.Protocol }

func (e *ProtocolError) Error() string {
	return fmt.Sprintf("%q is not a protocol with ports", string(e.Protocol))
}

// A SubjectError says that no process was found for a name.
type SubjectError struct {
	Name string
	Err  error
}

func (e *SubjectError) Error() string { return e.Err.Error() }

func (e *SubjectError) Unwrap() error { return e.Err }

// A MachineError says that the facts of the machine cannot be read.
type MachineError struct{ Err error }

func (e *MachineError) Error() string { return e.Err.Error() }

func (e *MachineError) Unwrap() error { return e.Err }

// unknownSubject adds the name to an error about it, and similar names if the policy lacks a type.
func unknownSubject(p *policy.Policy, name string, err error) error {
	if err == nil {
		return nil
	}
	if !errors.Is(err, subject.ErrUnknown) {
		return &SubjectError{name, err}
	}
	return &UnknownError{Kind: KindType, Name: name, Near: policy.Nearest(name, typeNames(p), 3), Err: err}
}

func typeNames(p *policy.Policy) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for id := range p.Types() {
			if !yield(p.TypeName(id)) {
				return
			}
		}
	}
}

func boolNames(p *policy.Policy) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for id := range p.Bools() {
			if !yield(p.BoolName(id)) {
				return
			}
		}
	}
}

func checkOperation(op network.Operation, t Target) error {
	if !slices.Contains(network.Operations(), op) {
		return &OperationError{op}
	}
	return t.check()
}
