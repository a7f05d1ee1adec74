package doc

import (
	"github.com/senet-selinux/senet/network"
)

// Can is the document of senet can --json: schema senet.can/1.
type Can struct {
	Head
	// Verdict is the verdict for both ends, if the other end was asked too.
	Verdict network.Verdict `json:"verdict"`
	Question
	Reason
	PortLabel Label         `json:"port_label"`
	Steps     []SubjectStep `json:"steps,omitempty"` // how the subject was found
	Layers    []Layer       `json:"layers"`
	// OwnVerdict is the verdict for the subject only.
	OwnVerdict network.Verdict `json:"own_verdict"`
	// OnlyLogged says that a denial is only logged today: the machine or the subject's type is
	// permissive.
	OnlyLogged bool `json:"only_logged_now,omitempty"`
	// Filtered names the rule by which the packet filter drops the packets, "" if it does not.
	Filtered string `json:"filtered,omitempty"`
	// MayFilter names the filter rule, or the IPsec policy, that may drop them; "" for none.
	MayFilter string `json:"may_be_filtered,omitempty"`
	Peer      *Peer  `json:"peer,omitempty"`
	// Booleans are the alternatives that would allow a denied operation.
	Booleans []map[string]bool `json:"booleans"`
}

// Peer is the answer for the process at the other end.
type Peer struct {
	Question
	Verdict network.Verdict `json:"verdict"`
	Reason
	Layers []Layer `json:"layers"`
}
