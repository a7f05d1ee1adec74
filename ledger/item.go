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

// The kinds of items that are not local records, in the order of a Ledger.
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
	// Policy is an unexpected policy: the store's kernel policy, the installed one, or the one that
	// the kernel runs. Its key is the code of the finding.
	Policy Kind = "policy"
	// Running is a boolean whose value in the running kernel is not the stored one.
	Running Kind = "running"
	// Mode is a system that is permissive now but configured enforcing, or the reverse.
	Mode Kind = "mode"
)

// An Item is one difference.
type Item struct {
	Kind Kind
	// Key identifies the item among those of its kind: "tcp/8081", "nginx", "400/web".
	Key string
	// Here is the value on the system, Instead the value without the difference: "" for nothing, or
	// if it is not known.
	Here, Instead string
	// Record is the local record, nil for other items.
	Record semanage.Record
	// Module is the module; nil for other items. Rules is the number of allow statements in its
	// CIL, without those of macros, -1 if it could not be read.
	Module *modstore.Module
	Rules  int
	// By is the change in the history that made the difference, nil if it is not known.
	By *change.Entry
	// Effects say who may use which ports through this item alone. Weighed says that they were
	// computed, or read from the history.
	Effects []impact.Effect
	Weighed bool
}

// A Ledger is the list of differences, in a fixed order: by kind, then as in the store.
type Ledger struct {
	Store string
	// Commit is the number of the store's last transaction.
	Commit int
	Items  []Item
	// Gaps are the kinds that could not be read, so that their differences are not known.
	Gaps []Gap
}

// A Gap is a kind of difference that could not be read.
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
