// Package homes makes a policy's file_contexts.homedirs: the labels of home directories, for each
// directory of homes and for each login with its own SELinux user. It mirrors
// semanage_genhomedircon of libsemanage.
package homes

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/contextfile"
	"github.com/senet-selinux/senet/internal/sysroot"
)

// ErrContexts is wrapped by all errors.
var ErrContexts = contextfile.ErrContexts

// A Policy answers questions about a policy.
type Policy interface {
	MLS() bool
	// Valid reports whether the policy accepts a context.
	Valid(context string) bool
	// Level returns the login level of an SELinux user, "" if there is none.
	Level(user string) string
	// HasRole reports whether an SELinux user has a role.
	HasRole(user, role string) bool
}

// A Login maps a user, a group with % before it, or __default__ to an SELinux user.
type Login struct{ Name, User string }

// An Input holds the sources of the file of home directories.
type Input struct {
	Policy   Policy
	Logins   []Login           // from seusers, in its order
	Prefixes map[string]string // from users_extra, by SELinux user
	Contexts []byte            // the policy's file_contexts
	Template []byte            // homedir_template
	// UsePasswd and IgnoreDirs are settings of semanage.conf.
	UsePasswd  bool
	IgnoreDirs []string
	Root       sysroot.Root // the system that has the users
}

// Make returns the file, and warnings about users and homes that it skipped.
func Make(in Input) (text []byte, said []string, err error) {
	h := &homes{Input: in, system: system{root: in.Root}}
	text, err = h.text()
	return text, h.said, err
}

type homes struct {
	Input
	system   system
	out      strings.Builder
	accounts []account
	said     []string // warnings
}

const homesHeader = "#\n#\n# User-specific file contexts, generated via libsemanage\n" +
	"# use semanage command to manage system users to change the file_context\n#\n#\n"

// The placeholders of the template.
const (
	wordRoot     = "HOME_ROOT"
	wordDir      = "HOME_DIR"
	wordRole     = "ROLE"
	wordUser     = "USER"
	wordUserName = "%{USERNAME}"
	wordUserID   = "%{USERID}"
)

// A homeUser is an owner of a labelled home: a login, or everybody without a mapping.
type homeUser struct {
	name, id string
	login    string // the name in the mapping
	seuser   string
	prefix   string
	level    string
	role     string // "" for the role of the template
	home     string
}

// anybody matches the names of users without a mapping.
const anybody = "[^/]+"

// text returns the file.
func (h *homes) text() ([]byte, error) {
	dir := h.lines(func(l string) bool { return strings.HasPrefix(l, wordDir) })
	root := h.lines(func(l string) bool { return strings.HasPrefix(l, wordRoot) })
	named := h.lines(hasUserName)
	user := h.lines(func(l string) bool { return !hasUserName(l) && strings.Contains(l, wordUser) })
	if len(dir)+len(root)+len(named)+len(user) == 0 {
		return []byte{}, nil
	}
	h.out.WriteString(homesHeader)
	fallback := h.fallback()
	h.accounts = h.system.accounts()
	if len(dir)+len(root) > 0 {
		for _, at := range h.roots() {
			fallback.home = at + "/" + anybody
			if err := h.home(dir, fallback); err != nil {
				return nil, err
			}
			h.root(root, at)
		}
	}
	if len(named)+len(user) == 0 {
		return []byte(h.out.String()), nil
	}
	users, err := h.users()
	if err != nil {
		return nil, err
	}
	if err := h.user(named, user, fallback); err != nil {
		return nil, err
	}
	for _, u := range slices.Backward(users) {
		if err := h.home(dir, u); err != nil {
			return nil, err
		}
		if err := h.user(named, user, u); err != nil {
			return nil, err
		}
	}
	return []byte(h.out.String()), nil
}

func hasUserName(line string) bool {
	return strings.Contains(line, wordUserName) || strings.Contains(line, wordUserID)
}

// lines returns the template lines of one kind.
func (h *homes) lines(is func(string) bool) []string {
	var list []string
	for line := range strings.Lines(string(h.Template)) {
		if is(line) {
			list = append(list, strings.TrimSuffix(line, "\n"))
		}
	}
	return list
}

// fallback returns the homeUser for everybody without a mapping.
func (h *homes) fallback() homeUser {
	u := homeUser{name: anybody, id: "[0-9]+", login: anybody, seuser: "user_u", prefix: "user", level: "s0"}
	for _, l := range h.Logins {
		if l.Name == "__default__" {
			h.fill(&u, l.User)
			break
		}
	}
	return u
}

