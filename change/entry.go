package change

import (
	"time"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/semanage"
)

// A Status is the state of an [Entry].
type Status string

// The statuses.
const (
	// Begun: the change is being made, or its process died while making it.
	Begun Status = "begun"
	// Made: it was made, and is in effect unless UndoneBy is set.
	Made Status = "made"
	// Void: it was begun, failed, and was undone. The store's number increased, but its contents
	// are the same.
	Void Status = "void"
)

// An Entry is one change in the history of a store.
type Entry struct {
	// ID is the number of the store's transaction after the change, and identifies it. While the
	// change is Begun it is the future number.
	ID int
	// From is the number before it. If semodule(8) builds modules, a module and records are two
	// transactions.
	From   int
	Status Status
	Time   time.Time // in UTC; zero if it is not known
	About  About
	Module *Module
	// More are further modules of the same change, in the order in which it made them.
	More []*Module
	// Records are the local records before and after, with their places.
	Records []semanage.Placed
	// Undoes is the ID of the entry that this one undid, 0 for none.
	Undoes int
	// UndoneBy is the ID of the entry that undid this one, 0 for none.
	UndoneBy int
	// Adopted says that package semanage made the change for another program, or that the process
	// died before it wrote the entry.
	Adopted bool
}

// An About is the purpose of a change. The history keeps it, and nothing depends on it.
type About struct {
	// Title is the change in a few words: "own port type".
	Title string
	// Question is the operation that the change should allow: subject, action, target. nil if there
	// is none.
	Question []string
	// Command is the command that made it, word by word; nil if it is not known.
	Command []string
	// Effects are the effects at the time of the change, if they cannot be computed from the store
	// again, since it has a module.
	Effects []impact.Effect
}

// Stands reports whether the change was made and not undone.
func (e *Entry) Stands() bool { return e.Status == Made && e.UndoneBy == 0 }

// Modules lists all modules of the entry, in the order in which they were changed.
func (e *Entry) Modules() []*Module {
	if e.Module == nil {
		return nil
	}
	return append([]*Module{e.Module}, e.More...)
}

// setModules makes a list the entry's modules.
func (e *Entry) setModules(list []*Module) {
	e.Module, e.More = nil, nil
	if len(list) > 0 {
		e.Module, e.More = list[0], list[1:]
	}
}

// inverseModules returns the changes of modules back, the last one first.
func inverseModules(list []*Module) []*Module {
	out := make([]*Module, len(list))
	for i, m := range list {
		out[len(list)-1-i] = m.Inverse()
	}
	return out
}

// Content returns the change that the entry made, or was to make.
func (e *Entry) Content() Change {
	c := Change{Module: e.Module}
	for _, p := range e.Records {
		c.Records = append(c.Records, p.Difference)
	}
	return c
}

// Inverse returns the change that undoes the entry.
func (e *Entry) Inverse() Change {
	c := Change{Module: e.Module.Inverse()}
	// Added records are removed first, so that the ports of a restored range are free.
	for _, p := range e.Records {
		c.Records = append(c.Records, p.Difference.Inverse())
	}
	return c
}

// transactions returns how many transactions of the store the change takes.
func (e *Entry) transactions() int {
	n := 0
	if e.Module != nil {
		n++
	}
	if len(e.Records) > 0 {
		n++
	}
	return n
}
