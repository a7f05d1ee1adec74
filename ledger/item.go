package ledger

import (
	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A Kind is a kind of difference. Those of local records have the names of
// [semanage.Kind].
type Kind string

// The kinds besides those of local records, in the order of a Ledger.
const (
	// Module is a module of another priority than the distribution's, or one that is
	// disabled.
	Module Kind = "module"
	// Permissive is a domain that a module of an administrator makes permissive.
	Permissive Kind = "permissive"
	// DontAudit is on if the policy was built without dontaudit rules, Tunables if
	// tunables are kept as booleans.
	DontAudit Kind = "dontaudit"
	Tunables  Kind = "tunables"
	// Policy is a policy that is not the one that it should be: the store's kernel
	// policy, the installed one, or the one that the kernel runs. Its key is the code of
	// the finding.
	Policy Kind = "policy"
	// Running is a boolean whose value in the running kernel is not the stored one.
	Running Kind = "running"
	// Mode is a system that is permissive now and configured enforcing, or the reverse.
	Mode Kind = "mode"
)

// An Item is one difference.
type Item struct {
	Kind Kind
	// Key names what differs among those of its kind: "tcp/8081", "nginx", "400/web".
	Key string
	// Here is what the system has, Instead what it would have without: "" for nothing,
	// or where that is not known.
	Here, Instead string
	// Record is the local record, nil where it is none.
	Record semanage.Record
	// Module is the module; nil where it is none. Rules is how many allow statements its
	// CIL has, calls of macros not counted, -1 where it could not be read.
	Module *modstore.Module
	Rules  int
	// By is the change of the history that made it so, nil where that is not known.
	By *change.Entry
	// Effects say who may use which ports through it alone, all else being as it is.
	// Weighed says that they were computed, or kept in the history.
	Effects []impact.Effect
	Weighed bool
}

// A Ledger is what differs, in a fixed order: by kind, then as the store has it.
type Ledger struct {
	Store string
	// Commit is the number of the store's last transaction.
	Commit int
	Items  []Item
	// Gaps are things that could not be read, by kind: what differs there is not known.
	Gaps []Gap
}

// A Gap is a kind of difference that could not be looked for.
type Gap struct {
	Kind Kind
	Err  error
}

// Of returns the items of a kind.
func (l *Ledger) Of(kind Kind) []Item {
	var list []Item
	for i := range l.Items {
		if l.Items[i].Kind == kind {
			list = append(list, l.Items[i])
		}
	}
	return list
}

// Find returns the item of a kind and key, nil for none.
func (l *Ledger) Find(kind Kind, key string) *Item {
	for i := range l.Items {
		if l.Items[i].Kind == kind && l.Items[i].Key == key {
			return &l.Items[i]
		}
	}
	return nil
}
