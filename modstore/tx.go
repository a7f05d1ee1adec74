package modstore

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/semanage"
)

// A Tx changes the modules of a store within a transaction of its records. It changes nothing on
// disk: [Tx.Build] gives all changes to that transaction, whose Commit writes them. Only one
// goroutine may use it.
type Tx struct {
	// Convert converts modules in other languages to CIL; nil converts packages, and runs the
	// programs of compiler-directory for the others.
	Convert Converter
	// FatalConflicts makes duplicate labels an error, as semodule -v does. Since libsepol 3.5 they
	// always are.
	FatalConflicts bool

	store    *Store
	records  *semanage.Tx
	modules  []Module // with the changes, in the order of List
	installs map[Key]*unit
	removed  map[Key]bool  // directories to remove
	damaged  map[Key]error // modules that cannot be read, and can be removed
	disabled map[string]bool
	flags    map[string]bool                        // the new states of flag files
	again    bool                                   // convert all modules again
	library  func() (r compile.Release, known bool) // [Store.library], called once
	changed  bool
	said     []string
}

// Begin opens the modules within a transaction of the store's records, which the caller commits or
// closes.
func (s *Store) Begin(records *semanage.Tx) (*Tx, error) {
	tx := &Tx{
		store: s, records: records, damaged: map[Key]error{},
		installs: map[Key]*unit{}, removed: map[Key]bool{}, flags: map[string]bool{},
		library: sync.OnceValues(s.library),
	}
	var err error
	if tx.modules, err = s.list(func(k Key, err error) error { tx.damaged[k] = err; return nil }); err != nil {
		return nil, err
	}
	if tx.disabled, err = s.disabled(); err != nil {
		return nil, err
	}
	return tx, nil
}

// Records returns the transaction of the records.
func (tx *Tx) Records() *semanage.Tx { return tx.records }

// Modules lists the modules with the changes, in the order of [Store.List].
func (tx *Tx) Modules() []Module { return slices.Clone(tx.modules) }

// Changed reports whether a module or a flag was changed.
func (tx *Tx) Changed() bool { return tx.changed }

// Said lists the warnings of the programs that converted modules, after [Tx.Build].
func (tx *Tx) Said() []string { return tx.said }

// Find returns the module with a name that counts: the one with the highest priority.
func (tx *Tx) Find(name string) (Module, bool) {
	i := slices.IndexFunc(tx.modules, func(m Module) bool { return m.Name == name })
	if i < 0 {
		return Module{}, false
	}
	return tx.modules[i], true
}

func (tx *Tx) index(k Key) int {
	return slices.IndexFunc(tx.modules, func(m Module) bool { return m.Key == k })
}

// Install adds a module to the store, or replaces the one with the same key. source is its text, or
// the text compressed with bzip2. A disabled name stays disabled.
func (tx *Tx) Install(k Key, lang string, source []byte) error {
	if err := errors.Join(CheckKey(k), CheckLang(lang)); err != nil {
		return &ModuleError{"install", k, err}
	}
	text, err := unpack(source)
	if err != nil {
		return &ModuleError{"install", k, err}
	}
	u := &unit{Module: Module{Key: k, Lang: lang, Disabled: tx.disabled[k.Name]}}
	level := tx.store.records.Config().Build.BzipLevel
	if IsCIL(lang) {
		u.text, u.stored = notNil(text), pack(text, level)
	} else {
		u.source = pack(text, level)
	}
	tx.installs[k] = u
	delete(tx.damaged, k)
	if i := tx.index(k); i >= 0 {
		tx.modules[i] = u.Module
	} else {
		tx.modules = append(tx.modules, u.Module)
		slices.SortStableFunc(tx.modules, func(a, b Module) int {
			if a.Priority != b.Priority {
				return b.Priority - a.Priority
			}
			return compareVersions(a.Name, b.Name)
		})
	}
	tx.changed = true
	return nil
}

// Remove removes a module. A name without modules is no longer disabled. The error wraps
// ErrNoModule.
func (tx *Tx) Remove(k Key) error {
	i := tx.index(k)
	if i < 0 {
		return &ModuleError{"remove", k, ErrNoModule}
	}
	tx.modules = slices.Delete(tx.modules, i, i+1)
	delete(tx.installs, k)
	delete(tx.damaged, k)
	tx.removed[k] = true
	if _, more := tx.Find(k.Name); !more {
		delete(tx.disabled, k.Name)
	}
	tx.changed = true
	return nil
}

// SetEnabled enables or disables the modules of a name, at every priority. The error wraps
// ErrNoModule.
func (tx *Tx) SetEnabled(name string, enabled bool) error {
	op := "disable"
	if enabled {
		op = "enable"
	}
	m, ok := tx.Find(name)
	if !ok {
		return &ModuleError{op, Key{DefaultPriority, name}, ErrNoModule}
	}
	if enabled {
		delete(tx.disabled, name)
	} else {
		tx.disabled[m.Name] = true
	}
	for i := range tx.modules {
		if tx.modules[i].Name == name {
			tx.modules[i].Disabled = !enabled
		}
	}
	for _, u := range tx.installs {
		if u.Name == name {
			u.Disabled = !enabled
		}
	}
	tx.changed = true
	return nil
}

