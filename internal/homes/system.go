package homes

import (
	"os/exec"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/contextfile"
	"github.com/senet-selinux/senet/internal/sysroot"
)

// A system knows the users of the store's system.
type system struct {
	root sysroot.Root
	// other asks the name service for a user or a group that is not in the files, nil for getent(1)
	// on the running system.
	other func(database, name string) string
}

// An account is a line of passwd(5).
type account struct {
	name     string
	uid, gid uint32
	home     string
	shell    string
}

func (s *system) file(name string) string {
	text, err := s.root.ReadFile(name, sysroot.MaxRecords)
	if err != nil {
		return ""
	}
	return string(text)
}

// accounts lists the users that can be enumerated: those of /etc/passwd, and those that getent(1)
// lists if the running system has other sources.
func (s *system) accounts() []account {
	text := s.file("/etc/passwd")
	if s.others("passwd") {
		if all := s.ask("passwd", ""); all != "" {
			text = all
		}
	}
	var list []account
	for line := range strings.Lines(text) {
		if a, ok := parseAccount(line); ok {
			list = append(list, a)
		}
	}
	return list
}

func parseAccount(line string) (account, bool) {
	f := strings.Split(strings.TrimRight(line, "\n"), ":")
	if len(f) < 7 || f[0] == "" || f[0][0] == '#' || f[0][0] == '+' || f[0][0] == '-' {
		return account{}, false
	}
	uid, err := strconv.ParseUint(f[2], 10, 32)
	gid, errGroup := strconv.ParseUint(f[3], 10, 32)
	if err != nil || errGroup != nil {
		return account{}, false
	}
	return account{f[0], uint32(uid), uint32(gid), f[5], f[6]}, true
}

// account returns the user with a name.
func (s *system) account(name string, known []account) (account, bool) {
	for _, a := range known {
		if a.name == name {
			return a, true
		}
	}
	if !s.others("passwd") {
		return account{}, false
	}
	return parseAccount(s.ask("passwd", name))
}

// group returns the number and the members of a group.
func (s *system) group(name string) (gid uint32, members []string, ok bool) {
	find := func(text string) bool {
		for line := range strings.Lines(text) {
			f := strings.Split(strings.TrimRight(line, "\n"), ":")
			if len(f) < 4 || f[0] != name {
				continue
			}
			n, err := strconv.ParseUint(f[2], 10, 32)
			if err != nil {
				continue
			}
			gid, members = uint32(n), strings.FieldsFunc(f[3], func(r rune) bool { return r == ',' })
			return true
		}
		return false
	}
	if find(s.file("/etc/group")) {
		return gid, members, true
	}
	return gid, members, s.others("group") && find(s.ask("group", name))
}

// others reports whether the running system has more sources for a database than its files and
// sources of system users only.
func (s *system) others(database string) bool {
	if s.other != nil {
		return true
	}
	if !s.root.Live() {
		return false
	}
	for line := range strings.Lines(s.file("/etc/nsswitch.conf")) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), database+":")
		if !ok {
			continue
		}
		for word := range strings.FieldsSeq(rest) {
			if word != "files" && word != "compat" && word != "systemd" && word[0] != '[' {
				return true
			}
		}
	}
	return false
}

// ask runs getent(1).
func (s *system) ask(database, name string) string {
	if s.other != nil {
		return s.other(database, name)
	}
	args := []string{database}
	if name != "" {
		args = append(args, "--", name)
	}
	cmd := exec.Command("/usr/bin/getent", args...)
	out := &contextfile.Limited{Left: sysroot.MaxRecords}
	cmd.Stdout = out
	if cmd.Run() != nil { // also if there is no such name
		return ""
	}
	return out.String()
}

// value returns the value of the first line of a file that begins with a word, as semanage_findval
// does: the text after the separator, or the first word if there is no separator.
func (s *system) value(file, word, separator string) string {
	for line := range strings.Lines(s.file(file)) {
		if !strings.HasPrefix(line, word) {
			continue
		}
		line = strings.TrimSuffix(line, "\n")
		if separator != "" {
			_, after, _ := strings.Cut(line, separator)
			return after
		}
		line = strings.TrimLeft(line, blanks)
		if i := strings.IndexAny(line, blanks); i >= 0 {
			return strings.TrimLeft(line[i:], blanks)
		}
		return ""
	}
	return ""
}

const blanks = "\f\n\r\t\v "

// number reads digits at the beginning as atoi does.
func number(s string) (n uint32) {
	s = strings.TrimLeft(s, blanks)
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1<<28; i++ {
		n = n*10 + uint32(s[i]-'0')
	}
	return n
}

// shells lists the shells of ordinary users.
func (s *system) shells() map[string]bool {
	list := map[string]bool{}
	text, err := s.root.ReadFile("/etc/shells", sysroot.MaxConfig)
	if err != nil {
		for _, name := range []string{
			"/bin/csh", "/bin/tcsh", "/bin/ksh", "/bin/bsh", "/bin/ash", "/usr/bin/ksh", "/usr/bin/pdksh", "/bin/zsh",
			"/bin/sh", "/bin/bash",
		} {
			list[name] = true
		}
		return list
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line != "/sbin/nologin" {
			list[line] = true
		}
	}
	return list
}

// HasUser reports whether a system has a user of that name.
func HasUser(root sysroot.Root, name string) bool {
	s := system{root: root}
	_, ok := s.account(name, s.accounts())
	return ok
}

// HasGroup reports whether a system has a group of that name.
func HasGroup(root sysroot.Root, name string) bool {
	_, _, ok := (&system{root: root}).group(name)
	return ok
}
