package change

import (
	"fmt"
	"unicode/utf8"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A ModuleOp is an operation on modules.
type ModuleOp string

// The operations.
const (
	InstallModule  ModuleOp = "install"
	RemoveModule   ModuleOp = "remove"
	EnableModule   ModuleOp = "enable"
	DisableModule  ModuleOp = "disable"
	MoveModule     ModuleOp = "move"
	RebuildModules ModuleOp = "rebuild"
)

// A ModuleEdit is one change of the modules of a store.
type ModuleEdit struct {
	Op ModuleOp
	// Key names the module. Its priority is used if the module is installed, removed or moved.
	Key modstore.Key
	// To is the new priority of a moved module.
	To int
	// Lang and Source are the language and text of an installed module: "cil" and its text.
	Lang   string
	Source []byte
}

// apply makes the edit in a transaction.
func (e *ModuleEdit) apply(tx *modstore.Tx) error {
	switch e.Op {
	case InstallModule:
		return tx.Install(e.Key, e.Lang, e.Source)
	case RemoveModule:
		return tx.Remove(e.Key)
	case EnableModule, DisableModule:
		m, ok := tx.Find(e.Key.Name)
		if ok && m.Disabled == (e.Op == DisableModule) {
			return nil
		}
		return tx.SetEnabled(e.Key.Name, e.Op == EnableModule)
	case MoveModule:
		if e.To == e.Key.Priority {
			return nil
		}
		return tx.SetPriority(e.Key, e.To)
	case RebuildModules:
		return nil
	}
	return fmt.Errorf("no such operation: %q", string(e.Op))
}

// record returns the part of an edit that the history needs to undo it; nil if it cannot be undone:
// only modules of CIL can be restored or removed by their text, and none with a disabled name.
func (e *ModuleEdit) record(before []modstore.Module, text func(modstore.Module) ([]byte, error)) (*Module, error) {
	if !plainModuleName(e.Key.Name) {
		return nil, nil
	}
	old, had, others := modstore.Module{}, false, false
	for _, m := range before {
		switch {
		case m.Name == e.Key.Name && m.Disabled:
			return nil, nil
		case m.Key == e.Key:
			old, had = m, true
		case m.Name == e.Key.Name:
			others = others || m.Priority == e.To
		}
	}
	note := moduleAt(e.Key)
	switch e.Op {
	case InstallModule:
		source, err := modstore.Unpack(e.Source)
		if err != nil || !modstore.IsCIL(e.Lang) || len(source) == 0 {
			return nil, nil //nolint:nilerr // the edit itself will say so
		}
		note.After = string(source)
	case RemoveModule, MoveModule:
		if !had || others {
			return nil, nil // the edit itself will return the error
		}
	default:
		return nil, nil
	}
	if had {
		if !modstore.IsCIL(old.Lang) {
			return nil, nil
		}
		source, err := text(old)
		if err != nil {
			return nil, err
		}
		note.Before = string(source)
	}
	if e.Op == MoveModule {
		note.After, note.Priority, note.From = note.Before, e.To, e.Key.Priority
	}
	// It may be too large, or change nothing; and the history is JSON.
	if note.check() != nil || !utf8.ValidString(note.Before) || !utf8.ValidString(note.After) {
		return nil, nil
	}
	return note, nil
}

// An OrphanError says that local records need names that a change of modules removes.
type OrphanError struct {
	// Records are those records; there is at least one.
	Records []semanage.Record
}

func (e *OrphanError) Error() string {
	r := e.Records[0]
	return fmt.Sprintf("local records need names that the modules would no longer define: %s %s", r.Kind(), r.Key())
}
