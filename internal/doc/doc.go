// Package doc holds the JSON documents of senet's commands: what the library answers,
// as other programs read it. A document names its layout, senet.NAME/VERSION, and
// has a JSON Schema of that name in doc/schema. In a layout fields may be added;
// none is renamed or removed, and none changes its meaning.
//
// Start here: [Head], which most documents begin with, and [Can].
package doc

//go:generate go test -run TestSchemas . -update

import (
	"github.com/senet-selinux/senet/host"
)

// Head is what every answer begins with that rests on a policy and a machine.
type Head struct {
	// Schema names the layout: senet.COMMAND/VERSION.
	Schema string `json:"schema"`
	// Policy is the path of the policy, or "example".
	Policy string `json:"policy"`
	// Host is the facts of the machine that the answer rests on.
	Host host.Facts `json:"host"`
	// Assumptions is what the answer takes for granted.
	Assumptions []Assumption `json:"assumptions"`
}

// Error is what a command prints with --json in place of its answer: schema
// senet.error/1.
type Error struct {
	Schema string `json:"schema"`
	// Code is the exit status: 64 for the command line, 65 for a file, 70 for a
	// mistake in senet, 1 where there was nothing to do.
	Code  int    `json:"code"`
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

// A Question is an operation of a process, in the words that senet can takes.
type Question struct {
	Subject string `json:"subject"` // a context, or what was typed
	Action  string `json:"action"`
	Target  string `json:"target"`
}

// OrEmpty returns a list that is [] in JSON where there is none.
func OrEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Settings are booleans with the values that they are given.
type Settings = map[string]bool
