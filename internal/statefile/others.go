package statefile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

const (
	noLabel    = "<<none>>"
	systemUser = "system_u"
)

// putOthers changes users, logins, file contexts and equivalences: users come before the logins and labels that may
// name them.
func (s *State) putOthers(w *writer) error {
	for i := range s.Users {
		if err := s.Users[i].put(w); err != nil {
			return at("users", i, s.Users[i].Line, err)
		}
	}
	for i := range s.Logins {
		if err := s.Logins[i].put(w); err != nil {
			return at("logins", i, s.Logins[i].Line, err)
		}
	}
	for i := range s.FileContexts {
		if err := s.FileContexts[i].put(w); err != nil {
			return at("fcontexts", i, s.FileContexts[i].Line, err)
		}
	}
	for i := range s.Equivalences {
		if err := s.Equivalences[i].put(w); err != nil {
			return at("equivalences", i, s.Equivalences[i].Line, err)
		}
	}
	return nil
}

// plain creates, changes or deletes a record without a label; want completes it with the present values and reports
// whether nothing has to change.
func (w *writer) plain(
	k semanage.Key, state string, want func(have semanage.Record) (r semanage.Record, same bool),
) error {
	gone, err := absent(state)
	if err != nil {
		return err
	}
	if err := w.name(k); err != nil {
		return err
	}
	have, local, exists := w.tx.Lookup(k)
	if gone {
		if !local {
			return nil
		}
		return w.tx.Delete(k)
	}
	if !exists {
		have = nil
	}
	r, same := want(have)
	if same {
		return nil
	}
	return w.tx.Set(r)
}

func (u *User) put(w *writer) error {
	return w.plain(semanage.UserKey(u.Name), u.State, func(have semanage.Record) (semanage.Record, bool) {
		r := semanage.User{Name: u.Name, Roles: u.Roles, Level: u.Level, Range: u.Range, Prefix: u.Prefix}
		old, ok := have.(semanage.User)
		if !ok {
			return r, false
		}
		// Fields that the file does not have keep their values.
		for _, field := range []struct{ to, from *string }{
			{&r.Roles, &old.Roles}, {&r.Level, &old.Level}, {&r.Range, &old.Range}, {&r.Prefix, &old.Prefix},
		} {
			if *field.to == "" {
				*field.to = *field.from
			}
		}
		if !w.p.MLS() {
			r.Level, r.Range = "", ""
		}
		if sameWords(r.Roles, old.Roles) {
			r.Roles = old.Roles
		}
		return r, r.String() == old.String()
	})
}

// sameWords reports whether two texts have the same words, in any order.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(slices.Compact(x), slices.Compact(y))
}

func (l *Login) put(w *writer) error {
	if gone, err := absent(l.State); err == nil && !gone && l.User == "" {
		return fmt.Errorf("%w: login %s has no user", ErrInvalid, l.Name)
	}
	return w.plain(semanage.LoginKey(l.Name), l.State, func(have semanage.Record) (semanage.Record, bool) {
		r := semanage.Login{Name: l.Name, User: l.User, Range: l.Range}
		if old, ok := have.(semanage.Login); ok && old.User == r.User && r.Range == "" {
			r.Range = old.Range
		}
		if !w.p.MLS() {
			r.Range = ""
		}
		return r, have == semanage.Record(r)
	})
}

func (f *FileContext) put(w *writer) error {
	files, ok := semanage.FileKind(f.Files)
	if !ok {
		return fmt.Errorf("%w: %q is not a kind of files: a, f, d, c, b, s, l or p", ErrInvalid, f.Files)
	}
	if gone, err := absent(f.State); err == nil && !gone && f.Type == "" {
		return fmt.Errorf("%w: the files %s have no type", ErrInvalid, f.Path)
	}
	k := semanage.FileContextKey{Path: f.Path, Files: files}
	return w.plain(k, f.State, func(have semanage.Record) (semanage.Record, bool) {
		r := semanage.FileContext{Path: f.Path, Files: files}
		if f.Type != noLabel {
			r.Context = semanage.Context{User: f.User, Role: "object_r", Type: w.typeName(f.Type), Range: f.Range}
			if r.Context.User == "" {
				r.Context.User = systemUser
			}
			old, ok := have.(semanage.FileContext)
			switch {
			case !w.p.MLS():
				r.Context.Range = ""
			case f.Range == "" && ok && old.Context.Range != "":
				r.Context.Range = old.Context.Range
			case f.Range == "":
				r.Context.Range = "s0"
			}
		}
		return r, have == semanage.Record(r)
	})
}

func (e *Equivalence) put(w *writer) error {
	if gone, err := absent(e.State); err == nil && !gone && e.Like == "" {
		return fmt.Errorf("%w: %s has no path that it is like", ErrInvalid, e.Path)
	}
	return w.plain(semanage.EquivalenceKey(e.Path), e.State, func(have semanage.Record) (semanage.Record, bool) {
		r := semanage.Equivalence{Path: e.Path, Like: e.Like}
		return r, have == semanage.Record(r)
	})
}
