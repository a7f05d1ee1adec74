package policy

import (
	"iter"

	"github.com/senet-selinux/senet/policydb"
)

// Role returns the role of that name.
func (t *tables) Role(name string) (RoleID, bool) {
	for i := range t.db.Roles.Items {
		if t.db.Roles.Items[i].Name == name {
			return RoleID(t.db.Roles.Items[i].Value), true
		}
	}
	return 0, false
}

// Roles yields the roles by ascending value.
func (t *tables) Roles() iter.Seq[RoleID] { return allIDs[RoleID](t.roles) }

// RoleInfo returns the role as in the file, nil if no role has the value.
func (t *tables) RoleInfo(id RoleID) *policydb.Role { return item(t.db.Roles.Items, t.roles, id) }

// RoleName returns the name of a role.
func (t *tables) RoleName(id RoleID) string {
	if r := t.RoleInfo(id); r != nil {
		return r.Name
	}
	return ""
}

// RoleTypes returns the types that may be combined with a role. For object_r the set is
// empty, whatever the file has: kernel and libsepol ignore its types there and allow it
// with every type.
func (t *tables) RoleTypes(id RoleID) Set[TypeID] {
	if r := t.RoleInfo(id); r != nil && id != objectRole {
		return setOf(r.Types, t.MaxType())
	}
	return Set[TypeID]{}
}

// User returns the user of that name.
func (t *tables) User(name string) (UserID, bool) {
	for i := range t.db.Users.Items {
		if t.db.Users.Items[i].Name == name {
			return UserID(t.db.Users.Items[i].Value), true
		}
	}
	return 0, false
}

// Users yields the users by ascending value.
func (t *tables) Users() iter.Seq[UserID] { return allIDs[UserID](t.users) }

// UserInfo returns the user as in the file, nil if no user has the value.
func (t *tables) UserInfo(id UserID) *policydb.User { return item(t.db.Users.Items, t.users, id) }

// UserName returns the name of a user.
func (t *tables) UserName(id UserID) string {
	if u := t.UserInfo(id); u != nil {
		return u.Name
	}
	return ""
}

// UserRoles returns the roles of a user.
func (t *tables) UserRoles(id UserID) Set[RoleID] {
	if u := t.UserInfo(id); u != nil {
		return setOf(u.Roles, RoleID(t.db.Roles.NPrim))
	}
	return Set[RoleID]{}
}

// Sensitivity returns the sensitivity or alias of that name.
func (t *tables) Sensitivity(name string) (SensID, bool) {
	for i := range t.db.Sensitivities.Items {
		if s := &t.db.Sensitivities.Items[i]; s.Name == name {
			return SensID(s.Level.Sens), true
		}
	}
	return 0, false
}

// Sensitivities yields the sensitivities, without aliases, by ascending value,
// which is their order of dominance.
func (t *tables) Sensitivities() iter.Seq[SensID] { return allIDs[SensID](t.sens) }

// SensitivityInfo returns the sensitivity as in the file, nil if none has the value.
func (t *tables) SensitivityInfo(id SensID) *policydb.Sensitivity {
	return item(t.db.Sensitivities.Items, t.sens, id)
}

// SensitivityName returns the name of a sensitivity.
func (t *tables) SensitivityName(id SensID) string {
	if s := t.SensitivityInfo(id); s != nil {
		return s.Name
	}
	return ""
}

// SensitivityAliases yields the aliases of a sensitivity, in the file's order.
func (t *tables) SensitivityAliases(id SensID) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range t.db.Sensitivities.Items {
			s := &t.db.Sensitivities.Items[i]
			if SensID(s.Level.Sens) == id && s.IsAlias != 0 && !yield(s.Name) {
				return
			}
		}
	}
}

// Category returns the category or alias of that name.
func (t *tables) Category(name string) (CatID, bool) {
	for i := range t.db.Categories.Items {
		if c := &t.db.Categories.Items[i]; c.Name == name {
			return CatID(c.Value), true
		}
	}
	return 0, false
}

// Categories yields the categories, without aliases, by ascending value.
func (t *tables) Categories() iter.Seq[CatID] { return allIDs[CatID](t.cats) }

// MaxCategory returns the largest value of a category.
func (t *tables) MaxCategory() CatID { return CatID(t.db.Categories.NPrim) }

// CategoryName returns the name of a category.
func (t *tables) CategoryName(id CatID) string {
	if c := item(t.db.Categories.Items, t.cats, id); c != nil {
		return c.Name
	}
	return ""
}

// CategoryAliases yields the aliases of a category, in the file's order.
func (t *tables) CategoryAliases(id CatID) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range t.db.Categories.Items {
			c := &t.db.Categories.Items[i]
			if CatID(c.Value) == id && c.IsAlias != 0 && !yield(c.Name) {
				return
			}
		}
	}
}
