package doc

import (
	"github.com/senet-selinux/senet/host"
)

// Host is the document of senet host --json: schema senet.host/1.
type Host struct {
	Schema      string       `json:"schema"`
	Host        host.Facts   `json:"host"`
	Assumptions []Assumption `json:"assumptions"`
}
