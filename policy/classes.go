package policy

import (
	"iter"
	"sync/atomic"

	"github.com/senet-selinux/senet/policydb"
)

type class struct {
	item *policydb.Class // nil if no class has the value
	// perms are the names by permission value - 1; "" if no permission has the value. They are
	// collected at the first use: a question needs a few classes of more than a hundred.
	perms atomic.Pointer[[]string]
}

func classTable(db *policydb.Policy) []class {
	classes := make([]class, db.Classes.NPrim+1)
	for i := range db.Classes.Items {
		c := &db.Classes.Items[i]
		if classes[c.Value].item == nil {
			classes[c.Value].item = c
		}
	}
	return classes
}

// permNames appends the names of a class's permissions, those of its common first.
func permNames(dst []string, db *policydb.Policy, c *policydb.Class) []string {
	from := len(dst)
	for range c.PermNPrim {
		dst = append(dst, "")
	}
	perms := dst[from:]
	for i := len(db.Commons.Items) - 1; i >= 0; i-- { // of two with one name the last one counts
		if common := &db.Commons.Items[i]; common.Name == c.Common {
			namePerms(perms, common.Perms)
			break
		}
	}
	namePerms(perms, c.Perms)
	return dst
}

func namePerms(names []string, perms []policydb.Perm) {
	for _, p := range perms {
		if int(p.Value) <= len(names) {
			names[p.Value-1] = p.Name
		}
	}
}

// MaxClass returns the largest value of a class.
func (t *tables) MaxClass() ClassID { return ClassID(t.db.Classes.NPrim) }

// Class returns the class of that name.
func (t *tables) Class(name string) (ClassID, bool) {
	for id := range t.classes {
		if c := t.classes[id].item; c != nil && c.Name == name {
			return ClassID(id), true
		}
	}
	return 0, false
}

// Classes yields the classes by ascending value.
func (t *tables) Classes() iter.Seq[ClassID] {
	return func(yield func(ClassID) bool) {
		for id := range t.classes {
			if t.classes[id].item != nil && !yield(ClassID(id)) {
				return
			}
		}
	}
}

// ClassInfo returns the class as in the file, nil if no class has the value.
func (t *tables) ClassInfo(id ClassID) *policydb.Class {
	if uint(id) < uint(len(t.classes)) {
		return t.classes[id].item
	}
	return nil
}

// ClassName returns the name of a class.
func (t *tables) ClassName(id ClassID) string {
	if c := t.ClassInfo(id); c != nil {
		return c.Name
	}
	return ""
}

// Perms returns the names of the permissions of a class, including those of its common, by bit of
// the access vector. A name is "" if no permission has the bit.
func (t *tables) Perms(id ClassID) []string {
	if uint(id) >= uint(len(t.classes)) || t.classes[id].item == nil {
		return nil
	}
	c := &t.classes[id]
	if names := c.perms.Load(); names != nil {
		return *names
	}
	names := permNames(make([]string, 0, c.item.PermNPrim), t.db, c.item)
	c.perms.Store(&names) // another goroutine may store the same names at the same time
	return names
}

// AppendPerms appends the result of [Policy.Perms] to dst, without caching it: for a loop over all
// classes.
func (t *tables) AppendPerms(dst []string, id ClassID) []string {
	if c := t.ClassInfo(id); c != nil {
		return permNames(dst, t.db, c)
	}
	return dst
}

// Perm returns the access vector of one permission of a class.
func (t *tables) Perm(id ClassID, name string) (AccessVector, bool) {
	for i, perm := range t.Perms(id) {
		if perm == name && name != "" {
			return 1 << i, true
		}
	}
	return 0, false
}

// AllPerms returns the access vector of all permissions of a class.
func (t *tables) AllPerms(id ClassID) AccessVector {
	return AccessVector(uint64(1)<<len(t.Perms(id)) - 1)
}

// ProcessClass returns the class of processes: "process", under Xen "domain".
// 0 if the policy has none.
func (t *tables) ProcessClass() ClassID { return t.process }

func (t *tables) processClass() ClassID {
	name := "process"
	if t.db.Target == policydb.TargetXen {
		name = "domain"
	}
	id, _ := t.Class(name)
	return id
}
