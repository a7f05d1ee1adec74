package semanagecli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// user carries out the subcommand.
func (r *run) user(a *arguments) error {
	roles, err := r.givenRoles(a)
	if err != nil {
		return err
	}
	u := semanage.User{
		Name: a.text("selinux_name"), Roles: strings.Join(roles, " "), Level: "s0", Range: a.text("range"),
		Prefix: "user",
	}
	if a.given("level") {
		u.Level = a.text("level")
	}
	if a.given("prefix") {
		u.Prefix = a.text("prefix")
	}
	switch a.action() {
	case "list":
		return r.listUsers(a)
	case "extract":
		return r.extract(semanage.Users)
	case "add":
		return r.change(func() error {
			if defined, _ := r.tx.Defined(u.Key()); defined {
				return valueError("SELinux user " + u.Name + " is already defined")
			}
			return r.setUser("add", u)
		})
	case "modify":
		return r.change(func() error { return r.modifyUser(u, roles) })
	case "delete":
		return r.change(func() error { return r.deleteUser(u.Name) })
	}
	return r.change(func() error {
		for _, record := range r.tx.Records(semanage.Users) {
			if err := r.deleteUser(record.Key().String()); err != nil {
				return err
			}
		}
		return nil
	})
}

// givenRoles returns the given roles, each of which must be in the policy.
func (r *run) givenRoles(a *arguments) ([]string, error) {
	var roles []string
	for _, text := range a.all("roles") {
		roles = append(roles, strings.Fields(text)...)
	}
	if len(roles) == 0 {
		return nil, nil
	}
	db, err := r.store.KernelPolicy()
	if errors.Is(err, fs.ErrNotExist) {
		return roles, nil // the policy is built first
	}
	if err != nil {
		return nil, err
	}
	var known []string
	for i := range db.Roles.Items {
		if name := db.Roles.Items[i].Name; name != "object_r" {
			known = append(known, name)
		}
	}
	for _, role := range roles {
		if !slices.Contains(known, role) {
			return nil, valueError(role + " must be an SELinux role:\nValid roles: " + strings.Join(known, ", "))
		}
	}
	return roles, nil
}

func (r *run) modifyUser(u semanage.User, roles []string) error {
	if defined, _ := r.tx.Defined(u.Key()); !defined {
		return valueError("SELinux user " + u.Name + " is not defined")
	}
	now := r.tx.Before(u.Key()).(semanage.User)
	if u.Range != "" && r.mls() {
		now.Range = u.Range
	}
	if u.Level != "" && r.mls() {
		now.Level = u.Level
	}
	if u.Prefix != "" {
		now.Prefix = u.Prefix
	}
	if len(roles) > 0 {
		now.Roles = strings.Join(editRoles(strings.Fields(now.Roles), roles), " ")
	}
	return r.setUser("modify", now)
}

// editRoles removes the roles that are not wanted and adds the missing roles at the end. As in semanage, the last
// role takes the place of a removed one.
func editRoles(have, want []string) []string {
	before := slices.Clone(have)
	for _, role := range before {
		if i := slices.Index(have, role); !slices.Contains(want, role) && i >= 0 {
			have[i] = have[len(have)-1]
			have = have[:len(have)-1]
		}
	}
	for _, role := range want {
		if !slices.Contains(before, role) && !slices.Contains(have, role) {
			have = append(have, role)
		}
	}
	return have
}

func (r *run) setUser(op string, u semanage.User) error {
	old := r.tx.Before(u.Key())
	if err := r.tx.Set(u); err != nil {
		return r.failed(op, target{key: u.Key(), name: "SELinux user " + u.Name}, err)
	}
	r.auditUser(op, u, old)
	return nil
}

func (r *run) deleteUser(name string) error {
	key := semanage.UserKey(name)
	switch defined, local := r.tx.Defined(key); {
	case !defined:
		return valueError("SELinux user " + name + " is not defined")
	case !local:
		return valueError("SELinux user " + name + " is defined in policy, cannot be deleted")
	}
	for _, record := range r.tx.Records(semanage.Logins) {
		if l := record.(semanage.Login); l.User == name {
			return valueError("Could not delete SELinux user " + name + ": the login mapping for " + l.Name +
				" needs it")
		}
	}
	old := r.tx.Before(key)
	if err := r.tx.Delete(key); err != nil {
		return r.failed("delete", target{key: key, name: "SELinux user " + name}, err)
	}
	r.auditUser("delete", semanage.User{Name: name}, old)
	return nil
}

func (r *run) listUsers(a *arguments) error {
	records, err := r.records(semanage.Users, a.given("locallist"))
	if err != nil || len(records) == 0 {
		return err
	}
	users := make(map[string]semanage.User, len(records))
	for _, record := range records {
		u := record.(semanage.User)
		users[u.Name] = u
	}
	mls, err := r.storeMLS()
	if err != nil {
		return err
	}
	heading := !a.given("noheading")
	if !mls {
		if heading {
			fmt.Fprintf(&r.out, "%-15s %s\n\n", "SELinux User", "SELinux Roles")
		}
		for _, name := range slices.Sorted(maps.Keys(users)) {
			fmt.Fprintf(&r.out, "%-15s %s\n", name, users[name].Roles)
		}
		return nil
	}
	if heading {
		fmt.Fprintf(&r.out, "\n%-15s %-10s %-10s %-30s\n", "", "Labeling", "MLS/", "MLS/")
		fmt.Fprintf(&r.out, "%-15s %-10s %-10s %-30s %s\n\n", "SELinux User", "Prefix", "MCS Level", "MCS Range",
			"SELinux Roles")
	}
	for _, name := range slices.Sorted(maps.Keys(users)) {
		u := users[name]
		fmt.Fprintf(&r.out, "%-15s %-10s %-10s %-30s %s\n", name, u.Prefix, u.Level, u.Range, u.Roles)
	}
	return nil
}
