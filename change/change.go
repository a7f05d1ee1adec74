package change

import (
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A Change is one change of a store: of records, and of a module that is installed before or
// removed after them.
type Change struct {
	Module *Module // nil for none
	// Records are local records before and after, in an order in which later ones may depend on
	// earlier ones: a range is deleted before its pieces are added. The values before come from the
	// store, so that Before is used only if After is nil: it names the record to delete.
	Records []semanage.Difference
}

// A Module is the change of one module: its text before and after, in CIL, "" for no module; or that
// the modules of a name are enabled or disabled.
type Module struct {
	Name          string
	Before, After string
	// Priority is the module's priority before and after the change, 0 for an administrator's. From
	// is the priority before if it was different, else 0.
	Priority, From int
	// Switched is SwitchedOn or SwitchedOff if the modules of the name, at every priority, are enabled
	// or disabled: then only Name and Switched are set.
	Switched string
}

// The values of [Module.Switched], "" for none.
const (
	SwitchedOn  = "on"
	SwitchedOff = "off"
)

// moduleAt returns a Module for a place in the store, without texts.
func moduleAt(k modstore.Key) *Module {
	m := &Module{Name: k.Name, Priority: k.Priority}
	if k.Priority == modstore.DefaultPriority {
		m.Priority = 0
	}
	return m
}

// Key returns the module's place in the store after the change.
func (m *Module) Key() modstore.Key { return m.at(m.Priority) }

func (m *Module) at(priority int) modstore.Key {
	if priority == 0 {
		priority = modstore.DefaultPriority
	}
	return modstore.Key{Priority: priority, Name: m.Name}
}

// keys returns the module's places in the store before and after the change.
func (m *Module) keys() (before, after modstore.Key) {
	before, after = m.Key(), m.Key()
	if m.From != 0 {
		before = m.at(m.From)
	}
	return before, after
}

// plain reports whether semodule -i or -r can make the change: a module is installed or removed, at
// an administrator's priority.
func (m *Module) plain() bool {
	return m.Switched == "" && (m.Before == "") != (m.After == "") && m.From == 0 &&
		(m.Priority == 0 || m.Priority == modstore.DefaultPriority)
}

// Set returns the change that makes or modifies a local record.
func Set(r semanage.Record) semanage.Difference {
	return semanage.Difference{Kind: r.Kind(), After: r}
}

// Delete returns the change that deletes a local record. Only the key of the given record counts.
func Delete(r semanage.Record) semanage.Difference {
	return semanage.Difference{Kind: r.Kind(), Before: r}
}

// Empty reports whether nothing is changed.
func (c Change) Empty() bool { return c.Module == nil && len(c.Records) == 0 }

// Inverse returns the inverse change.
func (m *Module) Inverse() *Module {
	if m == nil {
		return nil
	}
	back := &Module{Name: m.Name, Before: m.After, After: m.Before, Priority: m.Priority}
	switch m.Switched {
	case SwitchedOn:
		back.Switched = SwitchedOff
	case SwitchedOff:
		back.Switched = SwitchedOn
	}
	if m.From != 0 {
		back.Priority, back.From = m.From, m.Priority
	}
	return back
}

// stage makes the changes of records in a transaction.
func stage(tx *semanage.Tx, records []semanage.Difference) error {
	for _, d := range records {
		var err error
		if d.After != nil {
			err = tx.Set(d.After)
		} else if d.Before != nil {
			err = tx.Delete(d.Before.Key())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
