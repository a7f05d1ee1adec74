package doc

import "github.com/senet-selinux/senet/remedy"

// A FixPlan is what --plan makes and --apply takes: schema senet.fix-plan/1.
type FixPlan struct {
	Schema   string      `json:"schema"`
	Store    *StoreState `json:"store,omitempty"`
	Question Question    `json:"question"`
	Fix      PlannedFix  `json:"fix"`
	Steps    Steps       `json:"steps"`
	Commands []string    `json:"commands"`
}

// A PlannedFix is the fix of a plan, for people.
type PlannedFix struct {
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	Gain          Domains              `json:"gain"`
	Lose          Domains              `json:"lose"`
	SubjectPorts  WayPorts             `json:"subject_ports"`
}

// Steps is a change as plans and answers print it.
type Steps struct {
	Module  *Module `json:"module,omitempty"`
	Records []Step  `json:"records,omitempty"`
}

// A Module is a module of a policy store.
type Module struct {
	Name string `json:"name"`
	CIL  string `json:"cil"`
}

// Step is a local record that is made so, or deleted.
type Step struct {
	Action string  `json:"action"`           // set or delete
	Kind   string  `json:"kind"`             // port or boolean
	Before *Record `json:"before,omitempty"` // where it is known, and of what is deleted
	After  *Record `json:"after,omitempty"`  // of what is set
}

// A StoreState tells whether a store is in the state that a plan was made for.
type StoreState struct {
	Name   string `json:"name"`
	Commit int    `json:"commit"`
	// Sum is the SHA-256 of policy.kern, in hexadecimal.
	Sum string `json:"policy_sha256"`
}
