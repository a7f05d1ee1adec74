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
	// Elsewhere are other possible causes of a refusal, if SELinux allows the operation.
	Elsewhere []Cause `json:"elsewhere,omitempty"`
	// Others are the questions of further denials in the input.
	Others  []Question `json:"others,omitempty"`
	Applied *Applied   `json:"applied,omitempty"`
}

// A Fix is a change that would make the operation succeed, with its cost.
type Fix struct {
	// Name is a name of the fix for --apply and --plan, which also accept its number:
	// label:ssh_port_t.
	Name          string               `json:"name"`
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"` // in words, which may change in later versions
	Type          string               `json:"type,omitempty"`
	Booleans      map[string]bool      `json:"booleans,omitempty"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	// Standing says how well the fix matches the intention, which ranks fixes before their cost:
	// meant, instead, wide, foreign or unfit; Evidence has the reasons.
	Standing remedy.Standing `json:"standing"`
	Evidence []Evidence      `json:"evidence,omitempty"`
	Upkeep   Upkeep          `json:"upkeep"`
	// LeastOpen and LeastUpkeep mark, among the fixes with the standing meant, the one that opens
	// the least and the one with the least upkeep.
	LeastOpen   bool    `json:"least_open,omitempty"`
	LeastUpkeep bool    `json:"least_upkeep,omitempty"`
	Overrides   bool    `json:"overrides"` // a record of the policy for exactly this port
	Gain        Domains `json:"gain"`
	// Present says which of the domains that gain are on the machine; absent if nothing is known.
	Present      *Present `json:"gain_present,omitempty"`
	Lose         Domains  `json:"lose"`
	SubjectPorts WayPorts `json:"subject_ports"`
	SubjectLoses WayPorts `json:"subject_loses"`
	// Interfaces are the calls of refpolicy's interfaces, for a module with them, and MorePermissions counts the
	// permissions for types that they open beyond what was asked.
	Interfaces      []string `json:"interfaces,omitempty"`
	MorePermissions int      `json:"more_permissions,omitempty"`
	// Beyond is the access other than ports that it opens: everything with a label.
	Beyond       []BeyondPorts     `json:"beyond,omitempty"`
	Records      []FixRecord       `json:"records,omitempty"`
	Module       string            `json:"module,omitempty"` // its name; the forms have the text
	Domains      []string          `json:"domains,omitempty"`
	Choices      []PortChoice      `json:"choices,omitempty"`
	ProcessRange string            `json:"process_range,omitempty"`
	Unsure       []string          `json:"unsure,omitempty"`
	Forms        map[string]string `json:"forms"`
	Undo         string            `json:"undo,omitempty"` // commands
	UndoForms    map[string]string `json:"undo_forms,omitempty"`
}

// An Evidence is one reason for the standing of a fix.
type Evidence struct {
	Reason  remedy.Reason `json:"reason"`
	Type    string        `json:"type,omitempty"`
	Boolean string        `json:"boolean,omitempty"`
	Domain  string        `json:"domain,omitempty"`
	Fix     string        `json:"fix,omitempty"`     // the name of another fix
	Ports   int           `json:"ports,omitempty"`   // a number of ports
	Domains int           `json:"domains,omitempty"` // a number of domains
	Text    string        `json:"text"`              // in words, which may change in later versions
	// Description is the description of the boolean in the policy's documentation.
	Description string `json:"description,omitempty"`
}

// An Upkeep is what an administrator has to maintain after a fix.
type Upkeep struct {
	// Lines is the number of lines of the fix's module, and Copied the number of those that copy
	// rules of the policy: they do not follow later changes of the policy.
	Lines  int `json:"lines"`
	Copied int `json:"copied,omitempty"`
	// NewType is a type that other machines do not have, "" for none.
	NewType string `json:"new_type,omitempty"`
	// Records is the number of local records and booleans that are set.
	Records int `json:"records"`
}

// A Present says which domains of a list are on the machine; each is in one list at most.
type Present struct {
	Unconfined []string `json:"unconfined"` // the policy hardly restricts them
	Running    []string `json:"running"`    // a process has the domain
	Installed  []string `json:"installed"`  // a program is there that runs in the domain
	// KnowsProcesses and KnowsPrograms say whether the processes and the programs of the machine are
	// known; of what is not known the list is empty.
	KnowsProcesses bool `json:"knows_processes"`
	KnowsPrograms  bool `json:"knows_programs"`
}

// Domains are the domains that gain or lose ports.
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

// Applied is the member "applied" of senet.fix/1: the result of --apply.
type Applied struct {
	// Changed says whether the store was changed.
	Changed bool `json:"changed"`
	// Transaction is the number of the change, for senet undo.
	Transaction int `json:"transaction,omitempty"`
	// Before is the verdict before the change.
	Before network.Verdict `json:"before,omitempty"`
	// Kernel is the running kernel's verdict, if it should have the policy.
	Kernel   network.Verdict `json:"kernel,omitempty"`
	Change   string          `json:"change,omitempty"`
	Store    *StoreState     `json:"store,omitempty"` // afterwards
	Steps    *Steps          `json:"steps,omitempty"`
	Effects  []Effect        `json:"effects"`
	Commands string          `json:"commands,omitempty"` // if the store cannot be written
}
