package change

import (
	"fmt"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A ModuleOp is what is done to modules.
type ModuleOp string

// The operations.
const (
	InstallModule  ModuleOp = "install"
	RemoveModule   ModuleOp = "remove"
	EnableModule   ModuleOp = "enable"
	DisableModule  ModuleOp = "disable"
	RebuildModules ModuleOp = "rebuild"
)

// A ModuleEdit is one change of the modules of a store.
type ModuleEdit struct {
	Op ModuleOp
	// Key names the module. Its priority counts where one is installed or removed.
	Key modstore.Key
	// Lang and Source are those of one that is installed: "cil" and its text.
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
	case RebuildModules:
		return nil
	}
	return fmt.Errorf("no such operation: %q", string(e.Op))
}

// record returns what the history notes of an edit so that it can be taken back; nil
// where it cannot: only a module of CIL that is alone with its name, at the priority
// of an administrator's, is brought back or taken out by its text.
func (e *ModuleEdit) record(before []modstore.Module, text func(modstore.Module) ([]byte, error)) (*Module, error) {
	if e.Key.Priority != modstore.DefaultPriority || !plainModuleName(e.Key.Name) {
		return nil, nil
	}
	var have []modstore.Module
	for _, m := range before {
		if m.Name == e.Key.Name {
			have = append(have, m)
		}
	}
	switch {
	case e.Op == InstallModule && len(have) == 0 && e.Lang == "cil" && len(e.Source) > 0 && len(e.Source) <= maxModule:
		return &Module{Name: e.Key.Name, After: string(e.Source)}, nil
	case e.Op == RemoveModule && len(have) == 1 && have[0].Key == e.Key && have[0].Lang == "cil" && !have[0].Disabled:
		source, err := text(have[0])
		if err != nil || len(source) == 0 || len(source) > maxModule {
			return nil, err
		}
		return &Module{Name: e.Key.Name, Before: string(source)}, nil
	}
	return nil, nil
}

// An OrphanError says that local records need what a change of modules takes away.
type OrphanError struct {
	// Records are those records; there is one at least.
	Records []semanage.Record
}

func (e *OrphanError) Error() string {
	r := e.Records[0]
	return fmt.Sprintf("local records need what the modules would no longer have: %s %s", r.Kind(), r.Key())
}
