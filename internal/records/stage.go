package records

import (
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// An Action is what a command does with a record.
type Action string

// The actions. ActSet makes it so, whichever of ActAdd and ActModify that takes.
const (
	ActAdd    Action = "add"
	ActModify Action = "modify"
	ActDelete Action = "delete"
	ActSet    Action = "set"
)

// Makes reports whether the action takes a record that is not there yet.
func (a Action) Makes() bool { return a == ActAdd || a == ActSet }

// Stage stages a record as the action says. Of one that is changed or deleted the context
// is what is said of it. If the policy lacks its type, the error is a *[NoTypeError].
func (a Action) Stage(tx *semanage.Tx, r semanage.Record) error {
	c := semanage.ContextOf(r)
	err := a.stage(tx, r, c)
	if !errors.Is(err, semanage.ErrType) || c.Type == "" || tx.Linked() == nil {
		return err
	}
	attribute := map[semanage.Kind]string{
		semanage.Ports: "port_type", semanage.Nodes: "node_type", semanage.Interfaces: "netif_type",
	}[r.Key().Kind()]
	return &NoTypeError{policy.Nearest(c.Type, Members(policy.New(tx.Linked()), attribute), 3), err}
}

// A NoTypeError says that the policy lacks the type of a record. It reads as Err does.
type NoTypeError struct {
	Near []string // types for such records with similar names, the most similar first
	Err  error
}

func (e *NoTypeError) Error() string { return e.Err.Error() }

func (e *NoTypeError) Unwrap() error { return e.Err }

func (a Action) stage(tx *semanage.Tx, r semanage.Record, c semanage.Context) error {
	said := semanage.Change{Type: c.Type, Range: c.Range}
	switch a {
	case ActModify:
		return tx.Modify(r.Key(), said)
	case ActDelete:
		return Remove(tx, r.Key(), said)
	case ActAdd:
		return Add(tx, r)
	}
	return Ensure(tx, r)
}

// A PortEdit is one action for some ports.
type PortEdit struct {
	Action      Action
	Type, Range string // "" for what is there, or of a deletion for any
	// Split cuts the ports out of the local records that overlap, before they are added or set.
	Split bool
	// Missing is called for each port to be deleted that has no local record.
	Missing func(key semanage.PortKey)
}

// A PortError says which of several ports an error is about. It reads as Err does.
type PortError struct {
	Key semanage.PortKey
	Err error
}

func (e *PortError) Error() string { return e.Err.Error() }

func (e *PortError) Unwrap() error { return e.Err }

// Stage stages the edit of some ports. A part of a record is not deleted, for its label
// would stay. The error is a *[PortError] where it is one port's, and a *[ConflictError]
// where records would overlap.
func (e *PortEdit) Stage(tx *semanage.Tx, keys []semanage.PortKey) error {
	if e.Action != ActDelete {
		if err := CheckTwice(tx); err != nil {
			return err
		}
	}
	for _, key := range keys {
		if err := e.stage(tx, key); err != nil {
			return &PortError{key, err}
		}
	}
	return CheckOverlaps(tx, keys)
}

func (e *PortEdit) stage(tx *semanage.Tx, key semanage.PortKey) error {
	if _, _, ok := tx.Lookup(key); !ok && e.Action == ActDelete {
		if len(Overlapping(tx, key)) > 0 {
			return &semanage.RecordError{Op: "delete", Key: key, Err: semanage.ErrNotDefined}
		}
		if e.Missing != nil {
			e.Missing(key)
		}
	}
	if e.Split && e.Action.Makes() {
		if err := Split(tx, key); err != nil {
			return err
		}
	}
	return e.Action.Stage(tx, semanage.Port{Protocol: key.Protocol, Low: key.Low, High: key.High,
		Context: semanage.Context{Type: e.Type, Range: e.Range}})
}

// Clash returns the error of ports that overlap without being the same: local records may not.
func (e *PortEdit) Clash(keys []semanage.PortKey) error {
	if e.Action == ActDelete || e.Split {
		return nil
	}
	for i, a := range keys {
		for _, b := range keys[:i] {
			if a != b && a.Protocol == b.Protocol && a.Range().Overlaps(b.Range()) {
				return fmt.Errorf("%s and %s overlap: local records may not", b, a)
			}
		}
	}
	return nil
}
