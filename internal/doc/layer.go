package doc

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Reason says why an operation has its verdict.
type Reason struct {
	// Code is that of the check that refuses, or SN-GRANTED.
	Code access.Code `json:"reason"`
	// Text is the same in words, which may change.
	Text string `json:"reason_text"`
}

// A Label is the label of a port.
type Label struct {
	Context string `json:"context"`
	// Record is the portcon that wins, "" where the initial SID labels the port.
	Record string `json:"record"`
}

// A Layer is consecutive checks of one layer on one pair of labels.
type Layer struct {
	Layer        network.Layer   `json:"layer"`
	Consulted    bool            `json:"consulted"`
	When         string          `json:"when"` // the condition under which the kernel asks
	NotConsulted string          `json:"not_consulted,omitempty"`
	Source       string          `json:"source,omitempty"`
	Target       string          `json:"target,omitempty"`
	Class        string          `json:"class"`
	Perms        []Perm          `json:"perms,omitempty"`
	Verdict      network.Verdict `json:"verdict,omitempty"` // allowed or denied, by policy
	Permissive   bool            `json:"permissive,omitempty"`
	Call         network.Call    `json:"call"`             // the system call, or egress and ingress for packets
	Errno        network.Errno   `json:"errno,omitempty"`  // what a refusal looks like
	Logged       bool            `json:"logged,omitempty"` // a refusal is in the audit log
	// it is not known whether the check is made, or of which labels
	Unknown       bool     `json:"unknown,omitempty"`
	LabelledBy    string   `json:"labelled_by,omitempty"` // the fact that labels the packet or its sender
	DependsOn     []string `json:"depends_on,omitempty"`  // what leaves its label open
	KernelMirrors string   `json:"mirrors"`               // the kernel function that asks
}

// A Perm is a permission that was asked for.
type Perm struct {
	Name    string      `json:"name"`
	Allowed bool        `json:"allowed"`
	Reason  access.Code `json:"reason"`
	Logged  bool        `json:"logged,omitempty"` // a refusal is in the audit log
	// Rules grant the permission, or would if booleans were set otherwise.
	Rules []Rule `json:"rules,omitempty"`
}

// A Rule is an allow rule of the policy.
type Rule struct {
	Rule        string `json:"rule"`
	Source      string `json:"source"` // as written: a type or an attribute
	Target      string `json:"target"`
	Conditional string `json:"conditional,omitempty"`
	Enabled     bool   `json:"enabled"`
	// From are the statements of modules that the rule comes from, where they were asked
	// for.
	From []RuleOrigin `json:"from,omitempty"`

	rule  policy.Rule
	asked policy.AccessVector
}

// A RuleOrigin is a statement of a module that a rule comes from.
type RuleOrigin struct {
	Module   string `json:"module"`
	Priority int    `json:"priority,omitempty"` // in the store; none for files
	Line     int    `json:"line"`               // in the module's CIL
	Column   int    `json:"column"`
	Text     string `json:"text"`             // the statement
	Source   string `json:"source,omitempty"` // what the CIL was made of: file:line
	// Path are the blocks, macros, calls and optionals that the statement stands in,
	// innermost first.
	Path []string `json:"path,omitempty"`
}
