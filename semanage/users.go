package semanage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A localUser is a record of users.local, which is merged and never changed
// here.
type localUser struct {
	name       string
	roles      []string
	level, rng string
}

// parseUsers mirrors user_base_parse.
func parseUsers(name string, text []byte) ([]localUser, error) {
	if len(text) > maxLocal {
		return nil, fmt.Errorf("%s: %w: larger than %d bytes", name, ErrRange, maxLocal)
	}
	s := scanner{file: name, text: string(text)}
	var list []localUser
	for {
		s.skipSpace()
		if !s.ok {
			return list, nil
		}
		u, err := s.user()
		if err != nil {
			return nil, err
		}
		list = append(list, u)
	}
}

func (s *scanner) user() (localUser, error) {
	var u localUser
	err := s.keyword("user")
	if err == nil {
		u.name, err = s.word(' ')
	}
	if err == nil {
		err = s.space()
	}
	if err == nil {
		err = s.keyword("roles")
	}
	if err != nil {
		return u, err
	}
	ended, err := s.userRoles(&u)
	if err != nil || ended {
		return u, err
	}
	s.skipSpace()
	if s.optional("level") {
		if err = s.space(); err == nil {
			u.level, err = s.word(' ')
		}
		if err == nil {
			err = s.space()
		}
		if err == nil {
			err = s.keyword("range")
		}
		if err != nil {
			return u, err
		}
		end := strings.IndexByte(s.rest, ';')
		if !s.ok || end <= 0 {
			return u, s.fail("expected a range and a semicolon")
		}
		u.rng, s.rest = s.rest[:end], s.rest[end:]
	}
	s.skipSpace()
	return u, s.expect(";")
}

// userRoles reads one role, or a list in braces. It reports whether a semicolon
// ended the record.
func (s *scanner) userRoles(u *localUser) (ended bool, err error) {
	list := s.optional("{")
	for {
		s.skipSpace()
		if !s.ok {
			return false, s.fail("unexpected end of file")
		}
		n := strings.IndexAny(s.rest, ";}"+blanks)
		if n < 0 {
			n = len(s.rest)
		}
		if n > 0 {
			u.roles = append(u.roles, s.rest[:n])
		}
		s.rest = s.rest[n:]
		s.skipSpace()
		switch {
		case s.optional(";"):
			if list {
				return false, s.fail("a semicolon within the list of roles")
			}
			return true, nil
		case s.optional("}"):
			if !list {
				return false, s.fail("a brace without a list")
			}
			return false, nil
		case !list || n == 0:
			return false, nil
		}
	}
}

// mergeUsers puts the users into the policy as sepol_user_modify does: a user
// the policy has keeps its value and loses all else. The symbol table comes out
// in no particular order; Canonical sorts it.
func mergeUsers(db *policydb.Policy, users []localUser) error {
	if len(users) == 0 {
		return nil
	}
	names := &policyNames{db}
	db.Users.Items = slices.Clone(db.Users.Items)
	for _, u := range users {
		user := policydb.User{Name: u.name}
		for _, name := range u.roles {
			role := names.role(name)
			if role == nil {
				return fmt.Errorf("user %s: %w: role %s is not defined", u.name, ErrContext, name)
			}
			for bit := range role.Dominates.All() {
				user.Roles = user.Roles.With(bit)
			}
		}
		if (u.level != "" || u.rng != "") != db.MLS() {
			return fmt.Errorf("user %s: %w: a level and a range belong to a policy with MLS", u.name, ErrContext)
		}
		if db.MLS() {
			level, err := names.parseRange(u.level)
			if err != nil {
				return fmt.Errorf("user %s: %w", u.name, err)
			}
			if user.Range, err = names.parseRange(u.rng); err != nil {
				return fmt.Errorf("user %s: %w", u.name, err)
			}
			user.DefaultLevel = level.Low
		}
		if old := names.user(u.name); old != nil {
			user.Value = old.Value
			*old = user
			continue
		}
		db.Users.NPrim++
		user.Value = db.Users.NPrim
		db.Users.Items = append(db.Users.Items, user)
	}
	return nil
}
