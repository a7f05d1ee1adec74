package doc

import (
	"github.com/senet-selinux/senet/network"
)

// Can is the document of senet can --json: schema senet.can/1.
type Can struct {
	Head
	// Verdict is of both ends, where the other end was asked too.
	Verdict network.Verdict `json:"verdict"`
	Question
	Reason
	PortLabel Label         `json:"port_label"`
	Steps     []SubjectStep `json:"steps,omitempty"` // how the subject was found
	Layers    []Layer       `json:"layers"`
	// OwnVerdict is the subject's alone.
	OwnVerdict network.Verdict `json:"own_verdict"`
	// OnlyLogged says that a refusal is only logged today: the machine or the subject's
	// type is permissive.
	OnlyLogged bool `json:"only_logged_now,omitempty"`
	// Filtered says by which rule the packet filter drops the packets, "" where it
	// does not.
	Filtered string `json:"filtered,omitempty"`
	// MayFilter says by which rule of it, or policy of IPsec, they may be lost; "" for
	// none.
	MayFilter string `json:"may_be_filtered,omitempty"`
	Peer      *Peer  `json:"peer,omitempty"`
	// Booleans are the alternatives that would allow a denied operation.
	Booleans []map[string]bool `json:"booleans"`
}

// Peer is what the process at the other end may.
type Peer struct {
	Question
	Verdict network.Verdict `json:"verdict"`
	Reason
	Layers []Layer `json:"layers"`
}
