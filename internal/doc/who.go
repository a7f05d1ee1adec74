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
	// Depends are the domains of which the facts leave open whether they may.
	Depends []WhoDepends `json:"depends"`
	// Permissive are the domains that may not, and whose refusals are only logged today.
	Permissive []string `json:"permissive_now,omitempty"`
}

// A WhoDepends is a domain of which the facts leave open whether it may.
type WhoDepends struct {
	Domain string   `json:"domain"`
	Ports  PortSet  `json:"ports"`
	On     []string `json:"depends_on"`
}

// A WhoDomain is a domain, the ports that it may use, and by which rules.
type WhoDomain struct {
	Domain   string            `json:"domain"`
	Ports    PortSet           `json:"ports"`
	Rules    []Rule            `json:"rules"`
	Booleans []map[string]bool `json:"booleans"`
}
