package doc

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
)

// Processes is the document of senet ps --json: schema senet.ps/1.
type Processes struct {
	Head                // Policy is "" if no policy was asked
	Processes []Process `json:"processes"`
	Unseen    []Socket  `json:"unseen_holders"` // listening sockets of processes that are not visible
	Notes     []string  `json:"notes"`
}

// A Process has its sockets.
type Process struct {
	host.Process
	Domain     string   `json:"domain"`
	Permissive bool     `json:"permissive"`
	Sockets    []Socket `json:"sockets"`
}

// A Socket has the verdict on listening at its port.
type Socket struct {
	host.Socket
	Action    network.Operation `json:"action,omitempty"`  // listen or bind; absent if it is not listening
	Verdict   network.Verdict   `json:"verdict,omitempty"` // absent if there is none
	PortLabel string            `json:"port_label,omitempty"`
	Reason    string            `json:"reason_text,omitempty"`
}
