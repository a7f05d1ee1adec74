package modstore

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/semanage"
)

// Options choose how a store's modules are read.
type Options struct {
	// Cache says where the texts are cached.
	Cache CacheUse
}

// A Store is the modules of a policy store. It holds no lock and no open file, but remembers the
// last build, so that a commit does not compile again. Only one goroutine may use it.
type Store struct {
	options Options
	records *semanage.Store
	root    sysroot.Root
	last    *lastBuild
}

// Open returns the modules of a store.
func Open(records *semanage.Store, o Options) *Store {
	return &Store{options: o, records: records, root: records.Root()}
}

// Records returns the store of local records.
func (s *Store) Records() *semanage.Store { return s.records }

func (s *Store) active(name string) string { return s.records.Path(path.Join("active", name)) }

// maxEntries bounds the number of entries of a directory of modules.
const maxEntries = 1 << 16

// List lists all modules: those of the highest priority first, those of one priority by name in the
// order of strverscmp(3).
func (s *Store) List() ([]Module, error) {
	return s.list(func(_ Key, err error) error { return err })
}

// list is List; damaged is asked whether the error of a module is one, or whether the module is to
// be listed without its language.
func (s *Store) list(damaged func(Key, error) error) ([]Module, error) {
	priorities, err := s.entries("modules")
	if err != nil {
		return nil, err
	}
	disabled, err := s.disabled()
	if err != nil {
		return nil, err
	}
	var list []Module
	for _, dir := range slices.Backward(priorities) {
		priority, ok := parsePriority(dir)
		if !ok {
			continue
		}
		names, err := s.entries(path.Join("modules", dir))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			m := Module{Key: Key{priority, name}, Disabled: disabled[name]}
			if err := CheckName(name); err != nil {
				return nil, &ModuleError{"read", m.Key, errors.Join(ErrDamaged, err)}
			}
			if m.Lang, err = s.language(m.Key); err != nil {
				if err = damaged(m.Key, err); err != nil {
					return nil, err
				}
			}
			list = append(list, m)
		}
	}
	return list, nil
}

// entries lists a directory below active, in the order of strverscmp(3); it returns none if the
// directory does not exist.
func (s *Store) entries(dir string) ([]string, error) {
	names, err := s.root.ReadDir(s.active(dir), maxEntries)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, semanage.StoreError(err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name[0] == '.' })
	slices.SortFunc(names, compareVersions)
	return names, nil
}

// disabled returns the names of disabled modules.
func (s *Store) disabled() (map[string]bool, error) {
	names, err := s.entries("modules/disabled")
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set, err
}

// language reads the language of a module.
func (s *Store) language(k Key) (string, error) {
	text, err := s.root.ReadFile(s.active(k.dir()+"/lang_ext"), sysroot.MaxConfig)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.Join(ErrDamaged, err)
		}
		return "", &ModuleError{"read", k, semanage.StoreError(err)}
	}
	lang := string(text)
	if err := CheckLang(lang); err != nil {
		return "", &ModuleError{"read", k, errors.Join(ErrDamaged, err)}
	}
	return lang, nil
}

// Counting returns the modules of a list that are part of the policy, in the order of the list: for
// each name the one with the highest priority, unless it is disabled.
func Counting(list []Module) []Module {
	seen := map[string]bool{}
	var out []Module
	for _, m := range list {
		if !m.Disabled && !seen[m.Name] {
			seen[m.Name] = true
			out = append(out, m)
		}
	}
	return out
}

// activeOf returns the modules that are part of the policy, in the order in which they are
// compiled.
func activeOf(list []Module) []Module {
	active := Counting(list)
	slices.SortFunc(active, func(a, b Module) int { return strings.Compare(a.Name, b.Name) })
	return active
}
