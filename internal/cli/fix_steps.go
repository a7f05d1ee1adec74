package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// The steps of a fix are what changes in the store, in order: the module is
// installed, then the records are changed in one transaction.
type fixSteps struct {
	Module  *fixModule   `json:"module,omitempty"`
	Records []recordStep `json:"records,omitempty"`
}

// A fixModule is a module of CIL.
type fixModule struct {
	Name string `json:"name"`
	CIL  string `json:"cil"`
}

// The actions of a step.
const (
	setAction    = "set"
	deleteAction = "delete"
)

// A recordStep is a local record that is made so, or deleted.
type recordStep struct {
	Action string `json:"action"` // set or delete
	Kind   string `json:"kind"`   // port or boolean
	Line   string `json:"line"`   // of the file of local records
}

// record reads the line.
func (step *recordStep) record() (semanage.Record, error) {
	kind := semanage.Ports
	switch {
	case step.Action != setAction && step.Action != deleteAction:
		return nil, fmt.Errorf("action %.20q is neither set nor delete", step.Action)
	case step.Kind == semanage.Booleans.String():
		kind = semanage.Booleans
	case step.Kind != semanage.Ports.String():
		return nil, fmt.Errorf("kind %.20q is neither port nor boolean", step.Kind)
	}
	list, err := semanage.ParseLocal(kind, kind.File(), []byte(step.Line))
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("%.80q is not one record", step.Line)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func setStep(r semanage.Record) recordStep {
	return recordStep{setAction, r.Kind().String(), r.String()}
}

// steps turns a fix into what changes in a store; s may be nil where there is
// none.
func (a *fixAnswer) steps(f *remedy.Fix, s *fixStore) (fixSteps, error) {
	var steps fixSteps
	switch f.Kind {
	case remedy.Boolean:
		for _, b := range f.Bools {
			steps.Records = append(steps.Records, setStep(semanage.Boolean{Name: a.can.p.BoolName(b.Bool), On: b.On}))
		}
		return steps, nil
	case remedy.OwnType, remedy.Rule, remedy.Permissive:
		steps.Module = &fixModule{Name: freeModule(f.ModuleName, s), CIL: cil.Format(f.Module)}
	}
	for i := range f.Records {
		step, err := portStep(&f.Records[i])
		if err != nil {
			return steps, err
		}
		steps.Records = append(steps.Records, step)
	}
	if steps.transactions() == 0 {
		return steps, usage(fmt.Errorf("%s: no change of a policy store", a.title(f)), words.Lines(strings.TrimSpace(a.forms(f)[0].Text)))
	}
	return steps, nil
}

// portStep is a change of a local record of ports.
func portStep(c *remedy.RecordChange) (recordStep, error) {
	protocol, err := semanage.ParseProtocol(c.Protocol)
	if err != nil {
		return recordStep{}, unreadable(err, "")
	}
	step := setStep(semanage.Port{Protocol: protocol, Low: c.Low, High: c.High,
		Context: semanage.Context{User: c.User, Role: c.Role, Type: c.Type, Range: c.Range}})
	if c.Action == remedy.DeleteRecord {
		step.Action = deleteAction
	}
	return step, nil
}

// freeModule returns a name that the store has no module of: one fix must not
// replace the module of another.
func freeModule(base string, s *fixStore) string {
	name := base
	for i := 2; s != nil && moduleInstalled(s.Store, name); i++ {
		name = words.Sprintf("%s_%d", base, i)
	}
	return name
}

// moduleInstalled reports whether a store has a module of that name, of any
// priority.
func moduleInstalled(s *semanage.Store, name string) bool {
	dir := filepath.Join(s.Dir(), "active", "modules")
	priorities, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, p := range priorities {
		if _, err := os.Stat(filepath.Join(dir, p.Name(), name)); err == nil {
			return true
		}
	}
	return false
}

// inPlace reports whether the store is as the steps leave it.
func (steps *fixSteps) inPlace(tx *semanage.Tx, s *semanage.Store) (module, records bool) {
	module = steps.Module == nil || moduleInstalled(s, steps.Module.Name)
	records = true
	for i := range steps.Records {
		r, err := steps.Records[i].record()
		if err != nil {
			return module, false
		}
		now, local, ok := tx.Lookup(r.Key())
		if steps.Records[i].Action == deleteAction {
			records = records && !(ok && local)
		} else {
			records = records && ok && local && now == r
		}
	}
	return module, records
}

// stage changes the records in a transaction.
func (steps *fixSteps) stage(tx *semanage.Tx) error {
	for i := range steps.Records {
		r, err := steps.Records[i].record()
		if err != nil {
			return unreadable(err, "")
		}
		if steps.Records[i].Action == deleteAction {
			err = tx.Delete(r.Key())
		} else {
			err = tx.Set(r)
		}
		if err != nil {
			return storeProblem(err)
		}
	}
	return nil
}
