package semanagecli

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/homes"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/semanage"
)

// login carries out the subcommand.
func (r *run) login(a *arguments) error {
	name, user, rng := a.text("login"), a.text("seuser"), a.text("range")
	switch a.action() {
	case "list":
		return r.listLogins(a)
	case "extract":
		return r.extract(semanage.Logins)
	case "add":
		return r.change(func() error { return r.addLogin(name, user, rng) })
	case "modify":
		return r.change(func() error { return r.modifyLogin(name, user, rng) })
	case "delete":
		return r.change(func() error { return r.deleteLogin(name) })
	}
	return r.change(func() error {
		for _, record := range r.tx.Records(semanage.Logins) {
			if err := r.deleteLogin(record.Key().String()); err != nil {
				return err
			}
		}
		return nil
	})
}

// seUser returns an SELinux user of the policy before the transaction.
func (r *run) seUser(name string) (semanage.User, error) {
	for _, u := range semanage.PolicyRecords(r.before(), semanage.Users) {
		if u := u.(semanage.User); u.Name == name {
			return u, nil
		}
	}
	return semanage.User{}, valueError("SELinux user " + name + " is not defined")
}

func (r *run) addLogin(name, user, rng string) error {
	u, err := r.seUser(user)
	if err != nil {
		return err
	}
	if rng == "" {
		rng = u.Range
	}
	key := semanage.LoginKey(name)
	if defined, _ := r.tx.Defined(key); defined {
		return valueError("Login mapping for " + name + " is already defined")
	}
	root := r.store.Root()
	if group, ok := strings.CutPrefix(name, "%"); ok {
		if !homes.HasGroup(root, group) {
			return valueError("Linux Group " + group + " does not exist")
		}
	} else if !homes.HasUser(root, name) {
		return valueError("Linux User " + name + " does not exist")
	}
	return r.setLogin("add", semanage.Login{Name: name, User: user, Range: rng})
}

func (r *run) modifyLogin(name, user, rng string) error {
	if user == "" && rng == "" {
		return valueError("Requires seuser or serange")
	}
	if user != "" {
		if _, err := r.seUser(user); err != nil {
			return err
		}
	}
	key := semanage.LoginKey(name)
	if defined, _ := r.tx.Defined(key); !defined {
		return valueError("Login mapping for " + name + " is not defined")
	}
	// Within an import, semanage starts from the record as it was before the import.
	l := r.tx.Before(key).(semanage.Login)
	if user != "" {
		l.User = user
	}
	if rng != "" && r.mls() {
		l.Range = rng
	}
	return r.setLogin("modify", l)
}

func (r *run) setLogin(op string, l semanage.Login) error {
	old, _, _ := r.tx.Lookup(l.Key())
	if err := r.tx.Set(l); err != nil {
		return r.failed(op, target{key: l.Key(), name: "login mapping for " + l.Name}, err)
	}
	r.auditLogin(l.Name, old, l)
	return nil
}

func (r *run) deleteLogin(name string) error {
	key := semanage.LoginKey(name)
	switch defined, local := r.tx.Defined(key); {
	case !defined:
		return valueError("Login mapping for " + name + " is not defined")
	case !local:
		return valueError("Login mapping for " + name + " is defined in policy, cannot be deleted")
	}
	old, _, _ := r.tx.Lookup(key)
	if err := r.tx.Delete(key); err != nil {
		return r.failed("delete", target{key: key, name: "login mapping for " + name}, err)
	}
	r.auditLogin(name, old, nil)
	return nil
}

func (r *run) listLogins(a *arguments) error {
	records, err := r.records(semanage.Logins, a.given("locallist"))
	if err != nil {
		return err
	}
	logins := make(map[string]semanage.Login, len(records))
	for _, record := range records {
		l := record.(semanage.Login)
		logins[l.Name] = l
	}
	dir, services := r.serviceLogins()
	if len(logins)+len(services) == 0 {
		return nil
	}
	mls, err := r.storeMLS()
	if err != nil {
		return err
	}
	heading := !a.given("noheading")
	if !mls {
		if heading {
			fmt.Fprintf(&r.out, "\n%-25s %-25s\n\n", "Login Name", "SELinux User")
		}
		for _, name := range slices.Sorted(maps.Keys(logins)) {
			fmt.Fprintf(&r.out, "%-25s %-25s\n", name, logins[name].User)
		}
		return nil
	}
	if heading {
		fmt.Fprintf(&r.out, "\n%-20s %-20s %-20s %s\n\n", "Login Name", "SELinux User", "MLS/MCS Range", "Service")
	}
	for _, name := range slices.Sorted(maps.Keys(logins)) {
		rng := logins[name].Range
		if rng == "" {
			rng = "None" // as Python prints it
		}
		fmt.Fprintf(&r.out, "%-20s %-20s %-20s %s\n", name, logins[name].User, rng, "*")
	}
	if len(services) > 0 {
		fmt.Fprintf(&r.out, "\nLocal customization in %s\n", dir)
	}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		f := services[name]
		fmt.Fprintf(&r.out, "%-20s %-20s %-20s %s\n", name, f[1], f[2], f[0])
	}
	return nil
}

// serviceLogins reads the logins of single services: files of /etc/selinux/TYPE/logins with lines
// SERVICE:USER:RANGE.
func (r *run) serviceLogins() (dir string, logins map[string][]string) {
	root := r.store.Root()
	dir = path.Join("/etc/selinux", r.store.Name(), "logins")
	names, _ := root.ReadDir(dir, 0)
	logins = map[string][]string{}
	for _, name := range names {
		text, err := root.ReadFile(path.Join(dir, name), sysroot.MaxConfig)
		if err != nil {
			continue
		}
		// A range with categories has another colon. semanage cuts off what follows it.
		if f := strings.Split(strings.TrimRight(string(text), " \t\r\n"), ":"); len(f) > 2 {
			logins[name] = f
		}
	}
	return dir, logins
}
