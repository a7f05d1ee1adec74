package doc

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
)

// Processes is the document of senet ps --json: schema senet.ps/1.
type Processes struct {
	Head                // Policy is "" where none was asked
	Processes []Process `json:"processes"`
	Unseen    []Socket  `json:"unseen_holders"` // waiting sockets whose process cannot be seen
	Notes     []string  `json:"notes"`
}

// A Process has its sockets.
type Process struct {
	host.Process
	Domain     string   `json:"domain"`
	Permissive bool     `json:"permissive"`
	Sockets    []Socket `json:"sockets"`
}

// A Socket has the verdict on waiting at its port.
type Socket struct {
	host.Socket
	Action    network.Operation `json:"action,omitempty"`  // listen or bind; absent where it waits for nobody
	Verdict   network.Verdict   `json:"verdict,omitempty"` // absent where none can be given
	PortLabel string            `json:"port_label,omitempty"`
	Reason    string            `json:"reason_text,omitempty"`
}
