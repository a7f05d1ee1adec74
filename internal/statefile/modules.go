package statefile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/senet-selinux/senet/modstore"
)

// DistributionPriority is that of the modules of a distribution's policy, which are no local
// state.
const DistributionPriority = 100

// permissiveModule begins the names of the modules that semanage permissive makes.
const permissiveModule = "permissive_"

// The kinds that are no local records, as Exclusive names them.
const (
	kindModule     = "module"
	kindPermissive = "permissive"
)

// A Module is a module of the policy.
type Module struct {
	Name     string `json:"name"`
	Priority Scalar `json:"priority,omitempty"` // 400 where it is not given
	// File names a module, NAME.cil, NAME.pp or NAME.te; CIL is its text. Without either the
	// module has to be there, at any priority if none is given.
	File string `json:"file,omitempty"`
	CIL  string `json:"cil,omitempty"`
	// SHA256 is that of the module that File or CIL holds, unpacked, in hex: another is refused.
	SHA256 string `json:"sha256,omitempty"`
	// State is present, which is the default, disabled or absent.
	State string `json:"state,omitempty"`

	Line int `json:"-"`
}

// A Permissive is a domain that is permissive by a module of its own.
type Permissive struct {
	Type  string `json:"type"`
	State string `json:"state,omitempty"`

	Line int `json:"-"`
}

// A Source is a module that was read from a file.
type Source struct {
	Name, Lang string
	Data       []byte
}

// HasModules reports whether the file says anything of modules.
func (s *State) HasModules() bool {
	return len(s.Modules)+len(s.Permissive) > 0 || slices.Contains(s.Exclusive, kindModule) ||
		slices.Contains(s.Exclusive, kindPermissive)
}

// PutModules changes the modules of a transaction to those of the file, before [State.Put].
// Those that are as they shall be are left alone. read reads a file that the state names.
// Errors name the line if it is known.
func (s *State) PutModules(tx *modstore.Tx, read func(file string) (*Source, error)) error {
	w := &moduleWriter{tx: tx, read: read, named: make(map[modstore.Key]bool), states: make(map[string]string)}
	for i := range s.Modules {
		m := &s.Modules[i]
		if err := w.module(m); err != nil {
			return at("modules", i, m.Line, err)
		}
	}
	for i := range s.Permissive {
		p := &s.Permissive[i]
		if err := w.permissive(p); err != nil {
			return at("permissive", i, p.Line, err)
		}
	}
	return w.rest(slices.Contains(s.Exclusive, kindModule), slices.Contains(s.Exclusive, kindPermissive))
}

// A moduleWriter changes a transaction module by module.
type moduleWriter struct {
	tx     *modstore.Tx
	read   func(file string) (*Source, error)
	named  map[modstore.Key]bool
	states map[string]string // by name: present or disabled
}

func (w *moduleWriter) module(m *Module) error {
	k := modstore.Key{Priority: modstore.DefaultPriority, Name: m.Name}
	if m.Priority != "" {
		n, err := strconv.Atoi(string(m.Priority))
		if err != nil {
			return fmt.Errorf("%w: priority %q is no number", ErrInvalid, m.Priority)
		}
		k.Priority = n
	}
	if err := modstore.CheckKey(k); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	state := strings.ToLower(m.State)
	content := m.File != "" || m.CIL != ""
	switch {
	case state == "":
		state = statePresent
	case state != statePresent && state != stateDisabled && state != stateAbsent:
		return fmt.Errorf("%w: state %q of module %s is neither present, disabled nor absent", ErrInvalid, m.State,
			k.Name)
	case state == stateAbsent && content:
		return fmt.Errorf("%w: module %s is absent and has content", ErrInvalid, k.Name)
	}
	if m.File != "" && m.CIL != "" {
		return fmt.Errorf("%w: module %s has both a file and a text", ErrInvalid, k.Name)
	}
	if !content && m.SHA256 != "" {
		return fmt.Errorf("%w: module %s has a checksum and no content", ErrInvalid, k.Name)
	}
	there := k
	if !content && m.Priority == "" && state != stateAbsent {
		if have, ok := w.tx.Find(k.Name); ok {
			there = have.Key
		}
	}
	if err := w.name(there, state); err != nil {
		return err
	}
	switch {
	case state == stateAbsent:
		return w.remove(k)
	case content:
		if err := w.install(k, m); err != nil {
			return err
		}
	case !w.has(there):
		return fmt.Errorf("module %s: %w", there, modstore.ErrNoModule)
	}
	return w.enable(k.Name, state == statePresent)
}

// The states of a record and of a module.
const (
	statePresent  = "present"
	stateDisabled = "disabled"
	stateAbsent   = "absent"
)

// name notes that a module is in the file, and in which state.
func (w *moduleWriter) name(k modstore.Key, state string) error {
	if w.named[k] {
		return fmt.Errorf("%w: module %s is there twice", ErrInvalid, k)
	}
	w.named[k] = true
	if state == stateAbsent {
		return nil
	}
	if other := w.states[k.Name]; other != "" && other != state {
		return fmt.Errorf("%w: module %s is %s and %s: what is disabled is so at every priority", ErrInvalid,
			k.Name, other, state)
	}
	w.states[k.Name] = state
	return nil
}

func (w *moduleWriter) has(k modstore.Key) bool {
	return slices.ContainsFunc(w.tx.Modules(), func(m modstore.Module) bool { return m.Key == k })
}

func (w *moduleWriter) remove(k modstore.Key) error {
	if !w.has(k) {
		return nil
	}
	return w.tx.Remove(k)
}

