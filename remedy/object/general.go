package object

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// generalTypes are labels of places that everybody uses, by the names that the reference
// policy and Fedora's give them: what has one may be anybody's. Those of /tmp are not
// among them, since a label that file_contexts give does not last there.
var generalTypes = [...]string{
	"user_home_t", "user_home_dir_t", "home_root_t", "var_t", "var_run_t", "runtime_t",
	"var_lib_t", "var_spool_t", "var_log_t", "var_cache_t", "mnt_t", "root_t", "srv_t",
}

// general reports whether the object is a file with a label of a place that everybody
// uses, and more than a way through a directory was asked for.
func (f *finder) general() bool {
	if !IsFile(f.problem.Class) || !slices.Contains(generalTypes[:], f.typeName(f.problem.Target)) {
		return false
	}
	return f.problem.Class != "dir" || slices.ContainsFunc(f.problem.Perms, func(perm string) bool {
		return perm != "search" && perm != "getattr" && perm != "open"
	})
}

// leftover returns the type of a daemon that was left in the domain of what started it:
// the subject's, or that of who made a socket or sent a message; "" where it is none.
func (f *finder) leftover() string {
	switch f.problem.Class {
	case "unix_stream_socket", "unix_dgram_socket", "dbus", "fd":
	default:
		return ""
	}
	for _, c := range []policy.Context{f.problem.Target, f.problem.Source} {
		if name := f.typeName(c); name != "init_t" && subject.IsLeftover(name) { // that is systemd
			return name
		}
	}
	return ""
}

// inRun reports whether a type is named for what a service has in /run.
func inRun(typ string) bool {
	name := strings.TrimSuffix(typ, "_t")
	return strings.HasSuffix(name, "_var_run") || strings.HasSuffix(name, "_runtime")
}

// withdraw takes a rule back that would open all of a place, where another fix is offered.
func (f *finder) withdraw() {
	other := slices.ContainsFunc(f.fixes, func(x Fix) bool {
		return x.Kind != Rule && x.Works && x.Applicability != remedy.Never && (x.Kind != Relabel || x.Plain)
	})
	for i := range f.fixes {
		if f.fixes[i].Kind == Rule && (f.general() && other || f.leftover() != "") {
			f.fixes[i].Applicability = remedy.Never
		}
	}
}