// SetPriority gives a module another priority. The error wraps ErrNoModule, or fs.ErrExist if the
// name already has a module of that priority.
func (tx *Tx) SetPriority(k Key, priority int) error {
	to := Key{priority, k.Name}
	i := tx.index(k)
	switch {
	case i < 0:
		return &ModuleError{"move", k, ErrNoModule}
	case tx.index(to) >= 0:
		return &ModuleError{"move", k, fmt.Errorf("%w: %s", fs.ErrExist, to)}
	}
	m := tx.modules[i]
	source, err := tx.source(m)
	if err != nil {
		return err
	}
	if err := tx.Install(to, m.Lang, source); err != nil {
		return err
	}
	return tx.Remove(k)
}

// source returns the source of a module, with the changes of the transaction.
func (tx *Tx) source(m Module) ([]byte, error) {
	if u := tx.installs[m.Key]; u != nil {
		if IsCIL(u.Lang) {
			return u.text, nil
		}
		return unpack(u.source)
	}
	return tx.store.Source(m)
}

// CIL returns the CIL of a module as the transaction has it. That of a package is known
// after [Tx.Build], or made. The error wraps ErrNoModule.
func (tx *Tx) CIL(k Key) ([]byte, error) {
	i := tx.index(k)
	if i < 0 {
		return nil, &ModuleError{"read", k, ErrNoModule}
	}
	u := tx.installs[k]
	switch {
	case u == nil:
		return tx.store.Converted(tx.modules[i])
	case u.text != nil:
		return u.text, nil
	}
	other := *u
	err := tx.convert(&other)
	return other.text, err
}

// Source returns the language of a module and what it was installed from, unpacked, as the
// transaction has it. The error wraps ErrNoModule.
func (tx *Tx) Source(k Key) (lang string, source []byte, err error) {
	i := tx.index(k)
	if i < 0 {
		return "", nil, &ModuleError{"read", k, ErrNoModule}
	}
	source, err = tx.source(tx.modules[i])
	return tx.modules[i].Lang, source, err
}

// Installs reports whether the transaction has installed the module of a key.
func (tx *Tx) Installs(k Key) bool { return tx.installs[k] != nil }

// The flag files of the active directory.
const (
	flagNoDontAudit = "disable_dontaudit"
	flagTunables    = "preserve_tunables"
)

// SetDontAudit chooses whether the policy has its dontaudit rules after the next build.
func (tx *Tx) SetDontAudit(on bool) { tx.setFlag(flagNoDontAudit, !on) }

// SetPreserveTunables chooses whether tunables become booleans.
func (tx *Tx) SetPreserveTunables(on bool) { tx.setFlag(flagTunables, on) }

func (tx *Tx) setFlag(name string, on bool) {
	if tx.flag(name) != on {
		tx.changed = true
	}
	tx.flags[name] = on
}

// flag returns the state of a flag file, with the changes of the transaction.
func (tx *Tx) flag(name string) bool {
	if on, set := tx.flags[name]; set {
		return on
	}
	return tx.store.root.Exists(tx.store.active(name))
}

// ConvertAgain converts all modules in other languages again, even those that were converted.
func (tx *Tx) ConvertAgain() { tx.again = true }

// files lists the changes of modules below active. Converted units have their CIL.
func (tx *Tx) files(units []*unit) []semanage.File {
	var list []semanage.File
	for k := range tx.removed {
		if tx.installs[k] == nil {
			list = append(list, semanage.File{Name: k.dir(), Remove: true})
		}
	}
	removeSource := tx.store.records.Config().Build.RemoveSource
	for _, u := range units {
		installed := tx.installs[u.Key] == u
		converted := !IsCIL(u.Lang) && u.stored != nil
		if !installed && !converted {
			continue
		}
		lang := u.Lang
		if converted && removeSource {
			lang = langCIL
		}
		add := func(name string, data []byte) {
			f := semanage.File{Name: path.Join(u.dir(), name), Data: data, Remove: data == nil}
			list = append(list, f)
		}
		if installed || lang != u.Lang {
			add("lang_ext", []byte(lang))
		}
		again := installed && tx.removed[u.Key] // nothing of the old module stays
		if lang == langCIL && (!IsCIL(u.Lang) || again) {
			add("hll", nil)
		} else if u.source != nil {
			add("hll", u.source)
		}
		add("cil", u.stored)
	}
	before, _ := tx.store.disabled() // it was read when the transaction began
	for name := range before {
		if !tx.disabled[name] {
			list = append(list, semanage.File{Name: "modules/disabled/" + name, Remove: true})
		}
	}
	for name := range tx.disabled {
		if !before[name] {
			list = append(list, semanage.File{Name: "modules/disabled/" + name, Data: []byte{}})
		}
	}
	for _, name := range []string{flagNoDontAudit, flagTunables} {
		if on, set := tx.flags[name]; set {
			f := semanage.File{Name: name, Remove: !on}
			if on {
				f.Data = []byte{}
			}
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b semanage.File) int { return strings.Compare(a.Name, b.Name) })
	return list
}
