package change

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/semanage"
)

// The files of senet 0.1: the last change of senet fix, and a change in progress. They are read
// until the history is first written, and then removed.
const (
	legacyUndo    = "senet.fix.undo"
	legacyJournal = "senet.fix.journal"
	legacySchema  = "senet.fix.undo/1"
)

type legacyFile struct {
	Schema   string `json:"schema"`
	Undoing  bool   `json:"undoing"`
	Question struct {
		Subject string `json:"subject"`
		Action  string `json:"action"`
		Target  string `json:"target"`
	} `json:"question"`
	Change string `json:"change"`
	Steps  struct {
		Module *struct {
			Name string `json:"name"`
			CIL  string `json:"cil"`
		} `json:"module"`
		Records []legacyStep `json:"records"`
	} `json:"steps"`
	Before  int             `json:"before"`
	After   int             `json:"after"`
	Effects []impact.Effect `json:"effects"`
}

type legacyStep struct {
	Action string `json:"action"` // set or delete
	Kind   string `json:"kind"`
	Line   string `json:"line"` // a line of the file of local records
}

// readLegacy makes a history of the file of an older version.
func (s *Store) readLegacy() (*history, error) {
	h := &history{}
	undo, err := s.readLegacyFile(legacyUndo)
	if err != nil {
		return nil, err
	}
	if undo != nil {
		e, err := s.legacyMade(undo)
		if err != nil {
			return nil, err
		}
		if e != nil {
			h.add(*e)
		}
	}
	journal, err := s.readLegacyFile(legacyJournal)
	if err != nil || journal == nil || journal.Steps.Module == nil {
		return h, err // the store's last transaction tells whether a change of records only was made
	}
	e, err := s.legacyBegun(journal, h.last())
	if err == nil {
		h.entries = append(h.entries, e)
	}
	return h, err
}

func (s *Store) readLegacyFile(name string) (*legacyFile, error) {
	text, err := s.files.read(name, maxHistory)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	j, err := parseLegacy(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.files.root.Path(s.files.path(name)), err)
	}
	return j, nil
}

func parseLegacy(text []byte) (*legacyFile, error) {
	var j legacyFile
	if err := json.Unmarshal(text, &j); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if j.Schema != legacySchema {
		return nil, fmt.Errorf("%w: its schema is %.40q, not %q", ErrNewer, j.Schema, legacySchema)
	}
	return &j, nil
}

func (j *legacyFile) about() About {
	q := j.Question
	return About{Title: j.Change, Question: []string{q.Subject, q.Action, q.Target}, Effects: j.Effects}
}

// records returns the records that were set and those that were deleted.
func (j *legacyFile) records() (list []semanage.Difference, err error) {
	for _, step := range j.Steps.Records {
		kind := semanage.Ports
		if step.Kind == semanage.Booleans.String() {
			kind = semanage.Booleans
		}
		records, err := semanage.ParseLocal(kind, legacyUndo, []byte(step.Line))
		if err != nil || len(records) != 1 {
			return nil, fmt.Errorf("%w: %.80q is not one record", ErrDamaged, step.Line)
		}
		if step.Action == "delete" {
			list = append(list, Delete(records[0]))
		} else {
			list = append(list, Set(records[0]))
		}
	}
	return list, nil
}

// legacyMade returns the last change that was made; nil if the values before it are no longer
// known.
func (s *Store) legacyMade(j *legacyFile) (*Entry, error) {
	e := Entry{ID: j.After, From: j.Before, Status: Made, About: j.about()}
	if m := j.Steps.Module; m != nil {
		e.Module = &Module{Name: m.Name, After: m.CIL}
	}
	if len(j.Steps.Records) > 0 {
		last, err := s.records.Last()
		if err != nil || last.Number != j.After {
			return nil, nil //nolint:nilerr // an older change than the store's last, or none that is known
		}
		e.Records = last.Changes
	}
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", s.files.root.Path(s.files.path(legacyUndo)), ErrDamaged, err)
	}
	return &e, nil
}

// legacyBegun returns the change or undo in progress after made.
func (s *Store) legacyBegun(j *legacyFile, made *Entry) (Entry, error) {
	e := Entry{From: j.Before, Status: Begun, About: j.about(),
		Module: &Module{Name: j.Steps.Module.Name, After: j.Steps.Module.CIL}}
	records, err := j.records()
	if err != nil {
		return e, err
	}
	if e.Records, err = s.placed(records); err != nil {
		return e, err
	}
	if j.Undoing {
		e.From, e.Module = j.After, e.Module.Inverse()
		if made != nil && made.ID == j.After {
			e.Undoes, e.Records = made.ID, nil
			for _, p := range made.Records {
				e.Records = append(e.Records, semanage.Placed{Difference: p.Inverse(), Index: p.Index})
			}
		} else {
			for i, p := range e.Records {
				e.Records[i].Difference = p.Inverse()
			}
		}
	}
	e.ID = e.From + e.transactions()
	if err := e.check(); err != nil {
		return e, fmt.Errorf("%s: %w: %w", s.files.root.Path(s.files.path(legacyJournal)), ErrDamaged, err)
	}
	return e, nil
}

// removeLegacy removes the files of older versions, whose contents the history now has.
func (s *Store) removeLegacy() error {
	if !s.legacy {
		return nil
	}
	s.legacy = false
	return errors.Join(s.files.remove(legacyUndo), s.files.remove(legacyJournal))
}
