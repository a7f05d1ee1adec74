package cli

import (
	"io"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// envelope is what the JSON of every command begins with. Fields may be added;
// none is renamed or removed.
type envelope struct {
	// Schema names the layout: senet.COMMAND/VERSION.
	Schema string `json:"schema"`
	// Policy is the path of the policy, or "example".
	Policy string `json:"policy"`
	// Host is the facts of the machine that the answer rests on.
	Host host.Facts `json:"host"`
	// Verdict is allowed, denied or depends.
	Verdict network.Verdict `json:"verdict"`
	// Assumptions is what the answer takes for granted.
	Assumptions []network.Assumption `json:"assumptions"`
}

func writeJSON(w io.Writer, v any) error { return words.WriteJSON(w, v, "  ") }
