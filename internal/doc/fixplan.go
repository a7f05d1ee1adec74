package doc

import "github.com/senet-selinux/senet/remedy"

// A FixPlan is the output of --plan and the input of --apply: schema senet.fix-plan/1.
type FixPlan struct {
	Schema   string      `json:"schema"`
	Store    *StoreState `json:"store,omitempty"`
	Question Question    `json:"question"`
	Fix      PlannedFix  `json:"fix"`
	Steps    Steps       `json:"steps"`
	Commands []string    `json:"commands"`
}

// A PlannedFix describes the fix of a plan for people.
type PlannedFix struct {
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	Gain          Domains              `json:"gain"`
	Lose          Domains              `json:"lose"`
	SubjectPorts  WayPorts             `json:"subject_ports"`
}

// Steps is a change in plans and answers.
type Steps struct {
	Module  *Module `json:"module,omitempty"`
	Records []Step  `json:"records,omitempty"`
}

// A Module is a module of a policy store.
type Module struct {
	Name string `json:"name"`
	CIL  string `json:"cil"`
}

// Step is a local record that is set or deleted.
type Step struct {
	Action string  `json:"action"`           // set or delete
	Kind   string  `json:"kind"`             // port or boolean
	Before *Record `json:"before,omitempty"` // the old value if it is known, and for delete
	After  *Record `json:"after,omitempty"`  // the new value for set
}

// A StoreState identifies the state of a store, to tell whether a plan still fits.
type StoreState struct {
	Name   string `json:"name"`
	Commit int    `json:"commit"`
	// Sum is the SHA-256 of policy.kern, in hexadecimal.
	Sum string `json:"policy_sha256"`
}
