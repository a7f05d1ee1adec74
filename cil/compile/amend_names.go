package compile

import (
	"fmt"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/policydb"
)

// find returns the value of a name among the items of a table.
func find[T any](kind, name string, items []T, item func(*T) (string, uint32)) (uint32, error) {
	for i := range items {
		if n, value := item(&items[i]); n == name && name != "" {
			return value, nil
		}
	}
	return 0, fmt.Errorf("no %s is called %s", kind, name)
}

func (a *amender) typeOf(n cil.Node) (uint32, error) {
	return find("type or attribute", n.Atom, a.p.Types.Items, func(t *policydb.Type) (string, uint32) {
		return t.Name, t.Value
	})
}

func (a *amender) roleOf(n cil.Node) (uint32, error) {
	return find("role", n.Atom, a.p.Roles.Items, func(r *policydb.Role) (string, uint32) { return r.Name, r.Value })
}

func (a *amender) userOf(n cil.Node) (uint32, error) {
	return find("user", n.Atom, a.p.Users.Items, func(u *policydb.User) (string, uint32) { return u.Name, u.Value })
}

func (a *amender) boolOf(n cil.Node) (uint32, error) {
	return find("boolean", n.Atom, a.p.Bools.Items, func(b *policydb.Bool) (string, uint32) { return b.Name, b.Value })
}

func (a *amender) sensOf(n cil.Node) (uint32, error) {
	return find("sensitivity", n.Atom, a.p.Sensitivities.Items, func(s *policydb.Sensitivity) (string, uint32) {
		return s.Name, s.Level.Sens
	})
}

func (a *amender) catOf(n cil.Node) (uint32, error) {
	return find("category", n.Atom, a.p.Categories.Items, func(c *policydb.Category) (string, uint32) {
		return c.Name, c.Value
	})
}
