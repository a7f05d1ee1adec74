package doc

import (
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// Fixes is the document of senet fix --json: schema senet.fix/1.
type Fixes struct {
	Head
	Verdict network.Verdict `json:"verdict"`
	Question
	Reason
	Fixes []Fix `json:"fixes"`
	// Elsewhere is what else may refuse, where SELinux allows it.
	Elsewhere []Cause `json:"elsewhere,omitempty"`
	// Others are the questions of further denials that were read.
	Others  []Question `json:"others,omitempty"`
	Applied *Applied   `json:"applied,omitempty"`
}

// A Fix is a change that would let the operation succeed, with its cost.
type Fix struct {
	// Name names the fix for --apply and --plan, as its number does: label:ssh_port_t.
	Name          string               `json:"name"`
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"` // in words, which may change
	Type          string               `json:"type,omitempty"`
	Booleans      map[string]bool      `json:"booleans,omitempty"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	// Standing is how well it says what is meant, by which fixes are ranked before their
	// cost: meant, instead, wide, foreign or unfit; Evidence is what that follows from.
	Standing remedy.Standing `json:"standing"`
	Evidence []Evidence      `json:"evidence,omitempty"`
	Upkeep   Upkeep          `json:"upkeep"`
	// LeastOpen and LeastUpkeep mark, of those that are meant, the one that opens the
	// least and the one that leaves the least to be looked after.
	LeastOpen    bool     `json:"least_open,omitempty"`
	LeastUpkeep  bool     `json:"least_upkeep,omitempty"`
	Overrides    bool     `json:"overrides"` // a record of the policy for this very port
	Gain         Domains  `json:"gain"`
	Lose         Domains  `json:"lose"`
	SubjectPorts WayPorts `json:"subject_ports"`
	SubjectLoses WayPorts `json:"subject_loses"`
	// Beyond is what it opens besides ports: all that has a label.
	Beyond       []BeyondPorts     `json:"beyond,omitempty"`
	Records      []FixRecord       `json:"records,omitempty"`
	Module       string            `json:"module,omitempty"` // its name; the text is a form
	Domains      []string          `json:"domains,omitempty"`
	Choices      []PortChoice      `json:"choices,omitempty"`
	ProcessRange string            `json:"process_range,omitempty"`
	Unsure       []string          `json:"unsure,omitempty"`
	Forms        map[string]string `json:"forms"`
	Undo         string            `json:"undo,omitempty"` // commands
	UndoForms    map[string]string `json:"undo_forms,omitempty"`
}

// An Evidence is one thing that the standing of a fix follows from.
type Evidence struct {
	Reason  remedy.Reason `json:"reason"`
	Type    string        `json:"type,omitempty"`
	Boolean string        `json:"boolean,omitempty"`
	Domain  string        `json:"domain,omitempty"`
	Fix     string        `json:"fix,omitempty"`     // the name of another fix
	Ports   int           `json:"ports,omitempty"`   // a number of ports
	Domains int           `json:"domains,omitempty"` // a number of domains
	Text    string        `json:"text"`              // in words, which may change
	// Description explains the boolean in the words of the policy's documentation.
	Description string `json:"description,omitempty"`
}

// An Upkeep is what a fix leaves to be looked after.
type Upkeep struct {
	// Lines is how many lines a module of the fix has, and Copied how many of them
	// repeat rules of the policy, whose later changes they do not follow.
	Lines  int `json:"lines"`
	Copied int `json:"copied,omitempty"`
	// NewType is a type that no other machine has, "" for none.
	NewType string `json:"new_type,omitempty"`
	// Records is how many local records and booleans are set.
	Records int `json:"records"`
}

// Domains are those that gain or lose ports.
type Domains struct {
	Connect []DomainPorts `json:"connect"`
	Bind    []DomainPorts `json:"bind"`
}

// WayPorts are the ports that the subject gains or loses.
type WayPorts struct {
	Connect PortSet `json:"connect"`
	Bind    PortSet `json:"bind"`
}

// FixRecord is a change of a local record of a port.
type FixRecord struct {
	Action   remedy.Action `json:"action"`
	Protocol string        `json:"protocol"`
	Low      uint16        `json:"low"`
	High     uint16        `json:"high"`
	User     string        `json:"user"`
	Role     string        `json:"role"`
	Type     string        `json:"type"`
	Range    string        `json:"range,omitempty"`
}

// Applied is the part "applied" of senet.fix/1: what --apply did.
type Applied struct {
	// Changed says whether the store was changed.
	Changed bool `json:"changed"`
	// Transaction names the change: senet undo takes it.
	Transaction int `json:"transaction,omitempty"`
	// Before is the verdict before the change.
	Before network.Verdict `json:"before,omitempty"`
	// Kernel is the running kernel's verdict, where it should have the policy.
	Kernel   network.Verdict `json:"kernel,omitempty"`
	Change   string          `json:"change,omitempty"`
	Store    *StoreState     `json:"store,omitempty"` // afterwards
	Steps    *Steps          `json:"steps,omitempty"`
	Effects  []Effect        `json:"effects"`
	Commands string          `json:"commands,omitempty"` // where the store cannot be written
}
