package doc

import (
	"github.com/senet-selinux/senet/network"
)

// Who is the document of senet who --json: schema senet.who/1.
type Who struct {
	Head
	Action  network.Operation `json:"action"`
	Target  string            `json:"target"`
	Types   []string          `json:"types"` // of the ports
	Domains []WhoDomain       `json:"domains"`
	Would   []WhoDomain       `json:"would"` // with --would
	// Depends are the domains for which an unknown fact decides.
	Depends []WhoDepends `json:"depends"`
	// Permissive are the domains that may not, but whose denials are only logged today.
	Permissive []string `json:"permissive_now,omitempty"`
}

// A WhoDepends is a domain for which an unknown fact decides.
type WhoDepends struct {
	Domain string   `json:"domain"`
	Ports  PortSet  `json:"ports"`
	On     []string `json:"depends_on"`
}

// A WhoDomain is a domain, the ports that it may use, and the rules that allow it.
type WhoDomain struct {
	Domain   string            `json:"domain"`
	Ports    PortSet           `json:"ports"`
	Rules    []Rule            `json:"rules"`
	Booleans []map[string]bool `json:"booleans"`
}
