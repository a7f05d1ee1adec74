package records

import (
	"errors"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// Add stages a record, as semanage's add does: the error is an *ExistsError if its key has another
// context. It changes nothing if the record already has that value.
func Add(tx *semanage.Tx, r semanage.Record) error { return put(tx, r, true) }

// Ensure stages a record whether or not its key has one. It keeps the range of an existing record
// if r has none. It changes nothing if the record already has that value.
func Ensure(tx *semanage.Tx, r semanage.Record) error { return put(tx, r, false) }

func put(tx *semanage.Tx, r semanage.Record, add bool) error {
	key := r.Key()
	had, local, existed := tx.Lookup(key)
	if p, ok := r.(semanage.Port); ok && !(existed && local) {
		if add && p.Context.Range == "" && tx.Linked() != nil && tx.Linked().MLS() {
			p.Context.Range = "s0"
		}
		if tx.Covers(p) {
			return nil // a local range includes the port, with that label
		}
	}
	var err error
	if existed && !add {
		c := semanage.ContextOf(r)
		err = tx.Modify(key, semanage.Change{Type: c.Type, Range: c.Range})
	} else {
		err = tx.Set(r)
	}
	if err != nil {
		return err
	}
	got, _, _ := tx.Lookup(key)
	switch {
	case !existed || got == had && local:
		return nil
	case got == had: // the policy itself has this value
		return tx.Delete(key)
	case add:
		return &ExistsError{Had: had, Wanted: got, Local: local}
	}
	return nil
}

// An ExistsError says that a key to add has another context. It wraps [semanage.ErrExists].
type ExistsError struct {
	// Had is the existing record, of the store if Local, else of the policy.
	Had, Wanted semanage.Record
	Local       bool
}

func (e *ExistsError) Error() string {
	who := "by the policy"
	if e.Local {
		who = "by a local record"
	}
	return fmt.Sprintf("add %s %s: %s: it is %s, %s", e.Had.Kind(), e.Had.Key(), semanage.ErrExists, Value(e.Had), who)
}

func (e *ExistsError) Unwrap() error { return semanage.ErrExists }

// Remove stages the deletion of a record. Its type and range must be those of is, "" for any; the
// error is an *OtherError if they differ. It does nothing if there is no record. If a file edited
// by hand has several with one key, it deletes all.
func Remove(tx *semanage.Tx, key semanage.Key, is semanage.Change) error {
	for {
		if r, local, ok := tx.Lookup(key); ok && local {
			c := semanage.ContextOf(r)
			if is.Type != "" && c.Type != is.Type || is.Range != "" && c.Range != is.Range {
				return &OtherError{Record: r, Is: is}
			}
		}
		if err := tx.Delete(key); err != nil && !errors.Is(err, semanage.ErrNotDefined) {
			return err
		}
		if _, local, _ := tx.Lookup(key); !local {
			return nil
		}
	}
}

// An OtherError says that a record to be deleted has another value than the command named.
type OtherError struct {
	Record semanage.Record
	Is     semanage.Change // the value that the command named
}

func (e *OtherError) Error() string {
	return fmt.Sprintf("delete %s %s: it is %s, not %s", e.Record.Kind(), e.Record.Key(), Value(e.Record),
		strings.Trim(e.Is.Type+":"+e.Is.Range, ":"))
}

// Value returns the value that a record gives its key: the type, with the range if it is not s0; on
// or off for a boolean; the SELinux user of a login, the roles of a user, the path whose labels an
// equivalence uses.
func Value(r semanage.Record) string {
	ranged := func(text, levels string) string {
		if levels == "" || levels == "s0" {
			return text
		}
		return text + " " + levels
	}
	switch r := r.(type) {
	case semanage.Boolean:
		if r.On {
			return "on"
		}
		return "off"
	case semanage.Login:
		return ranged(r.User, r.Range)
	case semanage.User:
		return ranged(r.Roles, r.Range)
	case semanage.Equivalence:
		return "like " + r.Like
	case semanage.FileContext:
		if r.Context == (semanage.Context{}) {
			return "<<none>>"
		}
	}
	return Label(semanage.ContextOf(r))
}

// Label returns the type of a context, with the range if it is not s0.
func Label(c semanage.Context) string {
	if c.Range == "" || c.Range == "s0" {
		return c.Type
	}
	return c.Type + ":" + c.Range
}
