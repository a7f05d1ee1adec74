package doc

import (
	"github.com/senet-selinux/senet/internal/statefile"
)

// Plan is the document of senet plan --json and senet apply --json: schema senet.plan/1.
type Plan struct {
	Schema  string          `json:"schema"`
	Store   string          `json:"store"`
	Base    *statefile.Base `json:"base,omitempty"`
	Applied bool            `json:"applied"`
	Changes []PlanChange    `json:"changes"`
	Effects []Effect        `json:"effects"`
}

// A PlanChange is a local record before and after, or a module.
type PlanChange struct {
	Action string  `json:"action"` // add, change, delete; of modules enable and disable, too
	Kind   string  `json:"kind"`   // port, boolean, node, interface, user, login, fcontext, equivalence, module
	Key    string  `json:"key"`    // of a module its priority and name, or its name
	Before *Record `json:"before,omitempty"`
	After  *Record `json:"after,omitempty"`
}
