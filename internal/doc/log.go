package doc

import (
	"time"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/network"
)

// Log is the document of senet log --json: schema senet.log/1.
type Log struct {
	Schema  string     `json:"schema"`
	Store   string     `json:"store"`
	Changes []LogEntry `json:"changes"`
}

// A LogEntry is a change of the store.
type LogEntry struct {
	Transaction int           `json:"transaction"`
	Status      change.Status `json:"status"` // made, begun, void
	Time        *time.Time    `json:"time,omitempty"`
	Entry
	Undoes   int `json:"undoes,omitempty"`
	UndoneBy int `json:"undone_by,omitempty"`
}

// Entry is the purpose of a change, and its parts.
type Entry struct {
	Title    string    `json:"title,omitempty"`
	Question *Question `json:"question,omitempty"`
	Command  []string  `json:"command,omitempty"`
	Module   string    `json:"module,omitempty"`
	// MoreModules are further modules of the same change.
	MoreModules []string     `json:"more_modules,omitempty"`
	Changes     []PlanChange `json:"changes"`
}

// Undo is the document of senet undo --json: schema senet.undo/1.
type Undo struct {
	Schema string `json:"schema"`
	Store  string `json:"store"`
	// Status is done or pending.
	Status string `json:"status"`
	// Undone is the transaction that is undone, and Transaction the one that undid it, once it is
	// done.
	Undone      int  `json:"undone"`
	Transaction int  `json:"transaction,omitempty"`
	Loaded      bool `json:"loaded"`
	Entry
	// Verdict is the verdict of the question afterwards.
	Verdict network.Verdict `json:"verdict,omitempty"`
	Effects []Effect        `json:"effects"`
}
