package change

import (
	"errors"
	"fmt"
	"strings"
)

// The errors that a caller may want to handle. Errors of this package wrap these, or those of
// package semanage.
var (
	// ErrBusy: another process of senet is changing the store.
	ErrBusy = errors.New("another senet is changing this store")
	// ErrNothing: the history has no change to undo.
	ErrNothing = errors.New("nothing to undo")
	// ErrUnknown: the history has no change of that number.
	ErrUnknown = errors.New("no such change in the history")
	// ErrUndone: the change was already undone.
	ErrUndone = errors.New("it was already undone")
	// ErrStale: the store's records or modules no longer have the values that the change gave them.
	ErrStale = errors.New("the store has changed since")
	// ErrMoved: the store's last transaction is not the one that the change was made for.
	ErrMoved = errors.New("the store has changed meanwhile")
	// ErrNewer: a newer senet wrote the history.
	ErrNewer = errors.New("written by a newer senet")
	// ErrDamaged: the history file is damaged.
	ErrDamaged = errors.New("not a history file of senet")
	// ErrNoSemodule: modules are built by the host's own semodule, and there is none.
	ErrNoSemodule = errors.New("semodule is not installed")
)

// A State is the state of a store after an error.
type State int

// The states.
const (
	// Unknown: it could not be determined.
	Unknown State = iota
	// Unchanged: the store has the records and modules that it had before.
	Unchanged
	// Changed: the change was made, at least in part.
	Changed
)

// A stateError is an error with the state of the store.
type stateError struct {
	state State
	err   error
}

func (e *stateError) Error() string { return e.err.Error() }

func (e *stateError) Unwrap() error { return e.err }

func withState(err error, state State) error {
	if err == nil {
		return nil
	}
	return &stateError{state, err}
}

// StateOf returns the state of the store after an error of this package: it says Unchanged only
// if that is certain.
func StateOf(err error) State {
	var e *stateError
	if errors.As(err, &e) {
		return e.state
	}
	return Unknown
}

// A MovedError says that another program changed the store. It wraps [ErrMoved].
type MovedError struct {
	Want, Now int // numbers of transactions
}

func (e *MovedError) Error() string {
	return fmt.Sprintf("%v: transaction %d, not %d", ErrMoved, e.Now, e.Want)
}

func (e *MovedError) Unwrap() error { return ErrMoved }

// An UnfinishedError says that a change was killed before it was complete: no other change can be
// made. [Store.Resume] completes it, and [Store.Undo] undoes it.
type UnfinishedError struct {
	Entry Entry
}

func (e *UnfinishedError) Error() string {
	name := e.Entry.About.Title
	if len(e.Entry.About.Question) > 0 {
		name = strings.Join(e.Entry.About.Question, " ") + ": " + name
	}
	if m := e.Entry.Module; m != nil && m.After == "" {
		return fmt.Sprintf(
			"the undo of a change (%s) was killed: module %s is still installed, its records are deleted", name,
			m.Name)
	}
	return fmt.Sprintf("a change (%s) was killed: module %s is installed, its records are missing", name,
		e.Entry.moduleName())
}

func (e *Entry) moduleName() string {
	if e.Module == nil {
		return ""
	}
	return e.Module.Name
}

// A ForeignError says that another program has changed the store since, so that a change is not the
// last one. It wraps [ErrStale].
type ForeignError struct {
	Entry Entry
	Now   int // the store's number
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("%v: transaction %d, not %d", ErrStale, e.Now, e.Entry.ID)
}

func (e *ForeignError) Unwrap() error { return ErrStale }

// A ModuleError is a failed build of the modules.
type ModuleError struct {
	Op, Name string // install or remove, the module
	// Output is the end of the output of the program that builds modules; "" if senet builds them
	// itself.
	Output string
	Err    error
}

func (e *ModuleError) Error() string {
	text := fmt.Sprintf("%s module %s: %v", e.Op, e.Name, e.Err)
	if e.Output != "" {
		text += "\n" + e.Output
	}
	return text
}

func (e *ModuleError) Unwrap() error { return e.Err }

// A VerifyError says that the new policy does not have the contents of the change.
type VerifyError struct {
	Where string // "the store's policy", "the running kernel's policy"
	What  string // the record
}

func (e *VerifyError) Error() string {
	return fmt.Sprintf("the change is made, but %s does not have %s", e.Where, e.What)
}
