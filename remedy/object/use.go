package object

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/subject"
)

// A use is what a file is for by its name and the access.
type use struct {
	fits func(typ string) bool // the types for it
	// dir tells by their names the directories that hold nothing but such files; elsewhere the file alone is one.
	// It is nil where all files of the directory count, as for logs, which are made anew.
	dir func(name string) bool
	// amongData says that it is a log, which may be in a directory with other files.
	amongData bool
	// tree returns the directory that is for this use, with all below it; nil where dir tells.
	tree func() string
}

// use returns what the object is for: mail, logs, and where the present label is that of a place also certificates,
// settings that are only read, and the files of running services; nil where the name tells nothing.
func (f *finder) use() *use {
	target := f.typeName(f.problem.Target)
	switch name := cmp.Or(f.problem.Path, f.problem.Name); {
	case f.mail() != "":
		return &use{fits: f.isMail, tree: f.mail}
	case f.inTree() && f.log(): // it gets the label of the tree
		return nil
	case f.log() && f.logTree() != "":
		return &use{fits: f.isLog, tree: f.logTree}
	case f.log():
		return &use{fits: f.isLog, amongData: true}
	case f.script():
		return &use{fits: is("bin_t"), dir: is("")}
	case f.certificate():
		return &use{fits: is("cert_t"), dir: func(dir string) bool {
			return dir == "tls" || dir == "ssl" || strings.Contains(dir, "cert")
		}}
	case f.problem.Class == "file" && (target == "var_run_t" || target == "runtime_t"):
		return &use{fits: func(typ string) bool { return inRun(typ) && f.own(typ) }, dir: is("")}
	case f.problem.Class != "file" && f.problem.Class != "dir" || !f.problem.Lost && !f.general():
	case path.Ext(name) == ".pid":
		// What starts daemons reads the process ids of all of them.
		own := !subject.IsLeftover(f.typeName(f.problem.Source))
		return &use{fits: func(typ string) bool {
			return typ == "var_run_t" || typ == "runtime_t" || own && inRun(typ) && f.own(typ)
		}, dir: is("run")}
	case ofSettings(name) && !slices.ContainsFunc(f.problem.Perms, func(perm string) bool {
		return !slices.Contains([]string{"read", "open", "getattr", "map", "lock", "ioctl", "search"}, perm)
	}):
		return &use{fits: func(typ string) bool {
			return IsSettings(typ) && (f.own(typ) || typ == "etc_t")
		}, dir: is(settingsDirs()...)}
	}
	return nil
}

// files returns the pattern of the logs in a directory of the service's other data, to follow the directory; "" where
// all files of the directory have the use, or none but the one.
func (u *use) files(name string) string {
	if !u.amongData || path.Ext(name) != ".log" || namesLog(path.Dir(name)) {
		return ""
	}
	return `/[^/]*\.log.*`
}

// alone reports whether only the file at a path is of that use, and not all in its directory.
func (u *use) alone(name string) bool {
	return u.dir != nil && !slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(dir string) bool {
		return dir != "" && u.dir(dir)
	})
}

// is returns the test for one of the names.
func is(names ...string) func(name string) bool {
	return func(name string) bool { return slices.Contains(names, name) }
}

func settingsDirs() []string { return []string{"etc", "conf", "conf.d", "config"} }

// script reports whether a program of another service reads a script: the object is called as one, and has the
// label of data that is not the subject's.
func (f *finder) script() bool {
	target := f.typeName(f.problem.Target)
	if f.problem.Class != "file" || !holdsData(target) || f.own(target) || f.changesIt() {
		return false
	}
	switch path.Ext(cmp.Or(f.problem.Path, f.problem.Name)) {
	case ".sh", ".pl", ".py":
		return true
	}
	return false
}

// certificate reports whether the object is a certificate by its name, with the label of a place or of settings.
func (f *finder) certificate() bool {
	return (f.problem.Lost || f.general() || f.typeName(f.problem.Target) == "etc_t") && f.calledCertificate() &&
		path.Ext(cmp.Or(f.problem.Path, f.problem.Name)) != ".key"
}

// ofSettings reports whether a path or a name is that of settings.
func ofSettings(name string) bool {
	switch path.Ext(name) {
	case ".conf", ".cnf", ".cfg", ".ini":
		return true
	}
	dirs := strings.Split(path.Dir(name), "/")
	return slices.ContainsFunc(dirs, func(dir string) bool {
		return slices.Contains(settingsDirs(), dir)
	})
}
