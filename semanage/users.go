package semanage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A User is a local record of an SELinux user.
type User struct {
	Name string
	// Roles are the names of its roles, separated by blanks, in the order of the file.
	Roles string
	// Level and Range are those of a policy with MLS, else "".
	Level, Range string
	// Prefix stands for ROLE in the labels of the user's home directories. "" is "user".
	Prefix string

	// extra says that users.local lacks the user, which has a prefix alone.
	extra bool
}

// A UserKey identifies a [User]: its name.
type UserKey string

// The files of local users: one has their roles, the other one their prefixes.
const (
	usersLocal      = "users.local"
	usersExtraLocal = "users_extra.local"
	defaultPrefix   = "user"
)

// Kind returns [Users].
func (UserKey) Kind() Kind { return Users }

func (k UserKey) String() string { return string(k) }

func (k UserKey) inPolicy(p *policyNames) (Record, bool) {
	u := p.user(string(k))
	if u == nil {
		return nil, false
	}
	var prefixes []userPrefix
	if p.store != nil {
		prefixes, _ = readActive(p.store, "users_extra.linked", parsePrefixes)
	}
	return p.userRecord(u, prefixes), true
}

// userRecord returns the record of a policy's user (sepol_user_to_record).
func (p *policyNames) userRecord(u *policydb.User, prefixes []userPrefix) User {
	out := User{Name: u.Name, Prefix: defaultPrefix}
	var roles []string
	for bit := range u.Roles.All() {
		for i := range p.db.Roles.Items {
			if r := &p.db.Roles.Items[i]; r.Value == bit+1 {
				roles = append(roles, r.Name)
			}
		}
	}
	out.Roles = strings.Join(roles, " ")
	if p.db.MLS() {
		out.Level, out.Range = p.levelText(u.DefaultLevel), p.rangeText(u.Range)
	}
	for _, prefix := range prefixes {
		if prefix.User == u.Name {
			out.Prefix = prefix.Prefix
		}
	}
	return out
}

// Kind returns [Users].
func (User) Kind() Kind { return Users }

// Key returns the [UserKey].
func (u User) Key() Key { return UserKey(u.Name) }

// String returns the lines of users.local and of users_extra.local.
func (u User) String() string { return u.base() + "\n" + u.prefix().String() }

// base returns the line of users.local.
func (u User) base() string {
	var b strings.Builder
	b.WriteString("user " + u.Name + " roles { ")
	for role := range strings.FieldsSeq(u.Roles) {
		b.WriteString(role + " ")
	}
	b.WriteString("} ")
	if u.Level != "" && u.Range != "" {
		b.WriteString("level " + u.Level + " range " + u.Range)
	}
	return b.String() + ";"
}

func (u User) prefix() userPrefix {
	if u.Prefix == "" {
		return userPrefix{u.Name, defaultPrefix}
	}
	return userPrefix{u.Name, u.Prefix}
}

func (u User) check() error {
	for role := range strings.FieldsSeq(u.Roles) {
		if err := checkWord(role, "role", 0); err != nil {
			return err
		}
	}
	switch {
	case strings.ContainsAny(u.Name+u.Roles, ";{}:"):
		return fmt.Errorf("%w: user %q with roles %q", ErrSyntax, u.Name, u.Roles)
	case strings.ContainsAny(u.Prefix, ";\n\x00") || strings.TrimSpace(u.Prefix) != u.Prefix:
		return fmt.Errorf("%w: prefix %q", ErrSyntax, u.Prefix)
	case strings.ContainsAny(u.Level+u.Range, blanks+";\x00") || (u.Level == "") != (u.Range == ""):
		return fmt.Errorf("%w: level %q and range %q", ErrContext, u.Level, u.Range)
	}
	return checkWord(u.Name, "SELinux user", 0)
}

func (u User) context() Context             { return Context{} }
func (u User) withContext(_ Context) Record { return u }

// exportLine leaves the prefix out, as semanage does.
func (u User) exportLine() string {
	if u.Level == "" && u.Range == "" {
		return "-a -R '" + u.Roles + "' " + u.Name
	}
	return "-a -L " + u.Level + " -r " + u.Range + " -R '" + u.Roles + "' " + u.Name
}

// complete fills in what a user leaves open.
func (u User) complete(mls bool) User {
	u.Roles = joinRoles(strings.Fields(u.Roles))
	if u.Prefix == "" {
		u.Prefix = defaultPrefix
	}
	u.extra = false
	switch {
	case !mls:
		u.Level, u.Range = "", ""
	case u.Level == "":
		u.Level = "s0"
	}
	if mls && u.Range == "" {
		u.Range = "s0"
	}
	return u
}

// joinRoles joins roles, each once: sepol_user_add_role adds none that the user has.
func joinRoles(roles []string) string {
	var once []string
	for _, role := range roles {
		if !slices.Contains(once, role) {
			once = append(once, role)
		}
	}
	return strings.Join(once, " ")
}

