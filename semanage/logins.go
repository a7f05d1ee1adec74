package semanage

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A Login is a line of seusers(5): who gets which SELinux user at login.
type Login struct {
	// Name is a user of the system, a group with % before it, or __default__.
	Name string
	// User is the SELinux user.
	User string
	// Range is the range of levels, "" in a policy without MLS.
	Range string
}

// String returns the line, without newline.
func (l Login) String() string {
	if l.Range == "" {
		return l.Name + ":" + l.User
	}
	return l.Name + ":" + l.User + ":" + l.Range
}

// A LoginKey identifies a [Login]: its name.
type LoginKey string

// Kind returns [Logins].
func (LoginKey) Kind() Kind { return Logins }

func (k LoginKey) String() string { return string(k) }

func (k LoginKey) inPolicy(p *policyNames) (Record, bool) {
	if p.store == nil {
		return nil, false
	}
	list, err := readActive(p.store, "seusers.linked", parseLogins)
	for _, l := range list {
		if err == nil && l.Name == string(k) {
			return l, true
		}
	}
	return nil, false
}

// Kind returns [Logins].
func (Login) Kind() Kind { return Logins }

// Key returns the [LoginKey].
func (l Login) Key() Key { return LoginKey(l.Name) }

func (l Login) check() error {
	switch {
	case l.Name == "" || strings.ContainsAny(l.Name, ":\n\x00") || strings.TrimSpace(l.Name) != l.Name ||
		l.Name[0] == '#':
		return fmt.Errorf("%w: login %q", ErrSyntax, l.Name)
	case strings.ContainsAny(l.Range, blanks+"\x00"):
		return fmt.Errorf("%w: range %q", ErrContext, l.Range)
	}
	return checkWord(l.User, "SELinux user", ':')
}

func (l Login) context() Context             { return Context{} }
func (l Login) withContext(_ Context) Record { return l }

func (l Login) exportLine() string {
	if l.Range == "" {
		return "-a -s " + l.User + " " + l.Name
	}
	return "-a -s " + l.User + " -r '" + l.Range + "' " + l.Name
}

// A userPrefix is a line of libsemanage's users_extra: the role, or part of a type's
// name, that stands for ROLE in the labels of an SELinux user's home directories.
type userPrefix struct {
	User, Prefix string
}

// String returns the line, without newline.
func (p userPrefix) String() string { return "user " + p.User + " prefix " + p.Prefix + ";" }

func parseLogins(name string, text []byte) ([]Login, error) {
	return parseRecords(name, text, (*scanner).login)
}

func parseLogin(s *scanner) (Record, error) {
	l, err := s.login()
	return l, err
}

// login mirrors seuser_parse.
func (s *scanner) login() (Login, error) {
	var l Login
	var err error
	if l.Name, err = s.until(':'); err == nil {
		s.skipSpace()
		err = s.expect(":")
	}
	if err == nil {
		s.skipSpace()
		l.User, err = s.until(':')
	}
	if err != nil {
		return l, err
	}
	s.skipSpace()
	if !s.optional(":") {
		return l, nil
	}
	s.skipSpace()
	if l.Range, err = s.word(' '); err == nil {
		err = s.space()
	}
	return l, err
}

func parsePrefixes(name string, text []byte) ([]userPrefix, error) {
	return parseRecords(name, text, (*scanner).prefix)
}

// prefix mirrors user_extra_parse.
func (s *scanner) prefix() (userPrefix, error) {
	var p userPrefix
	err := s.keyword("user")
	if err == nil {
		p.User, err = s.word(' ')
	}
	if err == nil {
		err = s.space()
	}
	if err == nil {
		err = s.keyword("prefix")
	}
	if err == nil {
		p.Prefix, err = s.until(';')
	}
	if err == nil {
		s.skipSpace()
		err = s.expect(";")
	}
	return p, err
}

// parseRecords reads all records of a file.
func parseRecords[T any](name string, text []byte, one func(*scanner) (T, error)) ([]T, error) {
	if len(text) > maxLocal {
		return nil, fmt.Errorf("%s: %w: larger than %d bytes", name, ErrRange, maxLocal)
	}
	s := scanner{file: name, text: string(text)}
	var list []T
	for {
		s.skipSpace()
		if !s.ok {
			return list, nil
		}
		r, err := one(&s)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
}

// readActive reads and parses a file of the active directory, which need not exist.
func readActive[T any](s *Store, name string, parse func(string, []byte) ([]T, error)) ([]T, error) {
	text, err := s.root.ReadFile(s.activePath(name), sysroot.MaxRecords)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, storeError(err)
	}
	return parse(s.display(s.activePath(name)), text)
}

// checkLogin mirrors what semanage_seuser_validate_local asks of a policy. It takes a range that is backwards, as
// libsemanage does: see checkForwards.
func (p *policyNames) checkLogin(l Login) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("login %s: %w: %s", l.Name, ErrContext, fmt.Sprintf(format, args...))
	}
	u := p.user(l.User)
	switch {
	case u == nil:
		return fail("SELinux user %s is not defined", l.User)
	case l.Range == "":
		return nil
	case !p.db.MLS():
		return fail("a range, but the policy has no MLS: %s", l.Range)
	}
	r, err := p.parseRange(l.Range)
	if err != nil {
		return fmt.Errorf("login %s: %w", l.Name, err)
	}
	if !dominates(r.Low, u.Range.Low) || !dominates(u.Range.High, r.High) {
		return fail("range %s exceeds that of SELinux user %s, %s", l.Range, l.User, p.rangeText(u.Range))
	}
	return nil
}

// checkForwards refuses a range that is backwards, in which nobody can log in. libsemanage takes it, so a store may
// have such a login already: only a new one is held against this. What the policy cannot read is for checkLogin.
func (p *policyNames) checkForwards(l Login) error {
	if l.Range == "" || !p.db.MLS() {
		return nil
	}
	if r, err := p.parseRange(l.Range); err == nil && !dominates(r.High, r.Low) {
		return fmt.Errorf("login %s: %w: range %s is backwards", l.Name, ErrContext, l.Range)
	}
	return nil
}
