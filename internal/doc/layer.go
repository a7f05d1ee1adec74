package doc

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Reason says why an operation has its verdict.
type Reason struct {
	// Code is the code of the check that denies, or SN-GRANTED.
	Code access.Code `json:"reason"`
	// Text is the same in words, which may change in later versions.
	Text string `json:"reason_text"`
}

// A Label is the label of a port.
type Label struct {
	Context string `json:"context"`
	// Record is the portcon that labels the port, "" if the initial SID does.
	Record string `json:"record"`
}

// A Layer is a group of consecutive checks of one layer on one pair of labels.
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
	Errno        network.Errno   `json:"errno,omitempty"`  // the error that a denial causes
	Logged       bool            `json:"logged,omitempty"` // a denial is in the audit log
	// it is not known whether the check is made, or for which labels
	Unknown       bool     `json:"unknown,omitempty"`
	LabelledBy    string   `json:"labelled_by,omitempty"` // the fact that labels the packet or its sender
	DependsOn     []string `json:"depends_on,omitempty"`  // the facts that its label depends on
	KernelMirrors string   `json:"mirrors"`               // the kernel function that makes the check
	// Interface is the call of refpolicy's interface that would grant what is refused, if the headers are known.
	Interface *LayerCall `json:"interface,omitempty"`
}

// A LayerCall is a call of an interface with what it opens beyond what is refused.
type LayerCall struct {
	Call        string `json:"call"`
	Ports       int    `json:"more_ports"`
	Permissions int    `json:"more_permissions"` // for types, those for ports included
}

// A Perm is a requested permission.
type Perm struct {
	Name    string      `json:"name"`
	Allowed bool        `json:"allowed"`
	Reason  access.Code `json:"reason"`
	Logged  bool        `json:"logged,omitempty"` // a denial is in the audit log
	// Rules grant the permission, or would with other values of booleans.
	Rules []Rule `json:"rules,omitempty"`
}

// A Rule is an allow rule of the policy.
type Rule struct {
	Rule        string `json:"rule"`
	Source      string `json:"source"` // as written: a type or an attribute
	Target      string `json:"target"`
	Conditional string `json:"conditional,omitempty"`
	Enabled     bool   `json:"enabled"`
	// From are the statements of modules that the rule comes from, if they were asked for.
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
	Source   string `json:"source,omitempty"` // the source of the CIL: file:line
	// Path are the blocks, macros, calls and optionals around the statement, innermost first.
	Path []string `json:"path,omitempty"`
}
