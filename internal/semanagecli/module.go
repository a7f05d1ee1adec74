package semanagecli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/modstore"
)

// module carries out the subcommand. It performs all actions that are given, not only one.
func (r *run) module(a *arguments) error {
	switch a.action() {
	case "list":
		return r.listModules(a)
	case "extract":
		return r.extractModules()
	case "deleteall":
		return r.change(func() error {
			return r.eachDisabled(func(m modstore.Module) error { return r.moduleTx.SetEnabled(m.Name, true) })
		})
	}
	priority := modstore.DefaultPriority
	if a.given("priority") {
		n, err := pythonInt(a.text("priority"), 10)
		if err != nil {
			return err
		}
		priority = int(min(max(n, -1), 1000)) // beyond these all are refused
	}
	names := func(dest string) []string { return strings.Fields(strings.Join(a.all(dest), " ")) }
	return r.change(func() error {
		if file := a.text("action_add"); a.given("action_add") {
			return r.addModule(file, priority)
		}
		for _, name := range names("action_enable") {
			if err := r.moduleTx.SetEnabled(name, true); err != nil {
				return valueError("Could not enable module " + name + ": " + moduleReason(err))
			}
		}
		for _, name := range names("action_disable") {
			if err := r.moduleTx.SetEnabled(name, false); err != nil {
				return valueError("Could not disable module " + name + ": " + moduleReason(err))
			}
		}
		for _, name := range names("action_remove") {
			k := modstore.Key{Priority: priority, Name: name}
			err := modstore.CheckKey(k)
			if err == nil {
				err = r.moduleTx.Remove(k)
			}
			if err != nil {
				return valueError("Could not remove module " + name + " (remove failed): " + moduleReason(err))
			}
			r.out.WriteString(modfile.RemoveNote(r.moduleTx, k))
		}
		return nil
	})
}

// moduleReason is an error without the name of the module.
func moduleReason(err error) string {
	var e *modstore.ModuleError
	if errors.As(err, &e) {
		err = e.Err
	}
	return err.Error()
}

func (r *run) addModule(file string, priority int) error {
	if _, err := os.Stat(file); err != nil {
		return valueError("Module does not exist: " + file + " ")
	}
	m, err := modfile.Read(file)
	if err != nil {
		return compileFailure("Could not add module "+file, err)
	}
	k := modstore.Key{Priority: priority, Name: m.Name}
	r.out.WriteString(modfile.InstallNote(r.moduleTx, k))
	if err := r.moduleTx.Install(k, m.Lang, m.Source); err != nil {
		return valueError("Could not add module " + file + ": " + moduleReason(err))
	}
	return nil
}

// compileFailure is the failure with the compiler's messages, one a line.
func compileFailure(what string, err error) error {
	var found *compile.Errors
	if !errors.As(err, &found) {
		return valueError(what + ": " + err.Error())
	}
	var text strings.Builder
	for _, d := range found.List {
		text.WriteString("\n" + strings.TrimRight(d.Text(), "\n"))
	}
	return valueError(what + ":" + text.String())
}

// storedModules lists the modules of the transaction, or of the store if there is no transaction.
func (r *run) storedModules() ([]modstore.Module, error) {
	if r.moduleTx != nil {
		return r.moduleTx.Modules(), nil
	}
	list, err := modstore.Open(r.store, modstore.Options{}).List()
	if err != nil {
		return nil, valueError("Could not list SELinux modules: " + err.Error())
	}
	return list, nil
}

// eachDisabled calls do for the disabled modules in the order in which semanage lists
// them.
func (r *run) eachDisabled(do func(modstore.Module) error) error {
	list, err := r.sortedModules()
	for _, m := range list {
		if err == nil && m.Disabled {
			err = do(m)
		}
	}
	return err
}

// sortedModules sorts by name, then by language and priority.
func (r *run) sortedModules() ([]modstore.Module, error) {
	list, err := r.storedModules()
	slices.SortStableFunc(list, func(a, b modstore.Module) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(b.Lang, a.Lang)
	})
	return list, err
}

