package modstore

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/bzip2"
	"github.com/senet-selinux/senet/semanage"
)

// The limits of one module: in the store, and of its text. Debian's largest has 1.7 MB.
const (
	maxStored = 256 << 20
	maxText   = 256 << 20
)

// unpack returns the contents of a file of the store, which may be compressed with bzip2.
func unpack(stored []byte) ([]byte, error) {
	if !bzip2.Is(stored) {
		return stored, nil
	}
	text, err := bzip2.Decode(stored, maxText)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return text, nil
}

// Unpack returns the text of an installed file, which may be compressed with bzip2.
func Unpack(source []byte) ([]byte, error) { return unpack(source) }

// pack returns text as the contents of a file of the store, with the compression level of
// semanage.conf, 0 for none.
func pack(text []byte, level int) []byte {
	if level == 0 {
		return text
	}
	return bzip2.Encode(text, level)
}

// read returns a file of a module as it is in the store; ErrNotExist if there is none.
func (s *Store) read(k Key, name string) ([]byte, error) {
	stored, err := s.root.ReadFile(s.active(k.dir()+"/"+name), maxStored)
	if err != nil {
		return nil, &ModuleError{"read", k, semanage.StoreError(err)}
	}
	return stored, nil
}

// CIL returns the CIL of a module. The error wraps fs.ErrNotExist if it was never converted, or if
// there is no such module.
func (s *Store) CIL(k Key) ([]byte, error) { return s.text(k, "cil") }

// Source returns the module as it was installed: CIL, or the source of its CIL.
func (s *Store) Source(m Module) ([]byte, error) {
	if IsCIL(m.Lang) {
		return s.text(m.Key, "cil")
	}
	return s.text(m.Key, "hll")
}

// Converted returns the CIL of a module. If the store does not have it, it converts the installed
// source.
func (s *Store) Converted(m Module) ([]byte, error) {
	text, err := s.CIL(m.Key)
	if IsCIL(m.Lang) || !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	source, err := s.Source(m)
	if err != nil {
		return nil, err
	}
	convert, err := s.converter(m.Lang, s.release)
	if err != nil {
		return nil, err
	}
	text, _, err = convert(m.Lang, source)
	if err != nil {
		return nil, &ModuleError{"convert", m.Key, err}
	}
	return text, nil
}

// release returns the libsepol release of the store's policy.
func (s *Store) release() (compile.Release, error) {
	now, err := s.records.KernelPolicy()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	library, known := s.library()
	return releaseFor(now, library, known), nil
}

// Extract returns a module as it was installed: the one with that priority, 0 for the highest. The
// error wraps ErrNoModule.
func (s *Store) Extract(name string, priority int) (Module, []byte, error) {
	list, err := s.List()
	if err != nil {
		return Module{}, nil, err
	}
	for _, m := range list {
		if m.Name == name && (priority == 0 || m.Priority == priority) {
			text, err := s.Source(m)
			return m, text, err
		}
	}
	return Module{}, nil, &ModuleError{"extract", Key{priority, name}, ErrNoModule}
}

func (s *Store) text(k Key, name string) ([]byte, error) {
	if err := CheckKey(k); err != nil {
		return nil, err
	}
	stored, err := s.read(k, name)
	if err != nil {
		return nil, err
	}
	text, err := unpack(stored)
	if err != nil {
		return nil, &ModuleError{"read", k, err}
	}
	return text, nil
}

// A unit is a module to compile.
type unit struct {
	Module
	// text is the module's CIL, if it is in memory; else the cache has it, as entry.
	text  []byte
	entry *cached
	// stored is the new contents of its file cil, nil if the store has it.
	stored []byte
	// source is the new contents of hll, nil if the store has it.
	source []byte
	key    [sha256.Size]byte // of its file in the store, old or new
	err    error
	// module is the compiler's form of it; parsed says that it was made from the text.
	module *compile.Module
	parsed bool
}

// errNoCIL says that a module must be converted first.
var errNoCIL = errors.New("the module has no CIL")

// load finds the modules in the cache or reads them, on all processors. Modules in another language
// that were not converted get errNoCIL.
func (s *Store) load(units []*unit, cache *moduleCache) {
	each(len(units), func(i int) {
		if u := units[i]; u.text == nil && u.err == nil {
			u.find(s, cache)
		}
	})
}

func (u *unit) find(s *Store, cache *moduleCache) {
	stored, err := s.read(u.Key, "cil")
	if err != nil {
		u.err = err
		if errors.Is(err, fs.ErrNotExist) && !IsCIL(u.Lang) {
			u.err = errNoCIL
		}
		return
	}
	u.key = sha256.Sum256(stored)
	u.entry = cache.find(u.key)
	if bzip2.Is(stored) && u.entry != nil {
		return
	}
	text, err := unpack(stored)
	if err != nil {
		u.err = &ModuleError{"read", u.Key, err}
		return
	}
	u.text = text
}

// content returns the module's CIL: from memory, from the cache, or from the store again if the
// cache is damaged. room is used if it is large enough.
func (u *unit) content(s *Store, cache *moduleCache, room []byte) ([]byte, error) {
	if u.text != nil {
		return u.text, nil
	}
	if text := cache.text(u.entry, room); text != nil {
		return text, nil
	}
	return s.text(u.Key, "cil")
}

// each calls do for 0 to n-1, on all processors.
func each(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				i := int(next.Add(1) - 1)
				if i >= n {
					return
				}
				do(i)
			}
		}()
	}
	workers.Wait()
}
