package cli

import (
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

func schemaOf(kind semanage.Kind) string { return "senet." + commandOf(kind) + "/1" }

func newPortLabelJSON(in reach.Interval, c semanage.Context, record string) doc.PortLabel {
	return doc.PortLabel{Low: in.Low, High: in.High, Type: c.Type, Range: c.Range, Record: record}
}

func newRecordJSON(r semanage.Record, local bool) *doc.Record {
	if r == nil {
		return nil
	}
	c := semanage.ContextOf(r)
	out := &doc.Record{Key: r.Key().String(), Type: c.Type, Range: c.Range, Local: local}
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

func (a *changeAnswer) json() doc.Change {
	out := doc.Change{
		Schema: schemaOf(a.kind), Action: string(a.verb), Store: a.store.Records().Name(), Status: "nothing",
		Changes: []doc.RecordChange{}, Effects: []impact.Effect{}, Notes: append([]string{},
			a.notes...), Transaction: a.draft.Number,
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
		c := doc.RecordChange{Kind: d.Kind.String(), Before: newRecordJSON(d.Before, true),
			After: newRecordJSON(d.After, true)}
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