// fill sets the fields that depend on the SELinux user.
func (h *homes) fill(u *homeUser, seuser string) {
	u.seuser, u.prefix, u.role = seuser, "user", ""
	if p, ok := h.Prefixes[seuser]; ok {
		u.prefix = p
	}
	if u.level = h.Policy.Level(seuser); u.level == "" {
		u.level = "s0"
	}
	if u.prefix == "object_r" || h.Policy.HasRole(seuser, u.prefix) {
		u.role = u.prefix
	}
}

// users lists the logins with a mapping, users by name first, then groups.
func (h *homes) users() ([]homeUser, error) {
	others := func(l Login) bool { return l.Name == "__default__" }
	logins := slices.DeleteFunc(slices.Clone(h.Logins), others)
	slices.SortStableFunc(logins, func(a, b Login) int {
		switch x, y := isGroup(a.Name), isGroup(b.Name); {
		case x && y:
			return 0
		case x:
			return 1
		case y:
			return -1
		}
		return strings.Compare(a.Name, b.Name)
	})
	var list []homeUser
	for _, l := range logins {
		names := []string{l.Name}
		if isGroup(l.Name) {
			var err error
			if names, err = h.members(l.Name[1:]); err != nil {
				return nil, err
			}
		}
		for _, name := range names {
			var err error
			if list, err = h.add(list, name, l); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

func isGroup(name string) bool { return strings.HasPrefix(name, "%") }

// members lists the users of a group; those whose primary group it is come last.
func (h *homes) members(group string) ([]string, error) {
	gid, members, ok := h.system.group(group)
	if !ok {
		return nil, fmt.Errorf("%w: a login names group %s, which does not exist", ErrContexts, group)
	}
	names := slices.Clone(members)
	for _, a := range h.accounts {
		if a.gid == gid && !slices.Contains(members, a.name) {
			names = append(names, a.name)
		}
	}
	return names, nil
}

// add adds a user with a mapping, if the system has the user and a home.
func (h *homes) add(list []homeUser, name string, l Login) ([]homeUser, error) {
	if isGroup(l.Name) {
		// The last one with a name counts, as in a list that grows at its head.
		for _, u := range slices.Backward(list) {
			if u.name != name {
				continue
			}
			if isGroup(u.login) {
				return nil, fmt.Errorf("%w: user %s is mapped to group %s and belongs to group %s too; "+
					"a mapping of the user's own is needed", ErrContexts, name, u.login[1:], l.Name[1:])
			}
			return list, nil
		}
	}
	a, ok := h.system.account(name, h.accounts)
	if !ok {
		h.said = append(h.said, fmt.Sprintf("user %s not in password file", name))
		return list, nil
	}
	home := trimSlashes(a.home)
	if home == "/" || slices.Contains(h.IgnoreDirs, home) {
		return list, nil
	}
	u := homeUser{name: name, id: strconv.FormatUint(uint64(a.uid), 10), login: l.Name, home: home}
	h.fill(&u, l.User)
	return append(list, u), nil
}

// trimSlashes removes slashes from the end of a path, but keeps the first character.
func trimSlashes(s string) string {
	for len(s) > 1 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}

// home writes the labels of one home.
func (h *homes) home(template []string, u homeUser) error {
	name := u.name
	if name == anybody {
		name = "user_u"
	}
	h.out.WriteString("\n\n#\n# Home Context for user " + name + "\n#\n\n")
	return h.labels(template, u, wordDir, u.home, wordRole, u.prefix)
}

// root writes the labels of a directory of homes.
func (h *homes) root(template []string, at string) {
	for _, line := range template {
		h.write(strings.ReplaceAll(line, wordRoot, at))
	}
}

// user writes the labels of a user's files outside of the home.
func (h *homes) user(named, user []string, u homeUser) error {
	if err := h.labels(named, u, wordUserName, u.name, wordUserID, u.id, wordRole, u.prefix); err != nil {
		return err
	}
	return h.labels(user, u, wordUser, u.name, wordRole, u.prefix)
}

// labels writes lines with words replaced, one after the other, and with the user's context.
func (h *homes) labels(template []string, u homeUser, words ...string) error {
	for _, line := range template {
		for i := 0; i < len(words); i += 2 {
			line = strings.ReplaceAll(line, words[i], words[i+1])
		}
		old := lastField(line)
		if old == "" {
			return fmt.Errorf("%w: no context in a line for homes: %q", ErrContexts, line)
		}
		if old != none {
			label, err := h.label(old, u)
			if err != nil {
				return err
			}
			line = strings.Replace(line, old, label, 1)
		}
		h.write(line)
	}
	return nil
}

// label returns a label of the template with the SELinux user, the level and the role of a user.
func (h *homes) label(old string, u homeUser) (string, error) {
	parts := strings.SplitN(old, ":", 4)
	if len(parts) < 3 || len(parts) == 4 && parts[3] == "" {
		return "", fmt.Errorf("%w: %q is not a context", ErrContexts, old)
	}
	parts[0] = u.seuser
	if h.Policy.MLS() {
		parts = append(parts[:3], u.level)
	}
	if u.role != "" {
		parts[1] = u.role
	}
	return strings.Join(parts, ":"), nil
}

const none = "<<none>>"

// write writes a line if its context is valid in the policy.
func (h *homes) write(line string) {
	if c := lastField(line); c == none || c != "" && h.Policy.Valid(c) {
		h.out.WriteString(line + "\n")
	}
}

// lastField returns the last word of a line, "" if it has only one.
func lastField(line string) string {
	line = strings.TrimRight(line, blanks)
	return line[strings.LastIndexAny(line, blanks)+1:]
}

// roots lists the directories that contain homes.
func (h *homes) roots() []string {
	var list []string
	push := func(dir string) {
		if dir != "" && !slices.Contains(list, dir) {
			list = append(list, dir)
		}
	}
	push(h.system.value("/etc/default/useradd", "HOME", "="))
	push(h.system.value("/etc/libuser.conf", "LU_HOMEDIRECTORY", "="))
	if list == nil {
		push("/home")
	}
	if info, err := h.system.root.Stat("/export/home"); err == nil && info.IsDir() {
		push("/export/home")
	}
	if !h.UsePasswd {
		slices.Reverse(list)
		return list
	}
	low, high := h.uids()
	shells := h.system.shells()
	for _, a := range h.accounts {
		home := trimSlashes(a.home)
		if a.uid < low || a.uid > high || !shells[a.shell] || home == "/" ||
			slices.Contains(h.IgnoreDirs, home) ||
			strings.Count(home, "/") <= 1 {
			continue
		}
		above := home[:strings.LastIndexByte(home, '/')]
		if slices.Contains(list, above) {
			continue
		}
		if h.labelled(above) {
			h.said = append(h.said, fmt.Sprintf("home %s of %s, or the directory above it, has a label in the policy; "+
				"an account of the system should have a number below %d or above %d, or the shell /sbin/nologin",
				home, a.name, low, high))
			continue
		}
		push(above)
	}
	slices.Sort(list)
	return list
}

// uids returns the range of the user numbers of ordinary users.
func (h *homes) uids() (low, high uint32) {
	low, high = 500, 60000
	v := h.system.value("/etc/login.defs", "UID_MIN", "")
	if v != "" {
		low = number(v)
	}
	if v := h.system.value("/etc/login.defs", "UID_MAX", ""); v != "" {
		high = number(v)
	}
	if u := h.system.value("/etc/libuser.conf", "LU_UIDNUMBER", "="); u != "" && (v == "" || number(u) < low) {
		low = number(u)
	}
	return low, high
}

// labelled reports whether the policy has its own label for a directory, as fcontext_matches does.
// An expression that Go does not support does not match.
func (h *homes) labelled(dir string) bool {
	for line := range strings.Lines(string(h.Contexts)) {
		expr, kind, _, ok := contextfile.Fields(line)
		if !ok || kind != "" && kind != "-d" {
			continue
		}
		for _, end := range []string{".+", ".*", "(/.*)?", "/"} {
			expr = strings.TrimSuffix(expr, end)
		}
		fixed := expr
		if i := strings.IndexAny(expr, `.^$?*+|[({\`); i >= 0 {
			fixed = expr[:i]
			if i > 0 && strings.IndexByte("?*{|", expr[i]) >= 0 {
				fixed = "" // the character before it is optional
			}
		}
		if i := strings.IndexByte(expr, '|'); i >= 0 && !strings.Contains(expr[:i], "(") {
			fixed = ""
		}
		if !strings.HasPrefix(dir, fixed) {
			continue
		}
		if re, err := regexp.Compile("^" + expr + "/*$"); err == nil && re.MatchString(dir) {
			return true
		}
	}
	return false
}
