package doc

import (
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/statefile"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// RecordOf returns the document of a record, nil for none.
func RecordOf(r semanage.Record, local bool) *Record {
	if r == nil {
		return nil
	}
	c := semanage.ContextOf(r)
	out := &Record{Key: r.Key().String(), Type: c.Type, Range: c.Range, Local: local}
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
	case semanage.Login:
		out.Name, out.Value, out.Range = r.Name, r.User, r.Range
	case semanage.User:
		out.Name, out.Value, out.Range = r.Name, r.Roles, r.Range
	case semanage.Equivalence:
		out.Value = r.Like
	}
	return out
}

func portLabelOf(p *policy.Policy, r records.Run) PortLabel {
	return PortLabel{
		Low: r.Low, High: r.High, Type: r.Context.Type, Range: r.Context.Range, Record: say.PortStatement(p, r.Record),
	}
}

func portLabelsOf(p *policy.Policy, r semanage.Port) []PortLabel {
	var list []PortLabel
	for _, run := range records.Runs(p, r.Protocol, r.Range()) {
		list = append(list, portLabelOf(p, run))
	}
	return list
}

// recordSchema returns the layout of the documents about records of a kind.
func recordSchema(kind semanage.Kind) string { return "senet." + say.RecordCommand(kind) + "/1" }

const actionList = "list"

// storeOrPolicy returns the name of a source, either as a store or as a policy.
func storeOrPolicy(s *records.Source) (store, policy string) {
	if s.IsStore {
		return s.Name, ""
	}
	return "", s.Name
}

// PortListOf returns the document of a list of ports.
func PortListOf(s *records.Source, ports []records.PortRecord, labels []records.PortLabel) PortList {
	out := PortList{Schema: recordSchema(semanage.Ports), Action: actionList, Records: []ListedPort{},
		Labels: []ListedLabel{}}
	out.Store, out.Policy = storeOrPolicy(s)
	for _, r := range ports {
		out.Records = append(out.Records, ListedPort{Record: *RecordOf(r.Port, r.Local), Labels: portSetOf(r.Labels)})
	}
	for _, l := range labels {
		one := ListedLabel{
			Protocol: l.Protocol.String(), PortLabel: portLabelOf(s.Policy, l.Run), Local: l.Local, Hides: []Record{},
		}
		for _, h := range l.Hides {
			one.Hides = append(one.Hides, *RecordOf(h, false))
		}
		out.Labels = append(out.Labels, one)
	}
	return out
}

// RecordListOf returns the document of a list of nodes or interfaces.
func RecordListOf(s *records.Source, kind semanage.Kind, all []semanage.Record) RecordList {
	out := RecordList{Schema: recordSchema(kind), Action: actionList, Records: []Record{}}
	out.Store, out.Policy = storeOrPolicy(s)
	for _, r := range all {
		out.Records = append(out.Records, *RecordOf(r, s.IsLocal(r.Key())))
	}
	return out
}

// BoolListOf returns the document of a list of booleans; other are the effects of the other value
// of a single boolean. describe returns the description of a boolean, "" if there is none.
func BoolListOf(
	s *records.Source, booleans []records.Boolean, describe func(boolean string) string, other []impact.Effect,
) BoolList {
	out := BoolList{Schema: recordSchema(semanage.Booleans), Action: actionList, Booleans: []ListedBool{}}
	out.Store, out.Policy = storeOrPolicy(s)
	for _, b := range booleans {
		out.Booleans = append(out.Booleans, ListedBool{
			Name: b.Name, On: b.On, Default: b.Own, Live: b.Live, Local: b.Local, Effects: list(other, effectOf),
			Description: describe(b.Name),
		})
	}
	return out
}

// ExportOf returns the document of the commands that make local records.
func ExportOf(kind semanage.Kind, store string, commands []string) Export {
	return Export{Schema: recordSchema(kind), Action: "export", Store: store, Commands: OrEmpty(commands)}
}

// ChangeOf returns the document of a proposed change of records or, with done, of one that was
// made.
func ChangeOf(kind semanage.Kind, action, store string, p *change.Proposal, notes []string, done *change.Done) Change {
	out := Change{
		Schema: recordSchema(kind), Action: action, Store: store, Status: "nothing", Changes: []RecordChange{},
		Effects: EffectsOf(p.Effects), Gain: impact.Gainers(p.Effects), Lose: impact.Losers(p.Effects),
		Notes: OrEmpty(notes), Transaction: p.Number,
	}
	if p.Comparison == nil {
		return out
	}
	out.Status = "pending"
	facts := p.Comparison.Facts.Summary()
	out.Host = &facts
	is, asked := p.Comparison.After, false
	if done != nil {
		out.Status, out.Transaction, out.Loaded = "done", done.Entry.ID, done.Loaded
		is, asked = policy.New(done.Policy), true
		if done.Kernel != nil {
			is = policy.New(done.Kernel)
		}
	}
	for _, d := range p.Differences {
		c := RecordChange{Kind: d.Kind.String(), Before: RecordOf(d.Before, true), After: RecordOf(d.After, true)}
		if port, ok := d.Record().(semanage.Port); ok {
			c.Old, c.Labels = portLabelsOf(p.Comparison.Before, port), portLabelsOf(is, port)
		}
		if asked {
			c.Result = say.Outcome(is, p.Comparison, d)
		}
		out.Changes = append(out.Changes, c)
	}
	return out
}

// PlanOf returns the document of a file of records as a change of a store.
func PlanOf(base change.Base, p *change.Proposal, applied bool) Plan {
	b := statefile.Base(base)
	return Plan{
		Schema: "senet.plan/1", Store: base.Store, Base: &b, Applied: applied,
		Changes: proposedChangesOf(p), Effects: EffectsOf(p.Effects),
	}
}

// proposedChangesOf lists the changes of modules, then those of records.
func proposedChangesOf(p *change.Proposal) []PlanChange {
	out := []PlanChange{}
	for _, m := range p.Modules {
		c := PlanChange{Kind: "module", Key: m.Key().String(), Action: "change"}
		switch {
		case m.Switched == change.SwitchedOn:
			c.Action, c.Key = "enable", m.Name
		case m.Switched != "":
			c.Action, c.Key = "disable", m.Name
		case m.Before == "":
			c.Action = "add"
		case m.After == "":
			c.Action = "delete"
		}
		out = append(out, c)
	}
	return append(out, planChangesOf(p.Differences)...)
}

func planChangesOf(list []semanage.Difference) []PlanChange {
	out := []PlanChange{}
	for _, d := range list {
		c := PlanChange{
			Action: "change", Kind: d.Kind.String(), Key: d.Record().Key().String(),
			Before: RecordOf(d.Before, true), After: RecordOf(d.After, true),
		}
		if d.Before == nil {
			c.Action = "add"
		}
		if d.After == nil {
			c.Action = "delete"
		}
		out = append(out, c)
	}
	return out
}
