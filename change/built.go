package change

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"syscall"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A Builder is [Modules] built here, by package modstore: nothing of SELinux has to be
// installed.
type Builder struct {
	Store *semanage.Store
	// Working, if it is not nil, is called before the policy is built, and what it
	// returns after.
	Working func() (done func())
}

// Has looks into the store's directory of modules.
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

// Install installs a module with the priority of an administrator's.
func (b *Builder) Install(ctx context.Context, _ *Lock, name, cil string) error {
	return b.build(ctx, "install", name, func(tx *modstore.Tx) error {
		return tx.Install(modstore.Key{Priority: modstore.DefaultPriority, Name: name}, "cil", []byte(cil))
	})
}

// Remove removes a module with the priority of an administrator's.
func (b *Builder) Remove(ctx context.Context, _ *Lock, name string) error {
	return b.build(ctx, "remove", name, func(tx *modstore.Tx) error {
		return tx.Remove(modstore.Key{Priority: modstore.DefaultPriority, Name: name})
	})
}

// build changes the modules in one transaction.
func (b *Builder) build(ctx context.Context, op, name string, edit func(*modstore.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if b.Working != nil {
		defer b.Working()()
	}
	records, err := b.Store.Begin()
	if err != nil {
		return err
	}
	defer records.Close()
	tx, err := modstore.Open(b.Store, modstore.Options{}).Begin(records)
	if err == nil {
		err = edit(tx)
	}
	if err == nil {
		_, err = tx.Build()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		_, err = records.Commit()
	}
	var parse *modstore.CompileError
	if errors.As(err, &parse) || errors.Is(err, modstore.ErrContexts) {
		return &ModuleError{Op: op, Name: name, Err: err}
	}
	return err
}