// parseUsers reads the two files of local users, and joins them: a user of one alone is
// one too. names are for errors.
func parseUsers(names [2]string, base, extra []byte) ([]Record, error) {
	list, err := parseRecords(names[0], base, (*scanner).user)
	if err != nil {
		return nil, err
	}
	prefixes, err := parsePrefixes(names[1], extra)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(list))
	for i := range list {
		list[i].Prefix = defaultPrefix
		at[list[i].Name] = i
	}
	for _, p := range prefixes {
		i, ok := at[p.User]
		if !ok {
			i = len(list)
			at[p.User] = i
			list = append(list, User{Name: p.User, extra: true})
		}
		list[i].Prefix = p.Prefix
	}
	out := make([]Record, len(list))
	for i, u := range list {
		out[i] = u
	}
	return out, nil
}

// parseUser reads the lines of [User.String].
func parseUser(s *scanner) (Record, error) {
	u, err := s.user()
	if err != nil {
		return nil, err
	}
	u.Prefix = defaultPrefix
	s.skipSpace()
	if s.ok {
		if words := strings.Fields(s.rest); len(words) > 2 && words[2] == "prefix" && words[1] == u.Name {
			p, err := s.prefix()
			u.Prefix = p.Prefix
			return u, err
		}
	}
	return u, nil
}

// user mirrors user_base_parse.
func (s *scanner) user() (User, error) {
	var u User
	err := s.keyword("user")
	if err == nil {
		u.Name, err = s.word(' ')
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
	roles, ended, err := s.userRoles()
	u.Roles = joinRoles(roles)
	if err != nil || ended {
		return u, err
	}
	s.skipSpace()
	if s.optional("level") {
		if err = s.space(); err == nil {
			u.Level, err = s.word(' ')
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
		u.Range, s.rest = s.rest[:end], s.rest[end:]
	}
	s.skipSpace()
	return u, s.expect(";")
}

// userRoles reads one role, or a list in braces. It reports whether a semicolon
// ended the record.
func (s *scanner) userRoles() (roles []string, ended bool, err error) {
	list := s.optional("{")
	for {
		s.skipSpace()
		if !s.ok {
			return nil, false, s.fail("unexpected end of file")
		}
		n := strings.IndexAny(s.rest, ";}"+blanks)
		if n < 0 {
			n = len(s.rest)
		}
		if n > 0 {
			roles = append(roles, s.rest[:n])
		}
		s.rest = s.rest[n:]
		s.skipSpace()
		switch {
		case s.optional(";"):
			if list {
				return nil, false, s.fail("a semicolon within the list of roles")
			}
			return roles, true, nil
		case s.optional("}"):
			if !list {
				return nil, false, s.fail("a brace without a list")
			}
			return roles, false, nil
		case !list || n == 0:
			return roles, false, nil
		}
	}
}

// sortUsers orders users as libsemanage does before it changes one: it joins the two
// files by name. All then are in both.
func sortUsers(list []Record) []Record {
	list = slices.Clone(list)
	for i, r := range list {
		u := r.(User)
		u.extra = false
		list[i] = u
	}
	slices.SortStableFunc(list, func(a, b Record) int { return strings.Compare(a.(User).Name, b.(User).Name) })
	return list
}

// formatUsers returns the two files of local users.
func formatUsers(list []Record) (base, extra []byte) {
	base, extra = []byte(header), []byte(header)
	for _, r := range list {
		u := r.(User)
		base = append(append(base, u.base()...), '\n')
		extra = append(append(extra, u.prefix().String()...), '\n')
	}
	return base, extra
}

// mergeUsers puts the users into the policy as sepol_user_modify does: a user
// the policy has keeps its value and loses all else. The symbol table comes out
// in no particular order; Canonical sorts it.
func mergeUsers(db *policydb.Policy, users []Record) error {
	names := &policyNames{db: db}
	cloned := false
	for _, r := range users {
		u := r.(User)
		if u.extra {
			continue
		}
		if !cloned {
			db.Users.Items, cloned = slices.Clone(db.Users.Items), true
		}
		user, err := names.makeUser(u)
		if err != nil {
			return &RecordError{Op: "merge", Key: u.Key(), Err: err}
		}
		if old := names.user(u.Name); old != nil {
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

// makeUser makes the policy's form of a user, without a value.
func (p *policyNames) makeUser(u User) (policydb.User, error) {
	user := policydb.User{Name: u.Name}
	for name := range strings.FieldsSeq(u.Roles) {
		role := p.role(name)
		if role == nil {
			return user, fmt.Errorf("%w: role %s is not defined", ErrContext, name)
		}
		for bit := range role.Dominates.All() {
			user.Roles = user.Roles.With(bit)
		}
	}
	if !p.db.MLS() {
		if u.Level != "" || u.Range != "" {
			return user, fmt.Errorf("%w: a level and a range, but the policy has no MLS", ErrContext)
		}
		return user, nil
	}
	if u.Level == "" && u.Range == "" {
		return user, fmt.Errorf("%w: the policy has MLS, the user no level and no range", ErrContext)
	}
	level, err := p.parseRange(u.Level)
	user.DefaultLevel = level.Low
	var errRange error
	user.Range, errRange = p.parseRange(u.Range)
	return user, errors.Join(err, errRange)
}
