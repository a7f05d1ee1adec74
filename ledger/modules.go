package ledger

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/modstore"
)

// Priority is the priority of a distribution's modules.
const Priority = 100

// modules adds the modules that are not from the distribution, the domains that they make
// permissive, and the flags of the build.
func (r *reader) modules(s *modstore.Store) {
	list, err := s.List()
	if errors.Is(err, fs.ErrNotExist) {
		return // a store that never had modules
	}
	if err != nil {
		r.gap(Module, err)
		return
	}
	var permissive []Item
	disabled := map[string]bool{}
	for _, m := range list {
		if m.Disabled && !disabled[m.Name] {
			disabled[m.Name] = true
			r.add(Item{Kind: Module, Key: m.Name, Here: "disabled", Instead: "enabled", Module: &m, Rules: -1})
		}
		if m.Priority == Priority {
			continue
		}
		item := Item{Kind: Module, Key: m.Key.String(), Here: "priority " + strconv.Itoa(m.Priority), Module: &m,
			Rules: -1}
		if slices.ContainsFunc(list, func(other modstore.Module) bool {
			return other.Name == m.Name && other.Priority == Priority
		}) {
			item.Instead = "priority " + strconv.Itoa(Priority)
		}
		text, err := s.Converted(m)
		if err != nil {
			r.gap(Module, err)
		}
		item.By = r.moduleBy(m, string(text))
		if e := item.By; e != nil && len(e.About.Effects) > 0 {
			item.Effects, item.Weighed = e.About.Effects, true
		}
		if f, err := cil.ParseFile(m.Name, string(text)); err == nil && len(text) > 0 {
			found := look(f)
			item.Rules = found.allow
			counts := !m.Disabled && !slices.ContainsFunc(list, func(other modstore.Module) bool {
				return other.Name == m.Name && other.Priority > m.Priority
			})
			for _, name := range found.permissive {
				if counts {
					permissive = append(permissive, Item{Kind: Permissive, Key: name, Here: "permissive",
						Instead: "enforcing", By: item.By, Module: &m})
				}
			}
		}
		r.add(item)
	}
	for _, p := range permissive {
		if r.l.Find(Permissive, p.Key) == nil {
			r.add(p)
		}
	}
}

// flags adds the flags of the build that are set: files beside the modules.
func (r *reader) flags() {
	if r.store.Root().Exists(r.store.Path("active/disable_dontaudit")) {
		r.add(Item{Kind: DontAudit, Key: "dontaudit", Here: "off", Instead: "on"})
	}
	if r.store.Root().Exists(r.store.Path("active/preserve_tunables")) {
		r.add(Item{Kind: Tunables, Key: "tunables", Here: "booleans", Instead: "fixed"})
	}
}

// moduleBy returns the newest change of a module that was not undone, if the module still has the
// text that the change gave it.
func (r *reader) moduleBy(m modstore.Module, text string) *change.Entry {
	for i := range slices.Backward(r.history) {
		e := &r.history[i]
		if !e.Stands() || e.Undoes != 0 {
			continue
		}
		for _, made := range e.Modules() {
			if made.Switched != "" || made.Key() != m.Key {
				continue
			}
			if strings.TrimSpace(made.After) != strings.TrimSpace(text) {
				return nil
			}
			return e
		}
	}
	return nil
}

// found holds the statements of a module that matter here.
type found struct {
	allow      int
	permissive []string
}

// look walks a module. Names in blocks are only known in full after compilation; (typepermissive
// T), as semanage makes it, is outside of any block.
func look(f *cil.File) found {
	var out found
	for i := uint32(0); i < f.Len(); i++ {
		if !f.IsList(i) || f.End(i) <= i+1 || f.IsList(i+1) {
			continue
		}
		switch f.Text(i + 1) {
		case "allow", "allowx":
			out.allow++
		case "typepermissive":
			if at := f.Next(i + 1); at < f.End(i) && !f.IsList(at) {
				out.permissive = append(out.permissive, strings.TrimPrefix(f.Text(at), "."))
			}
		}
	}
	return out
}
