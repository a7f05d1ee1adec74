package query

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A ClassQuery selects object classes; the zero ClassQuery selects all.
type ClassQuery struct {
	Name     Match
	Common   Match // the inherited common; a class without one is not accepted
	Perms    SetMatch
	OwnPerms bool // Perms matches only the class's own permissions, not those of its common
}

// Classes yields the object classes by ascending value.
func Classes(p *policy.Policy, q ClassQuery) iter.Seq[policy.ClassID] {
	return func(yield func(policy.ClassID) bool) {
		for id := range p.Classes() {
			c := p.ClassInfo(id)
			perms := permNames(c.Perms)
			if !q.OwnPerms {
				perms = someNames(p.Perms(id))
			}
			if !q.Name.accepts(c.Name) || !q.Common.isZero() && (c.Common == "" || !q.Common.accepts(c.Common)) ||
				!q.Perms.accepts(perms) {
				continue
			}
			if !yield(id) {
				return
			}
		}
	}
}

func permNames(perms []policydb.Perm) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range perms {
			if !yield(perms[i].Name) {
				return
			}
		}
	}
}

// someNames yields the names that are not empty.
func someNames(names []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range names {
			if name != "" && !yield(name) {
				return
			}
		}
	}
}

// A CommonQuery selects commons; the zero CommonQuery selects all.
type CommonQuery struct {
	Name  Match
	Perms SetMatch
}

// Commons yields the commons in the file's order. The caller must not change them.
func Commons(p *policy.Policy, q CommonQuery) iter.Seq[*policydb.Common] {
	return func(yield func(*policydb.Common) bool) {
		items := p.DB().Commons.Items
		for i := range items {
			c := &items[i]
			if q.Name.accepts(c.Name) && q.Perms.accepts(permNames(c.Perms)) && !yield(c) {
				return
			}
		}
	}
}
