package policy

import (
	"iter"

	"github.com/senet-selinux/senet/policydb"
)

type class struct {
	item  *policydb.Class // nil where the value has no class
	perms []string        // by permission value - 1; "" where no permission has the value
}

func classTable(db *policydb.Policy) []class {
	classes := make([]class, db.Classes.NPrim+1)
	commons := make(map[string]*policydb.Common, len(db.Commons.Items))
	for i := range db.Commons.Items {
		commons[db.Commons.Items[i].Name] = &db.Commons.Items[i]
	}
	for i := range db.Classes.Items {
		c := &db.Classes.Items[i]
		if classes[c.Value].item != nil {
			continue
		}
		perms := make([]string, c.PermNPrim)
		if common := commons[c.Common]; common != nil {
			namePerms(perms, common.Perms)
		}
		namePerms(perms, c.Perms)
		classes[c.Value] = class{item: c, perms: perms}
	}
	return classes
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

// ClassInfo returns the class as the file has it, nil if the value has none.
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

// Perms returns the names of the permissions of a class, those of its common
// included, by bit of the access vector. A name is "" where no permission has
// the bit.
func (t *tables) Perms(id ClassID) []string {
	if uint(id) < uint(len(t.classes)) {
		return t.classes[id].perms
	}
	return nil
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
