package ledger

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// records adds the local records of a kind. Of several with one key, the last one counts.
func (r *reader) records(tx *semanage.Tx, kind semanage.Kind) {
	list := tx.Records(kind)
	var linked *policy.Policy
	for i, rec := range list {
		key := rec.Key()
		if slices.ContainsFunc(list[i+1:], func(later semanage.Record) bool { return later.Key() == key }) {
			continue
		}
		if db := tx.Linked(); linked == nil && db != nil {
			linked = policy.New(db)
		}
		item := Item{Kind: Kind(kind.String()), Key: key.String(), Here: records.Value(rec), Record: rec,
			By: r.recordBy(rec)}
		if linked != nil {
			item.Instead = instead(linked, rec)
		}
		r.weigh(tx, &item)
		r.add(item)
	}
}

// instead returns the value that a policy has without the local record.
func instead(p *policy.Policy, r semanage.Record) string {
	switch r := r.(type) {
	case semanage.Boolean:
		switch on, ok := records.BooleanIn(p, r.Name); {
		case !ok:
			return ""
		case on:
			return "on"
		}
		return "off"
	case semanage.Port:
		var labels []string
		for _, run := range records.Runs(p, r.Protocol, r.Range()) {
			if label := records.Label(run.Context); !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
		return strings.Join(labels, ", ")
	}
	return insteadRecord(p.DB(), r)
}

// insteadRecord returns the value of the policy's record with the same key.
func insteadRecord(db *policydb.Policy, r semanage.Record) string {
	for _, other := range semanage.PolicyRecords(db, r.Kind()) {
		if other.Key() == r.Key() {
			return records.Value(other)
		}
	}
	return ""
}

// recordBy returns the newest change of a record that was not undone, if the record still has the
// value that the change gave it. An undo gives the record back to the change before it.
func (r *reader) recordBy(rec semanage.Record) *change.Entry {
	key := rec.Key()
	for i := range slices.Backward(r.history) {
		e := &r.history[i]
		if !e.Stands() || e.Undoes != 0 {
			continue
		}
		for _, p := range slices.Backward(e.Records) {
			if p.Record().Key() != key {
				continue
			}
			if p.After != rec {
				return nil // another program has changed it since
			}
			return e
		}
	}
	return nil
}

// weigh computes who may use which ports by a record alone. It skips records that cannot be
// evaluated, such as one whose type the policy lacks.
func (r *reader) weigh(tx *semanage.Tx, item *Item) {
	if r.options.Facts == nil || r.weighed >= r.options.Weigh || r.ctx.Err() != nil || tx.Linked() == nil {
		return
	}
	switch item.Record.Kind() {
	case semanage.Booleans, semanage.Ports, semanage.Nodes, semanage.Interfaces:
	default:
		return // it gives nobody a port
	}
	r.weighed++
	if r.facts == nil {
		facts, err := r.options.Facts(tx.Linked())
		if err != nil {
			r.options.Facts = nil
			r.gap(item.Kind, err)
			return
		}
		r.facts = &facts
	}
	rec := item.Record
	if tx.Delete(rec.Key()) != nil {
		return
	}
	without := []semanage.Difference{{Kind: rec.Kind(), Before: rec}}
	c, err := impact.OfTx(tx, without, *r.facts)
	if err == nil {
		var effects []impact.Effect
		if effects, err = c.Records(r.ctx, without); err == nil {
			item.Weighed = true
			for _, e := range effects {
				item.Effects = append(item.Effects, e.Swapped())
			}
		}
	}
	if err := tx.Set(rec); err != nil { // later computations must not include it
		r.gap(item.Kind, err)
	}
}
