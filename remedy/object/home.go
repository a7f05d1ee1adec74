package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// keepsHomeLabel reports whether the object has a label of homes and no path tells that it is elsewhere: there it
// keeps that label, which is for the programs of its owner; but for what is by its name for a service, as mail is, and
// for the images of virtual machines.
func (f *finder) keepsHomeLabel() bool {
	switch f.typeName(f.problem.Target) {
	case "user_home_dir_t", "ssh_home_t":
	case "user_home_t", "admin_home_t":
		if f.problem.Path != "" && strings.HasPrefix(f.typeName(f.problem.Source), "svirt_") {
			return false
		}
		if f.use() != nil || f.problem.Class != "dir" && f.asks("execute", "execute_no_trans") { // see program
			return false
		}
	default:
		return false
	}
	name := f.problem.Path
	return !strings.HasPrefix(name, "/") || InHomes(name)
}

// InHomes reports whether a path is in the homes of users or of root, where distributions have them.
func InHomes(name string) bool {
	for _, dir := range [...]string{"/home", "/root", "/var/home"} {
		if name == dir || strings.HasPrefix(name, dir+"/") {
			return true
		}
	}
	return false
}

// LoginFiles reports whether who may change files with a label can run programs or log in as the users of homes: a
// home itself, in which settings of shells are made, and .ssh.
func LoginFiles(typ string) bool { return typ == "user_home_dir_t" || typ == "ssh_home_t" }

// loginFiles reports whether the subject would change them, or read keys: a rule is never for that.
func (f *finder) loginFiles() bool {
	name := f.typeName(f.problem.Target)
	return IsFile(f.problem.Class) && LoginFiles(name) &&
		(f.changesIt() || name == "ssh_home_t" && f.problem.Class == "file" && f.asks("read", "open"))
}

// servesHomes reports whether booleans are for a service that gives users what is in their homes, as
// samba_enable_home_dirs and ftpd_full_access are, or for one that works on all files. A boolean for pages of users is
// not for their keys.
func (f *finder) servesHomes(bools []policy.BoolSetting) bool {
	return IsVisitor(f.typeName(f.problem.Source)) || slices.ContainsFunc(bools, func(s policy.BoolSetting) bool {
		name := f.p.BoolName(s.Bool)
		return strings.Contains(name, "home") || strings.Contains(name, "export_all") ||
			strings.Contains(name, "full_access")
	})
}
