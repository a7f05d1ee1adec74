// Package doc defines the JSON documents of senet's commands: the library's answers for other
// programs. A document names its layout, senet.NAME/VERSION, and has a JSON Schema of that name in
// doc/schema. A layout may get new fields; none is renamed or removed, and none changes its
// meaning.
//
// Start here: [Head], the first part of most documents, and [Can].
package doc

//go:generate go test -run TestSchemas . -update

import (
	"github.com/senet-selinux/senet/host"
)

// Head is the first part of every answer that depends on a policy and a machine.
type Head struct {
	// Schema names the layout: senet.COMMAND/VERSION.
	Schema string `json:"schema"`
	// Policy is the path of the policy, or "example".
	Policy string `json:"policy"`
	// Host has the facts of the machine for the answer.
	Host host.Facts `json:"host"`
	// Assumptions are the assumptions of the answer.
	Assumptions []Assumption `json:"assumptions"`
}

// Error is the document of a command that fails with --json: schema senet.error/1.
type Error struct {
	Schema string `json:"schema"`
	// Code is the exit status: 64 for the command line, 65 for a file, 70 for a
	// mistake in senet, 1 if there was nothing to do.
	Code  int    `json:"code"`
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

// A Question is an operation of a process, in the words of senet can.
type Question struct {
	Subject string `json:"subject"` // a context, or the word of the command line
	Action  string `json:"action"`
	Target  string `json:"target"`
}

// OrEmpty returns a list that is [] in JSON if it is empty.
func OrEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Settings are booleans with values.
type Settings = map[string]bool
