package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// generalTypes are labels of shared places, by their names in the reference policy and in Fedora's:
// a file with such a label can belong to any program. The types of /tmp are not among them, since a
// label from file_contexts does not last there.
var generalTypes = [...]string{
	"user_home_t", "user_home_dir_t", "home_root_t", "var_t", "var_run_t", "runtime_t",
	"var_lib_t", "var_spool_t", "var_log_t", "var_cache_t", "mnt_t", "root_t", "srv_t",
}

// IsPlace reports whether a type is the label of a shared place, such as var_lib_t: a file with it can belong to any
// program.
func IsPlace(typ string) bool { return slices.Contains(generalTypes[:], typ) }

// general reports whether the object is a file with the label of a shared place, and the access is
// more than a search of a directory.
func (f *finder) general() bool {
	name := f.typeName(f.problem.Target)
	// What is installed is for all to read; what a service writes there is its own.
	if !IsFile(f.problem.Class) || !slices.Contains(generalTypes[:], name) && !(f.installed(name) && f.changesIt()) {
		return false
	}
	return f.problem.Class != "dir" || slices.ContainsFunc(f.problem.Perms, func(perm string) bool {
		return perm != "search" && perm != "getattr" && perm != "open"
	})
}

// installed reports whether a type is that of what is installed: in /usr, and in directories etc elsewhere, as in /opt.
func (f *finder) installed(typ string) bool {
	return typ == "usr_t" || typ == "etc_t" && strings.HasPrefix(f.problem.Path, "/") &&
		!strings.HasPrefix(f.problem.Path, "/etc/") && !strings.HasPrefix(f.problem.Path, "/usr/")
}

// shared reports whether the object has the label of a place that holds the files of any program, or of what is
// installed for all: a rule would be for all of them. To look at a file or to list a directory opens no
// file.
func (f *finder) shared() bool {
	switch f.problem.Class {
	case "file", "lnk_file", "sock_file":
		if f.onlyLooks() {
			return false
		}
	case "dir":
		if !f.changesIt() {
			return false
		}
	default:
		return false
	}
	switch name := f.typeName(f.problem.Target); name {
	case "etc_t", "usr_t", "lib_t", "bin_t":
		return f.changesIt()
	case "user_tmp_t": // the label of sockets of a user's session, too
		return !strings.HasPrefix(f.problem.Path, "/run/user/")
	case "tmp_t", "admin_home_t":
		return true
	case "user_home_t", "user_home_dir_t", "home_root_t": // see home
		return false
	default:
		return IsPlace(name)
	}
}

// onlyLooks reports whether the access reads no content: the attributes of a file, or the way through a
// directory.
func (f *finder) onlyLooks() bool {
	return !slices.ContainsFunc(f.problem.Perms, func(perm string) bool {
		return perm != "getattr" && perm != "search"
	})
}

// asks reports whether one of the permissions is asked for.
func (f *finder) asks(perms ...string) bool {
	return slices.ContainsFunc(perms, func(perm string) bool { return slices.Contains(f.problem.Perms, perm) })
}

// home reports whether the object has a general label of home directories.
func (f *finder) home() bool {
	switch f.typeName(f.problem.Target) {
	case "user_home_t", "user_home_dir_t", "home_root_t":
		return true
	}
	return false
}

// leftover returns the type of a daemon that stayed in the domain of its starter: the subject, or
// the process that made a socket or sent a message; "" if there is none.
func (f *finder) leftover() string {
	if f.problem.Leftover != "" {
		return f.problem.Leftover
	}
	ends := []policy.Context{f.problem.Source}
	switch f.problem.Class {
	case "unix_stream_socket", "unix_dgram_socket", "dbus", "fd":
		ends = append(ends, f.problem.Target)
	case "process":
		if f.asks("signal", "sigkill", "sigstop") {
			ends = append(ends, f.problem.Target)
		}
	}
	for _, c := range ends {
		if name := f.typeName(c); name != "init_t" && subject.IsLeftover(name) { // init_t is systemd itself
			return name
		}
	}
	return ""
}

// inRun reports whether a type is named after files of a service in /run.
func inRun(typ string) bool {
	name := strings.TrimSuffix(typ, "_t")
	return strings.HasSuffix(name, "_var_run") || strings.HasSuffix(name, "_runtime")
}

// widens reports whether a fix adds allow rules.
func widens(f *Fix) bool { return f.Kind == Rule || f.Kind == Interfaces }

// withdraw marks fixes that are never to be applied: a rule that would open all homes, or another
// shared place although there is another fix; a rule if the cause is something else, or another fix
// is for exactly this access; and booleans for all daemons that stayed in the domain of their
// starter, or for an access that is not needed.
func (f *finder) withdraw(r *Result) {
	other := slices.ContainsFunc(f.fixes, func(x Fix) bool {
		return !widens(&x) && x.Works && x.Applicability != remedy.Never && (x.Kind != Relabel || x.Plain)
	})
	settled := r.Leftover != "" || r.Become != 0 || r.Foreign || r.OtherDomains || f.problem.Sealed ||
		f.problem.Needless ||
		f.problem.Harmless || f.problem.HostSocket || f.problem.Settled ||
		slices.ContainsFunc(f.fixes, func(x Fix) bool { return x.Kind == Volume || x.insteadOfRule })
	for i := range f.fixes {
		if f.fixes[i].Kind == Boolean && (r.Leftover != "" || f.problem.Needless || f.problem.Settled) {
			f.fixes[i].Applicability = remedy.Never
		}
		if f.fixes[i].Kind == Boolean && f.fixes[i].opens > manyTypes && f.shared() && f.changesIt() &&
			!IsPlace(f.typeName(f.problem.Target)) { // settings, programs and what is in /tmp, of the whole system
			f.fixes[i].Applicability = remedy.Never
		}
		if f.fixes[i].Kind == Boolean && f.typeName(f.problem.Target) == "ssh_home_t" && f.loginFiles() &&
			!f.servesHomes(f.fixes[i].Bools) {
			f.fixes[i].Applicability = remedy.Never
		}
		if widens(&f.fixes[i]) && (f.shared() || f.ownSettings() || f.general() && (other || f.home()) || settled ||
			f.loginFiles()) {
			f.fixes[i].Applicability = remedy.Never
		}
	}
}
