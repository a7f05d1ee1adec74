package change

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/senet-selinux/senet/modstore"
)

// moduleChanges lists the changes of a transaction to the modules of a store, as CIL, in an order in
// which each can be made and undone: first names are enabled, then modules are removed, modules are
// installed or replaced, and names are disabled.
func moduleChanges(s *modstore.Store, tx *modstore.Tx, was []modstore.Module) ([]*Module, error) {
	before, after := byKey(was), byKey(tx.Modules())
	keys := make(map[modstore.Key]bool)
	for k := range before {
		keys[k] = true
	}
	for k := range after {
		keys[k] = true
	}
	sorted := slices.SortedFunc(maps.Keys(keys), func(a, b modstore.Key) int {
		return strings.Compare(a.String(), b.String())
	})
	var gone, come []*Module
	for _, k := range sorted {
		old, had := before[k]
		_, has := after[k]
		if had && has && !tx.Installs(k) {
			continue
		}
		m := moduleAt(k)
		if had {
			text, err := s.Converted(old)
			if err != nil {
				return nil, err
			}
			m.Before = string(text)
		}
		if has {
			text, err := tx.CIL(k)
			if err != nil {
				return nil, err
			}
			m.After = string(text)
		}
		if m.Before == m.After {
			continue
		}
		// The history is JSON.
		if !utf8.ValidString(m.Before) || !utf8.ValidString(m.After) {
			return nil, fmt.Errorf("module %s is not UTF-8: senet module changes it", k)
		}
		if err := m.check(); err != nil {
			return nil, err
		}
		if has {
			come = append(come, m)
		} else {
			gone = append(gone, m)
		}
	}
	on, off := switched(was, tx.Modules())
	return slices.Concat(on, gone, come, off), nil
}

func byKey(list []modstore.Module) map[modstore.Key]modstore.Module {
	out := make(map[modstore.Key]modstore.Module, len(list))
	for _, m := range list {
		out[m.Key] = m
	}
	return out
}

// switched lists the names whose modules are enabled, and those that are disabled. A module is enabled
// before it is removed, and disabled after it is installed.
func switched(was, now []modstore.Module) (on, off []*Module) {
	disabled := func(list []modstore.Module) map[string]bool {
		out := make(map[string]bool)
		for _, m := range list {
			if m.Disabled {
				out[m.Name] = true
			}
		}
		return out
	}
	before, after := disabled(was), disabled(now)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if !after[name] {
			on = append(on, &Module{Name: name, Switched: SwitchedOn})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !before[name] {
			off = append(off, &Module{Name: name, Switched: SwitchedOff})
		}
	}
	return on, off
}
