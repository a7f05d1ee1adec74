package query

import (
	"slices"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// A permTest is a criterion for permissions, resolved for every class.
type permTest struct {
	all, equal bool
	byClass    []classPerms
	// Rules of extended permissions have no permissions. They count as having one, with
	// the name of the permission that they extend.
	ioctl, nlmsg bool
}

// classPerms is a criterion for permissions in one class.
type classPerms struct {
	want     policy.AccessVector // the criterion's permissions that the class has
	named    policy.AccessVector // all permissions with a name
	complete bool                // the class has all permissions of the criterion
}

func newPermTest(p *policy.Policy, m *SetMatch, classes ClassMatch) (*permTest, error) {
	if m.isZero() {
		return nil, nil
	}
	names := slices.Compact(slices.Sorted(slices.Values(m.Names)))
	t := &permTest{all: m.All, equal: m.Equal && !m.All, byClass: make([]classPerms, p.MaxClass()+1)}
	if m.Regexp != nil {
		t.all, t.equal = false, false
	}
	perms := make([]string, 0, 32)
	for id := range p.Classes() {
		c := &t.byClass[id]
		found := 0
		perms = p.AppendPerms(perms[:0], id)
		for bit, name := range perms {
			if name == "" {
				continue
			}
			c.named |= 1 << bit
			if m.Regexp != nil && m.Regexp.MatchString(name) {
				c.want |= 1 << bit
			}
			if m.Regexp == nil && slices.Contains(names, name) {
				c.want |= 1 << bit
				found++
			}
		}
		c.complete = found == len(names)
	}
	t.ioctl, t.nlmsg = xpermKindAccepted(m, names, "ioctl"), xpermKindAccepted(m, names, "nlmsg")
	if m.Regexp != nil {
		return t, nil
	}
	return t, checkPerms(p, m.Names, classes)
}

// xpermKindAccepted reports whether the criterion accepts a rule of extended permissions:
// as in sesearch, if the kind is among the names, whatever else is, except that with
// Equal it must be the only one.
func xpermKindAccepted(m *SetMatch, names []string, kind string) bool {
	if m.Regexp != nil {
		return m.Regexp.MatchString(kind)
	}
	return slices.Contains(names, kind) && !(m.Equal && len(names) > 1)
}

// checkPerms checks that each name is a permission of one of the classes.
func checkPerms(p *policy.Policy, names []string, classes ClassMatch) error {
	e := &UnknownError{Kind: NamePerm}
	if classes.Regexp == nil {
		e.Classes = classes.Names
	}
	for _, name := range names {
		known := false
		if len(e.Classes) > 0 {
			for _, class := range e.Classes {
				id, _ := p.Class(class)
				_, ok := p.Perm(id, name)
				known = known || ok
			}
		} else {
			for id := range p.Classes() {
				_, ok := p.Perm(id, name)
				known = known || ok
			}
		}
		if !known && !slices.Contains(e.Names, name) {
			e.Names = append(e.Names, name)
		}
	}
	if len(e.Names) > 0 {
		return e
	}
	return nil
}

// accepts decides about a rule with permissions.
func (t *permTest) accepts(class policy.ClassID, perms policy.AccessVector) bool {
	c := t.byClass[class]
	switch {
	case t.all:
		return c.complete && perms&c.want == c.want
	case t.equal:
		return c.complete && perms&c.named == c.want
	}
	return perms&c.want != 0
}

func (t *permTest) acceptsXPerms(kind policydb.XPermsKind) bool {
	if kind == policydb.XPermsNlmsg {
		return t.nlmsg
	}
	return t.ioctl
}
