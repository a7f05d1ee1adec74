package modstore

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// A Tx changes the modules of a store within a transaction of its records. It changes
// nothing on disk: [Tx.Build] hands all changes to that transaction, whose Commit
// writes them. It is for one goroutine.
type Tx struct {
	// Convert makes CIL of modules in other languages; nil converts packages, and runs
	// the programs of compiler-directory for the rest.
	Convert Converter
	// FatalConflicts makes labels that are given twice an error, as semodule -v does.
	// From libsepol 3.5 on they always are.
	FatalConflicts bool

	store    *Store
	records  *semanage.Tx
	modules  []Module // as the transaction has them, in the order of List
	installs map[Key]*unit
	removed  map[Key]bool // directories that go
	disabled map[string]bool
	flags    map[string]bool // what flag files are to be
	again    bool            // conversions are made again
	changed  bool
	said     []string
}

// Begin lays the modules over a transaction of the store's records, which the caller
// commits or closes.
func (s *Store) Begin(records *semanage.Tx) (*Tx, error) {
	list, err := s.List()
	if err != nil {
		return nil, err
	}
	tx := &Tx{
		store: s, records: records, modules: list,
		installs: map[Key]*unit{}, removed: map[Key]bool{}, flags: map[string]bool{},
	}
	if tx.disabled, err = s.disabled(); err != nil {
		return nil, err
	}
	return tx, nil
}

// Records returns the transaction that the modules are changed in.
func (tx *Tx) Records() *semanage.Tx { return tx.records }

// Modules lists the modules as the transaction has them, in the order of
// [Store.List].
func (tx *Tx) Modules() []Module { return slices.Clone(tx.modules) }

// Changed reports whether a module or a flag was changed.
func (tx *Tx) Changed() bool { return tx.changed }

// Said lists the warnings of the programs that converted modules, after [Tx.Build].
func (tx *Tx) Said() []string { return tx.said }

// Find returns the module of a name that counts: that of the highest priority.
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

// Install puts a module into the store, in place of one with the same key. source is
// its text, or a stream of bzip2 with it. A name that is disabled stays so.
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

// Remove takes a module away. With the last of its name it is no longer disabled. The
// error wraps ErrNoModule.
func (tx *Tx) Remove(k Key) error {
	i := tx.index(k)
	if i < 0 {
		return &ModuleError{"remove", k, ErrNoModule}
	}
	tx.modules = slices.Delete(tx.modules, i, i+1)
	delete(tx.installs, k)
	tx.removed[k] = true
	if _, more := tx.Find(k.Name); !more {
		delete(tx.disabled, k.Name)
	}
	tx.changed = true
	return nil
}

// SetEnabled makes the modules of a name part of the policy, or no part of it, at
// every priority. The error wraps ErrNoModule.
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

// SetPriority gives a module another priority. The error wraps ErrNoModule, or
// fs.ErrExist where the name has a module of that priority.
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

// source returns the source that a module was installed from, as the transaction has it.
func (tx *Tx) source(m Module) ([]byte, error) {
	if u := tx.installs[m.Key]; u != nil {
		if IsCIL(u.Lang) {
			return u.text, nil
		}
		return unpack(u.source)
	}
	return tx.store.Source(m)
}

// The flag files of the active directory.
const (
	flagNoDontAudit = "disable_dontaudit"
	flagTunables    = "preserve_tunables"
)

// SetDontAudit chooses whether the policy has its dontaudit rules, from the next build on.
func (tx *Tx) SetDontAudit(on bool) { tx.setFlag(flagNoDontAudit, !on) }

// SetPreserveTunables chooses whether tunables become booleans.
func (tx *Tx) SetPreserveTunables(on bool) { tx.setFlag(flagTunables, on) }

func (tx *Tx) setFlag(name string, on bool) {
	if tx.flag(name) != on {
		tx.changed = true
	}
	tx.flags[name] = on
}

// flag returns the present or future state of a flag file.
func (tx *Tx) flag(name string) bool {
	if on, set := tx.flags[name]; set {
		return on
	}
	return tx.store.root.Exists(tx.store.active(name))
}

// ConvertAgain converts all modules in other languages again, whether they have been.
func (tx *Tx) ConvertAgain() { tx.again = true }

// files lists the changes of modules in the active directory. Units that were converted have
// their CIL.
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
		again := installed && tx.removed[u.Key] // nothing of the one before stays
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
