package sides

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/modstore"
)

// install changes the side to its policy with modules installed in its store. It writes
// nothing.
func (s *Side) install(ctx context.Context, r Request) error {
	if !s.system {
		return fmt.Errorf("%s: %w", s.Source().Name, ErrNoSystem)
	}
	request := change.ModuleRequest{}
	name := s.Source().Name
	for _, file := range r.With {
		m, err := modfile.Read(file)
		if err != nil {
			return err
		}
		request.Edits = append(request.Edits, change.ModuleEdit{
			Op: change.InstallModule, Lang: m.Lang, Source: m.Source,
			Key: modstore.Key{Priority: modstore.DefaultPriority, Name: m.Name},
		})
		name += " with " + filepath.Base(file)
	}
	store, err := change.Open(change.Options{Root: s.root})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoSystem, err)
	}
	p, err := store.ProposeModules(ctx, request)
	if err != nil {
		return err
	}
	defer p.Close()
	if p.Comparison == nil {
		return fmt.Errorf("%s: %w", name, ErrNoSystem)
	}
	return s.linked(p.Comparison.After.DB(), name, r.Options)
}
