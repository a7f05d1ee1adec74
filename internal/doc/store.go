package doc

import (
	"github.com/senet-selinux/senet/host"
)

// Change is what a command that changes the store prints with --json: schema
// senet.port/1, senet.bool/1, senet.node/1, senet.interface/1.
type Change struct {
	Schema string `json:"schema"`
	Action string `json:"action"`
	Store  string `json:"store"`
	// Status is done, nothing (to do) or pending.
	Status string `json:"status"`
	// Host is the facts of the machine that the effects rest on.
	Host    *host.Facts    `json:"host,omitempty"`
	Changes []RecordChange `json:"changes"`
	Effects []Effect       `json:"effects"`
	Gain    int            `json:"domains_that_gain"`
	Lose    int            `json:"domains_that_lose"`
	Notes   []string       `json:"notes"`
	// Transaction is the number of the store's last transaction.
	Transaction int `json:"transaction"`
	// Loaded is whether the running kernel has the change.
	Loaded bool   `json:"loaded"`
	Next   string `json:"next,omitempty"`
}

// RecordChange is one local record before and after, and what the new policy
// says when it is asked.
type RecordChange struct {
	Kind   string      `json:"kind"`
	Before *Record     `json:"before"`
	After  *Record     `json:"after"`
	Labels []PortLabel `json:"labels,omitempty"` // of ports, after
	Old    []PortLabel `json:"old_labels,omitempty"`
	Result string      `json:"result,omitempty"`
}

// Record is a record of the store or of the policy. Which fields there are
// depends on its kind.
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

// PortLabel is a run of ports with one label.
type PortLabel struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
	Type string `json:"type"`
	// Range is the MLS range, s0 too; there is none where the policy has no MLS.
	Range  string `json:"range,omitempty"`
	Record string `json:"record"`
}

// Export is what export prints with --json.
type Export struct {
	Schema   string   `json:"schema"`
	Action   string   `json:"action"`
	Store    string   `json:"store"`
	Commands []string `json:"commands"`
}
