package doc

import (
	"github.com/senet-selinux/senet/network"
)

// Ports is the document of senet ports --json: schema senet.ports/1.
type Ports struct {
	Head
	Protocol network.Protocol `json:"protocol"`
	Subjects []SubjectPorts   `json:"subjects"`
}

// SubjectPorts are the ports of one process.
type SubjectPorts struct {
	Subject string        `json:"subject"` // the context
	Actions []ActionPorts `json:"actions"`
	// Permissive says that denials of the process are only logged today.
	Permissive bool `json:"permissive_now,omitempty"`
}

// ActionPorts are the ports that a process may use for one operation.
type ActionPorts struct {
	Action  network.Operation `json:"action"`
	Allowed PortSet           `json:"allowed"`
	Depends PortSet           `json:"depends"`
	Count   int               `json:"count"` // of the ports in allowed
	Runs    []Run             `json:"runs,omitempty"`
}

// Run is a range of ports with one label and one verdict.
type Run struct {
	Low       uint16          `json:"low"`
	High      uint16          `json:"high"`
	Type      string          `json:"type"`
	Verdict   network.Verdict `json:"verdict"`
	Unchecked bool            `json:"unchecked"` // the kernel does not check the label
}
