package change

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"syscall"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A Builder is the [Modules] that package modstore builds: it needs no SELinux programs, and a
// module and the records that need it are one transaction.
type Builder struct {
	Store *semanage.Store
	// Working, if not nil, is called before the policy is built, and the function that it returns
	// after.
	Working func() (done func())

	modules *modstore.Store
}

// store returns the modules of the store. It remembers the last build.
func (b *Builder) store() *modstore.Store {
	if b.modules == nil {
		b.modules = modstore.Open(b.Store, modstore.Options{})
	}
	return b.modules
}

// Has looks in the store's directory of modules.
func (b *Builder) Has(_ context.Context, name string) (bool, error) { return hasModule(b.Store, name) }

func hasModule(s *semanage.Store, name string) (bool, error) {
	root, dir := s.Root(), s.Path("active/modules")
	priorities, err := root.ReadDir(dir, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, p := range priorities {
		_, err := root.Lstat(path.Join(dir, p, name))
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
			return false, err
		}
	}
	return false, nil
}

// Install installs a module with an administrator's priority.
func (b *Builder) Install(ctx context.Context, _ *Lock, name, cil string) error {
	return b.commit(ctx, &Module{Name: name, After: cil})
}

// Remove removes a module with an administrator's priority.
func (b *Builder) Remove(ctx context.Context, _ *Lock, name string) error {
	return b.commit(ctx, &Module{Name: name, Before: "-"})
}

// commit makes the change of a module in its own transaction.
func (b *Builder) commit(ctx context.Context, m *Module) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	records, err := b.Store.Begin()
	if err != nil {
		return err
	}
	defer records.Close()
	if err := b.Stage(ctx, records, m); err != nil {
		return err
	}
	_, err = records.Commit()
	return err
}

// Stage changes a module and builds the policy within a transaction of records.
func (b *Builder) Stage(ctx context.Context, records *semanage.Tx, m *Module) error {
	return b.stage(ctx, records, []*Module{m})
}

// stage changes modules, one after the other, and builds the policy.
func (b *Builder) stage(ctx context.Context, records *semanage.Tx, list []*Module) error {
	if b.Working != nil {
		defer b.Working()()
	}
	tx, err := b.store().Begin(records)
	for _, m := range list {
		if err == nil {
			err = m.make(tx)
		}
	}
	if err == nil {
		_, err = tx.Build()
	}
	if err == nil {
		err = ctx.Err()
	}
	var parse *modstore.CompileError
	if errors.As(err, &parse) || errors.Is(err, modstore.ErrContexts) {
		op := "install"
		if list[0].After == "" {
			op = "remove"
		}
		return &ModuleError{Op: op, Name: list[0].Name, Err: err}
	}
	return err
}

// make makes the change of a module in a transaction.
func (m *Module) make(tx *modstore.Tx) error {
	if m.Switched != "" {
		return tx.SetEnabled(m.Name, m.Switched == SwitchedOn)
	}
	before, after := m.keys()
	if m.Before != "" && (m.After == "" || before != after) {
		if err := tx.Remove(before); err != nil {
			return err
		}
	}
	if m.After == "" {
		return nil
	}
	return tx.Install(after, "cil", []byte(m.After))
}

// As reports whether the store has the module as a change leaves it.
func (b *Builder) As(m *Module) (bool, error) {
	if m.Switched != "" {
		list, err := b.store().List()
		i := slices.IndexFunc(list, func(other modstore.Module) bool { return other.Name == m.Name })
		off := i >= 0 && list[i].Disabled
		return off == (m.Switched == SwitchedOff), err // none of a name is not off
	}
	before, after := m.keys()
	is := func(k modstore.Key, text string) (bool, error) {
		have, err := b.store().CIL(k)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return text == "", nil
		case err != nil:
			return false, err
		}
		return string(have) == text, nil
	}
	ok, err := is(after, m.After)
	if ok && err == nil && before != after {
		ok, err = is(before, "")
	}
	return ok, err
}
