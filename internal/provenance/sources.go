package provenance

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// A Choice says which modules to compile.
type Choice struct {
	// Store chooses the modules of the configured store, under Root.
	Store bool
	Root  string
	// Dir, if not empty, is a directory of modules to use instead.
	Dir string
}

// ErrUnknown says that the modules of a policy are not known.
var ErrUnknown = errors.New("the modules of a policy in a file are not known")

// Open compiles the chosen modules, nil for none. installed says that the policy is the system's;
// mls, that it has levels. The error wraps [ErrUnknown] or [ErrNoSources] if the user has to name a
// directory.
func (c Choice) Open(installed, mls bool) (*Finder, error) {
	switch {
	case c.Dir != "":
		return Dir(c.Dir, mls)
	case !c.Store:
		return nil, nil
	case !installed:
		return nil, ErrUnknown
	}
	return Store(c.Root, "")
}

// ErrNoSources says that a place has no modules.
var ErrNoSources = errors.New("there are no modules")

// Store compiles the modules of a system's policy store: under root, "" for this system, and with a
// name, "" for the configured store. The error wraps [ErrNoSources] if there is no store with
// modules.
func Store(root, name string) (*Finder, error) {
	records, err := semanage.Open(semanage.Options{Root: root, Store: name})
	if err != nil {
		return nil, noSources(err)
	}
	built, err := modstore.Open(records, modstore.Options{}).Trace()
	if err != nil {
		return nil, noSources(err)
	}
	return newFinder(built.Policy, built.Origins, inStore), nil
}

// noSources marks errors which mean that there is nothing to compile.
func noSources(err error) error {
	if errors.Is(err, semanage.ErrNoStore) || errors.Is(err, modstore.ErrNoModules) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNoSources, err)
	}
	return err
}

// inStore reads the name and priority from the file name of a module in a store:
// modules/PRIORITY/NAME/cil.
func inStore(file string) (name string, priority int) {
	dir := path.Dir(file)
	priority, _ = strconv.Atoi(path.Base(path.Dir(dir)))
	return path.Base(dir), priority
}

// Dir compiles the modules in a directory: its files NAME.cil, in the order of their names, as one
// source. mls is that of the policy. The error wraps [ErrNoSources] if the directory has none.
func Dir(dir string, mls bool) (*Finder, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".cil") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: %w, files NAME.cil", dir, ErrNoSources)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(module(a), module(b)) })
	return Files(names, mls)
}

// Files is [Dir] for a list of files, in that order.
func Files(names []string, mls bool) (*Finder, error) {
	o := options(mls)
	modules, err := compile.ReadModules(names, o)
	if err != nil {
		return nil, err
	}
	r, err := compile.Build(modules, o)
	if err != nil {
		return nil, err
	}
	return ofFiles(r), nil
}

func ofFiles(r *compile.Result) *Finder {
	return newFinder(r.Policy, r.Origins, func(file string) (string, int) { return module(file), 0 })
}

// options are the options to compile files. They skip the checks, which the build of the policy
// made.
func options(mls bool) compile.Options {
	return compile.Options{
		MLS: &mls, DisableNeverallow: true, MultipleDecls: true, Version: compile.NewestRelease.Version(),
	}
}

// module returns the name of the module in a file.
func module(file string) string { return strings.TrimSuffix(filepath.Base(file), ".cil") }

// Place returns the place of a statement: the module's CIL file, as extracted from a store, and the
// line in it.
func (s *Statement) Place() string { return s.Module + ".cil:" + strconv.Itoa(s.Pos.Line) }

// String returns the place and the enclosing blocks: "web.cil:12 (call m, optional o)".
func (s *Statement) String() string {
	text := s.Place()
	if len(s.Path) > 0 {
		text += " (" + strings.Join(s.Path, ", ") + ")"
	}
	if s.Source != "" {
		text += " from " + s.Source
	}
	return text
}
