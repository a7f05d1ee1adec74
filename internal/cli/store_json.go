package cli

import (
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

func schemaOf(kind semanage.Kind) string { return "senet." + commandOf(kind) + "/1" }

// changeJSON is what a command that changes the store prints with --json: schema
// senet.port/1, senet.bool/1, senet.node/1, senet.interface/1.
type changeJSON struct {
	Schema string `json:"schema"`
	Action verb   `json:"action"`
	Store  string `json:"store"`
	// Status is done, nothing (to do) or pending.
	Status string `json:"status"`
	// Host is the facts of the machine that the effects rest on.
	Host    *host.Facts        `json:"host,omitempty"`
	Changes []recordChangeJSON `json:"changes"`
	Effects []impact.Effect    `json:"effects"`
	Gain    int                `json:"domains_that_gain"`
	Lose    int                `json:"domains_that_lose"`
	Notes   []string           `json:"notes"`
	// Transaction is the number of the store's last transaction.
	Transaction int `json:"transaction"`
	// Loaded is whether the running kernel has the change.
	Loaded bool   `json:"loaded"`
	Next   string `json:"next,omitempty"`
}

// recordChangeJSON is one local record before and after, and what the new policy
// says when it is asked.
type recordChangeJSON struct {
	Kind   string          `json:"kind"`
	Before *recordJSON     `json:"before"`
	After  *recordJSON     `json:"after"`
	Labels []portLabelJSON `json:"labels,omitempty"` // of ports, after
	Old    []portLabelJSON `json:"old_labels,omitempty"`
	Result string          `json:"result,omitempty"`
}

// recordJSON is a record of the store or of the policy. Which fields there are
// depends on its kind.
type recordJSON struct {
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
	Local    bool   `json:"local"`
}

// portLabelJSON is a run of ports with one label.
type portLabelJSON struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
	Type string `json:"type"`
	// Range is the MLS range, s0 too; there is none where the policy has no MLS.
	Range  string `json:"range,omitempty"`
	Record string `json:"record"`
}

func newPortLabelJSON(in reach.Interval, c semanage.Context, record string) portLabelJSON {
	return portLabelJSON{in.Low, in.High, c.Type, c.Range, record}
}

// exportJSON is what export prints with --json.
type exportJSON struct {
	Schema   string   `json:"schema"`
	Action   verb     `json:"action"`
	Store    string   `json:"store"`
	Commands []string `json:"commands"`
}

func newRecordJSON(r semanage.Record, local bool) *recordJSON {
	if r == nil {
		return nil
	}
	c := semanage.ContextOf(r)
	out := &recordJSON{Key: r.Key().String(), Type: c.Type, Range: c.Range, Local: local}
	if c != (semanage.Context{}) {
		out.Context = c.String()
	}
	switch r := r.(type) {
	case semanage.Port:
		out.Protocol, out.Low, out.High = r.Protocol.String(), int(r.Low), int(r.High)
	case semanage.Boolean:
		out.Name, out.On = r.Name, &r.On
	case semanage.Node:
		out.Address, out.Mask = r.Addr.String(), r.Mask.String()
	case semanage.Interface:
		out.Name = r.Name
	}
	return out
}

func (a *changeAnswer) json() changeJSON {
	out := changeJSON{
		Schema: schemaOf(a.kind), Action: a.verb, Store: a.store.Records().Name(), Status: "nothing",
		Changes: []recordChangeJSON{}, Effects: []impact.Effect{}, Notes: append([]string{}, a.notes...), Transaction: a.draft.Number,
	}
	if a.change != nil {
		out.Status, out.Next = "pending", a.repeat.String()
		facts := a.change.Facts.Summary()
		out.Host = &facts
	}
	out.Effects = append(out.Effects, a.effects...)
	out.Gain, out.Lose = impact.Gainers(a.effects), impact.Losers(a.effects)
	asked := a.now
	if a.done != nil {
		out.Status, out.Transaction, out.Loaded = "done", a.done.Entry.ID, a.done.Loaded
		out.Next = a.undo().String()
		if a.kernel != nil {
			asked = a.kernel
		}
	}
	for _, d := range a.differences {
		c := recordChangeJSON{Kind: d.Kind.String(), Before: newRecordJSON(d.Before, true), After: newRecordJSON(d.After, true)}
		if port, ok := d.Record().(semanage.Port); ok {
			was, is := a.change.Before, a.change.After
			if asked != nil {
				is = asked
			}
			c.Old, c.Labels = labelsJSON(was, port), labelsJSON(is, port)
		}
		if asked != nil {
			c.Result = a.outcome(asked, d)
		}
		out.Changes = append(out.Changes, c)
	}
	return out
}
