package doc

import (
	"time"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/ledger"
)

// Status is the document of senet status --json: schema senet.status/1.
type Status struct {
	Schema string `json:"schema"`
	Store  string `json:"store"`
	// Transaction is the number of the store's last transaction.
	Transaction int          `json:"transaction"`
	Differences []StatusItem `json:"differences"`
	// Unknown are the kinds of differences that could not be read, and the reasons.
	Unknown []StatusGap `json:"unknown"`
	// Drift has the differences between the store and the file on the command line.
	Drift *Drift `json:"drift,omitempty"`
}

// A StatusItem is one difference from the distribution.
type StatusItem struct {
	// Kind is port, boolean, node, interface, ibpkey, ibendport, fcontext, equivalence,
	// login, user, module, permissive, dontaudit, tunables, policy, running or mode.
	Kind ledger.Kind `json:"kind"`
	Key  string      `json:"key"`
	// Here is the value on the system, Distribution the value without the change.
	Here         string  `json:"here"`
	Distribution string  `json:"distribution,omitempty"`
	Record       *Record `json:"record,omitempty"`
	// Rules is the number of allow statements of a module.
	Rules *int `json:"rules,omitempty"`
	// By is the change by senet that made it; absent if it is not known.
	By *StatusChange `json:"by,omitempty"`
	// Effects say who has which ports only because of it; absent if they are not known.
	Effects *[]Effect `json:"effects,omitempty"`
}

// A StatusChange is a change that senet made.
type StatusChange struct {
	Transaction int        `json:"transaction"`
	Time        *time.Time `json:"time,omitempty"`
	Title       string     `json:"title,omitempty"`
	Question    *Question  `json:"question,omitempty"`
	Command     []string   `json:"command,omitempty"`
}

// A StatusGap is a kind of difference that could not be read.
type StatusGap struct {
	Kind  ledger.Kind `json:"kind"`
	Error string      `json:"error"`
}

// Drift lists the changes that would make a store match a file.
type Drift struct {
	File    string       `json:"file"`
	Changes []PlanChange `json:"changes"`
}

// DriftOf is the document of how a store differs from a file.
func DriftOf(file string, p *change.Proposal) *Drift {
	return &Drift{File: file, Changes: proposedChangesOf(p)}
}

// StatusOf returns the document of a ledger; drift may be nil.
func StatusOf(l *ledger.Ledger, drift *Drift) Status {
	out := Status{Schema: "senet.status/1", Store: l.Store, Transaction: l.Commit, Differences: []StatusItem{},
		Unknown: []StatusGap{}, Drift: drift}
	for i := range l.Items {
		out.Differences = append(out.Differences, statusItemOf(&l.Items[i]))
	}
	for _, g := range l.Gaps {
		out.Unknown = append(out.Unknown, StatusGap{g.Kind, g.Err.Error()})
	}
	return out
}

func statusItemOf(in *ledger.Item) StatusItem {
	out := StatusItem{Kind: in.Kind, Key: in.Key, Here: in.Here, Distribution: in.Instead,
		Record: RecordOf(in.Record, true), By: ptr(in.By, statusChangeOf)}
	if in.Module != nil && in.Rules >= 0 {
		out.Rules = &in.Rules
	}
	if in.Weighed {
		effects := EffectsOf(in.Effects)
		out.Effects = &effects
	}
	return out
}

func statusChangeOf(e *change.Entry) StatusChange {
	entry := entryOf(e, change.Change{})
	out := StatusChange{Transaction: e.ID, Title: entry.Title, Question: entry.Question, Command: entry.Command}
	if !e.Time.IsZero() {
		out.Time = &e.Time
	}
	return out
}
