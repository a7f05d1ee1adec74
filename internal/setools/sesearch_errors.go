package setools

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// searchFailure turns an error of a search into an *Exit with SETools' text.
func searchFailure(err error) error {
	var u *query.UnknownError
	if !errors.As(err, &u) {
		return err
	}
	names := argparse.Printable(strings.Join(u.Names, ", "))
	switch {
	case u.Kind == query.NamePerm && len(u.Classes) > 0:
		return failure("Permission(s) do not exist in the specified classes: " + names)
	case u.Kind == query.NamePerm:
		return failure("Permission(s) do not exist any class: " + names)
	case u.Kind == query.NameType:
		return failure(names + " is not a valid type attribute")
	case u.Kind == query.NameBool:
		return failure(names + " is not a valid Boolean")
	}
	return failure(names + " is not a valid " + u.Kind.String())
}

// hint returns a line with names that resemble an unknown name, "" if there are none.
func (s *searcher) hint(err error) string {
	var u *query.UnknownError
	if !errors.As(err, &u) || u.Names[0] == "" {
		return ""
	}
	nearest := policy.Nearest(u.Names[0], s.namesLike(u), 3)
	if len(nearest) == 0 {
		return ""
	}
	return "senet: did you mean " + strings.Join(nearest, ", ") + "?\n"
}

// namesLike yields the names that could have stood in place of an unknown one.
func (s *searcher) namesLike(u *query.UnknownError) iter.Seq[string] {
	db := s.p.DB()
	return func(yield func(string) bool) {
		switch u.Kind {
		case query.NameType:
			for i := range db.Types.Items {
				if !yield(db.Types.Items[i].Name) {
					return
				}
			}
		case query.NameClass:
			for i := range db.Classes.Items {
				if !yield(db.Classes.Items[i].Name) {
					return
				}
			}
		case query.NameBool:
			for i := range db.Bools.Items {
				if !yield(db.Bools.Items[i].Name) {
					return
				}
			}
		case query.NameRole:
			for i := range db.Roles.Items {
				if !yield(db.Roles.Items[i].Name) {
					return
				}
			}
		case query.NamePerm:
			s.permsOf(u.Classes)(yield)
		}
	}
}

// permsOf yields the permissions of the classes, or of all classes if the list is empty.
func (s *searcher) permsOf(classes []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range s.p.Classes() {
			if len(classes) > 0 && !slices.Contains(classes, s.p.ClassName(id)) {
				continue
			}
			for _, perm := range s.p.Perms(id) {
				if perm != "" && !yield(perm) {
					return
				}
			}
		}
	}
}