func (w *moduleWriter) enable(name string, on bool) error {
	if m, ok := w.tx.Find(name); ok && m.Disabled == !on {
		return nil
	}
	return w.tx.SetEnabled(name, on)
}

// install gives a module its content, unless it has that already.
func (w *moduleWriter) install(k modstore.Key, m *Module) error {
	source := &Source{Lang: "cil", Data: []byte(m.CIL)}
	if m.File != "" {
		var err error
		if source, err = w.read(m.File); err != nil {
			return err
		}
		if source.Name != k.Name {
			return fmt.Errorf("%w: %s is module %s, not %s", ErrInvalid, m.File, source.Name, k.Name)
		}
	}
	text, err := modstore.Unpack(source.Data)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	have := hex.EncodeToString(sum[:])
	if m.SHA256 != "" && !strings.EqualFold(m.SHA256, have) {
		return fmt.Errorf("%w: the SHA-256 of module %s is %s, not %s", ErrInvalid, k.Name, have, m.SHA256)
	}
	m.SHA256 = have
	same, err := w.same(k, source.Lang, text)
	if err != nil || same {
		return err
	}
	return w.tx.Install(k, source.Lang, source.Data)
}

// same reports whether the transaction has a module with that content: a package of the same
// bytes, or the same CIL whatever it was made of.
func (w *moduleWriter) same(k modstore.Key, lang string, text []byte) (bool, error) {
	if !w.has(k) {
		return false, nil
	}
	var now []byte
	var err error
	if modstore.IsCIL(lang) {
		now, err = w.tx.CIL(k)
	} else {
		var have string
		if have, now, err = w.tx.Source(k); have != lang {
			return false, err
		}
	}
	return err == nil && bytes.Equal(now, text), err
}

func (w *moduleWriter) permissive(p *Permissive) error {
	gone, err := absent(p.State)
	if err != nil {
		return err
	}
	k := modstore.Key{Priority: modstore.DefaultPriority, Name: permissiveModule + p.Type}
	if err := errors.Join(modstore.CheckName(p.Type), modstore.CheckKey(k)); err != nil {
		return fmt.Errorf("%w: %q is no name of a domain", ErrInvalid, p.Type)
	}
	state := statePresent
	if gone {
		state = stateAbsent
	}
	if err := w.name(k, state); err != nil {
		return err
	}
	if gone {
		return w.remove(k)
	}
	if !w.isPermissive(modstore.Module{Key: k}) {
		if err := w.tx.Install(k, "cil", []byte(permissiveText(p.Type))); err != nil {
			return err
		}
	}
	return w.enable(k.Name, true)
}

func permissiveText(typ string) string { return "(typepermissive " + typ + ")" }

// isPermissive reports whether a module of the transaction only makes its domain permissive.
func (w *moduleWriter) isPermissive(m modstore.Module) bool {
	if !w.has(m.Key) {
		return false
	}
	text, err := w.tx.CIL(m.Key)
	return err == nil && PermissiveType(m, text) != ""
}

// PermissiveType returns the domain that a module of semanage permissive is for, "" for any
// other module.
func PermissiveType(m modstore.Module, text []byte) string {
	typ, ok := strings.CutPrefix(m.Name, permissiveModule)
	if !ok || m.Priority != modstore.DefaultPriority || string(bytes.TrimSpace(text)) != permissiveText(typ) {
		return ""
	}
	return typ
}

// rest takes out local modules, and domains that are permissive, that the file does not name,
// and enables what it does not name as disabled.
func (w *moduleWriter) rest(modules, permissive bool) error {
	if !modules && !permissive {
		return nil
	}
	for _, m := range slices.Clone(w.tx.Modules()) {
		if m.Priority != DistributionPriority && !w.named[m.Key] {
			is := w.isPermissive(m)
			if is && permissive || !is && modules {
				if err := w.tx.Remove(m.Key); err != nil {
					return err
				}
				continue
			}
		}
		if modules && m.Disabled && w.states[m.Name] == "" {
			if err := w.enable(m.Name, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// AddModules adds the local state of modules to a file: modules of other priorities than the
// distribution's, domains that are permissive, and which names are disabled. text returns the
// CIL of a module.
func (s *State) AddModules(list []modstore.Module, text func(modstore.Module) ([]byte, error)) error {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b modstore.Module) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return b.Priority - a.Priority
	})
	last := "" // the name that was written last
	for _, m := range list {
		one := Module{Name: m.Name}
		if m.Disabled {
			one.State = stateDisabled
		}
		if m.Priority == DistributionPriority {
			if m.Disabled && last != m.Name {
				s.Modules = append(s.Modules, one)
			}
			continue
		}
		cil, err := text(m)
		if err != nil {
			return err
		}
		if typ := PermissiveType(m, cil); typ != "" && !m.Disabled {
			s.Permissive = append(s.Permissive, Permissive{Type: typ})
			continue
		}
		if !utf8.Valid(cil) {
			return fmt.Errorf("module %s is no text in UTF-8, which a state file is: senet module extract writes it",
				m.Key)
		}
		one.CIL = string(cil)
		if m.Priority != modstore.DefaultPriority {
			one.Priority = Scalar(strconv.Itoa(m.Priority))
		}
		if one.CIL == "" { // it has to be there
			one.Priority = Scalar(strconv.Itoa(m.Priority))
		}
		s.Modules = append(s.Modules, one)
		last = m.Name
	}
	return nil
}