func (r *run) listModules(a *arguments) error {
	list, err := r.sortedModules()
	if err != nil || len(list) == 0 {
		return err
	}
	if !a.given("noheading") {
		fmt.Fprintf(&r.out, "\n%-25s %-9s %s\n\n", "Module Name", "Priority", "Language")
	}
	for _, m := range list {
		state := ""
		if m.Disabled {
			state = "Disabled"
		} else if a.given("locallist") {
			continue
		}
		fmt.Fprintf(&r.out, "%-25s %-9d %-5s %s\n", m.Name, m.Priority, m.Lang, state)
	}
	return nil
}

func (r *run) extractModules() error {
	return r.eachDisabled(func(m modstore.Module) error {
		r.out.WriteString("module -d " + m.Name + "\n")
		return nil
	})
}

// permissivePrefix begins the names of the modules that `semanage permissive` makes.
const permissivePrefix = "permissive_"

// permissive carries out the subcommand.
func (r *run) permissive(a *arguments) error {
	typ := a.text("type")
	switch a.action() {
	case "list":
		return r.listPermissive(!a.given("noheading"))
	case "deleteall":
		own, err := r.ownPermissive()
		if err != nil || len(own) == 0 {
			return err
		}
		return r.change(func() error { return r.deletePermissive(own) })
	case "extract":
		return r.extractPermissive()
	}
	if !a.given("type") {
		p := a.command.parser
		// semanage and argparse both print it.
		return &usageError{p, &argparse.Error{
			Message: "semanage permissive: error: the following argument is required: type\n"}}
	}
	return r.change(func() error {
		if a.action() == "delete" {
			return r.deletePermissive(strings.Fields(typ))
		}
		k := modstore.Key{Priority: modstore.DefaultPriority, Name: permissivePrefix + typ}
		r.out.WriteString(modfile.InstallNote(r.moduleTx, k))
		if err := r.moduleTx.Install(k, "cil", []byte("(typepermissive "+typ+")")); err != nil {
			return valueError("Could not set permissive domain " + k.Name + " (module installation failed): " +
				moduleReason(err))
		}
		return nil
	})
}

func (r *run) deletePermissive(types []string) error {
	for _, typ := range types {
		k := modstore.Key{Priority: modstore.DefaultPriority, Name: permissivePrefix + typ}
		if err := r.moduleTx.Remove(k); err != nil {
			return valueError("Could not remove permissive domain " + typ + " (remove failed): " + moduleReason(err))
		}
		r.out.WriteString(modfile.RemoveNote(r.moduleTx, k))
	}
	return nil
}

// ownPermissive lists the types of the enabled modules that `semanage permissive` made.
func (r *run) ownPermissive() ([]string, error) {
	list, err := r.storedModules()
	var names []string
	for _, m := range list {
		if typ, ok := strings.CutPrefix(m.Name, permissivePrefix); ok && !m.Disabled {
			names = append(names, typ)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

func (r *run) extractPermissive() error {
	own, err := r.ownPermissive()
	for _, typ := range own {
		r.out.WriteString("permissive -a " + typ + "\n")
	}
	return err
}

func (r *run) listPermissive(heading bool) error {
	own, err := r.ownPermissive()
	if err != nil {
		return err
	}
	db, err := r.store.KernelPolicy()
	if err != nil {
		return err
	}
	var all []string
	for i := range db.Types.Items {
		t := &db.Types.Items[i]
		if !t.IsAlias() && !t.IsAttribute() && db.Permissive.Has(t.Value) {
			all = append(all, t.Name)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if heading {
		fmt.Fprintf(&r.out, "\n%-25s\n\n", "Builtin Permissive Types")
	}
	for _, typ := range all {
		if !slices.Contains(own, typ) {
			r.out.WriteString(typ + "\n")
		}
	}
	if len(own) == 0 {
		return nil
	}
	if heading {
		fmt.Fprintf(&r.out, "\n%-25s\n\n", "Customized Permissive Types")
	}
	for _, typ := range own {
		r.out.WriteString(typ + "\n")
	}
	return nil
}

// dontaudit carries out the subcommand.
func (r *run) dontaudit(a *arguments) error {
	return r.change(func() error {
		r.moduleTx.SetDontAudit(a.action() == "on")
		return nil
	})
}

// build compiles the modules if the transaction changes them, or if the files of the last build are missing.
func (r *run) build() error {
	// libsemanage keeps tunables only in transactions that ask for it.
	r.moduleTx.SetPreserveTunables(false)
	if !r.moduleTx.Changed() && !r.incomplete {
		return nil
	}
	_, err := r.moduleTx.Build()
	return err
}
