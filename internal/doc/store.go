package doc

import (
	"github.com/senet-selinux/senet/host"
)

// Change is the document of a change of the store with --json: schema senet.port/1, senet.bool/1,
// senet.node/1, senet.interface/1.
type Change struct {
	Schema string `json:"schema"`
	Action string `json:"action"`
	Store  string `json:"store"`
	// Status is done, nothing (to do) or pending.
	Status string `json:"status"`
	// Host has the facts of the machine for the effects.
	Host    *host.Facts    `json:"host,omitempty"`
	Changes []RecordChange `json:"changes"`
	Effects []Effect       `json:"effects"`
	Gain    int            `json:"domains_that_gain"`
	Lose    int            `json:"domains_that_lose"`
	Notes   []string       `json:"notes"`
	// Transaction is the number of the store's last transaction.
	Transaction int `json:"transaction"`
	// Loaded says whether the running kernel has the change.
	Loaded bool   `json:"loaded"`
	Next   string `json:"next,omitempty"`
}

// RecordChange is one local record before and after, and the new policy's answer about its object.
type RecordChange struct {
	Kind   string      `json:"kind"`
	Before *Record     `json:"before"`
	After  *Record     `json:"after"`
	Labels []PortLabel `json:"labels,omitempty"` // of ports, after
	Old    []PortLabel `json:"old_labels,omitempty"`
	Result string      `json:"result,omitempty"`
}

// Record is a record of the store or of the policy. Its fields depend on its kind.
type Record struct {
	Key      string `json:"key"`
	Protocol string `json:"protocol,omitempty"`
	Low      int    `json:"low,omitempty"`
	High     int    `json:"high,omitempty"`
	Name     string `json:"name,omitempty"`
	Address  string `json:"address,omitempty"`
	Mask     string `json:"mask,omitempty"`
	Context  string `json:"context,omitempty"`
	Type     string `json:"type,omitempty"`
	Range    string `json:"range,omitempty"`
	On       *bool  `json:"on,omitempty"`
	// Value is the SELinux user of a login, the roles of an SELinux user, or the path
	// whose labels an equivalence uses.
	Value string `json:"value,omitempty"`
	Local bool   `json:"local"`
}

// PortLabel is a range of ports with one label.
type PortLabel struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
	Type string `json:"type"`
	// Range is the MLS range, even if it is s0; there is none if the policy has no MLS.
	Range  string `json:"range,omitempty"`
	Record string `json:"record"`
}

// Export is the document of export --json.
type Export struct {
	Schema   string   `json:"schema"`
	Action   string   `json:"action"`
	Store    string   `json:"store"`
	Commands []string `json:"commands"`
}
