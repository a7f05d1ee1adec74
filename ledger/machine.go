package ledger

import (
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// policies adds the unexpected policies that the store's own check finds.
func (r *reader) policies() {
	list, err := r.store.Check()
	if err != nil {
		r.gap(Policy, err)
		return
	}
	for _, f := range list {
		switch f.Code {
		case semanage.FindRecords, semanage.FindInstalled, semanage.FindLoaded:
			r.add(Item{Kind: Policy, Key: string(f.Code), Here: f.Err.Error()})
		}
	}
}

// machine adds the differences between the running system and the stored state.
func (r *reader) machine(tx *semanage.Tx) {
	m := r.options.Machine
	if m == nil {
		return
	}
	if m.Config != nil && m.Config.Mode != "" && m.Mode != m.Config.Mode {
		r.add(Item{Kind: Mode, Key: "mode", Here: m.Mode, Instead: m.Config.Mode})
	}
	_, stored, err := tx.Policies()
	if err != nil {
		r.gap(Running, err)
		return
	}
	p := policy.New(stored)
	for _, b := range m.Booleans {
		id, ok := p.Bool(b.Name)
		if !ok || p.BoolState(id) == b.On {
			continue
		}
		r.add(Item{Kind: Running, Key: b.Name, Here: onOff(b.On), Instead: onOff(!b.On)})
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
