package object

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/remedy"
)

// alike finds homes that are not below /home: file_contexts has no label for them, or only a general
// one, and has those of homes for the same path below /home. An equivalence of the two directories
// labels all homes in it, those of users to come too.
func (f *finder) alike() {
	if !IsFile(f.problem.Class) || f.problem.Files == nil || !strings.HasPrefix(f.problem.Path, "/") || f.contained() ||
		!f.problem.Lost && !f.general() && !f.ofHome() {
		return
	}
	const homes = "/home"
	if text, _ := f.problem.Files.Wanted(f.problem.Path, f.problem.Class); text != "" {
		if c, err := f.p.ParseContext(text); err == nil && f.typeName(c) != "default_t" && !f.isGeneral(f.typeName(c)) {
			return // the place has a purpose of its own
		}
	}
	for dir, rest := range above(f.problem.Path) {
		if dir == homes || !holdsHomes(dir, rest) {
			continue
		}
		text, from := f.problem.Files.Wanted(homes+rest, f.problem.Class)
		c, err := f.p.ParseContext(text)
		if err != nil || c.Type == f.problem.Target.Type || f.typeName(c) == "default_t" ||
			f.typeName(c) == "home_root_t" {
			continue
		}
		fix := Fix{Kind: Alike, Type: f.typeName(c), From: from, Tree: dir, Like: homes, Works: f.allows(f.d, c),
			Applicability: remedy.Review, Plain: true}
		if ofSystem(dir) { // one home of a service: what else is in that directory is no home
			if !fix.Works {
				return
			}
			fix = Fix{Kind: Relabel, Type: fix.Type, Works: true, Applicability: remedy.Review, Plain: true,
				Homely: true, fits: -3}
		}
		f.fixes = slices.DeleteFunc(f.fixes, func(x Fix) bool { return x.Kind == Restore && !x.Works })
		f.cost(&fix, f.d, c)
		f.fixes = append(f.fixes, fix)
		return
	}
}

// ofHome reports whether the object has a label of a home: a file that was made in one and moved, or made by
// root in a home that file_contexts does not know.
func (f *finder) ofHome() bool {
	name := f.typeName(f.problem.Target)
	return strings.HasSuffix(name, "_home_t") || strings.HasSuffix(name, "_home_dir_t")
}

// ofSystem reports whether a directory is one of the standard ones, which hold other things than homes.
func ofSystem(dir string) bool {
	return slices.Contains([]string{"/srv", "/opt", "/var", "/var/lib", "/var/spool", "/var/www", "/usr", "/usr/local",
		"/etc", "/mnt", "/media", "/run", "/tmp", "/var/tmp"}, dir)
}

// where returns the path of the object; where only its name is known, that of a directory of the root of this name.
func (f *finder) where() string {
	if f.problem.Path == "" && f.problem.Name != "" {
		return "/" + f.problem.Name
	}
	return f.problem.Path
}

// ofAll reports whether a directory holds the files of all services or of the system, so that it keeps its label.
func ofAll(dir string) bool {
	return ofSystem(dir) || dir == "/" || slices.Contains([]string{"/home", "/root", "/boot", "/dev", "/proc", "/sys",
		"/var/log", "/var/cache", "/var/run", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec",
		"/usr/share", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/etc/ssl", "/etc/pki"}, dir)
}

func (f *finder) isGeneral(name string) bool { return slices.Contains(generalTypes[:], name) }

// above yields the directories of a path with what follows each, the outermost first.
func above(name string) func(yield func(dir, rest string) bool) {
	return func(yield func(dir, rest string) bool) {
		for i := 1; i < len(name); i++ {
			if name[i] == '/' && !yield(name[:i], name[i:]) {
				return
			}
		}
	}
}

// holdsHomes reports whether a directory holds homes, by its own name or by what is in a home below
// it: rest is the path from there, /USER and what follows.
func holdsHomes(dir, rest string) bool {
	name := strings.Trim(strings.ToLower(path.Base(dir)), "0123456789")
	if name == "home" || name == "homes" || name == "nfshome" || name == "users" {
		return true
	}
	parts := strings.Split(strings.TrimPrefix(rest, "/"), "/")
	if len(parts) < 3 {
		return false
	}
	return slices.Contains([]string{".ssh", ".config", ".cache", ".local", ".gnupg", "public_html"}, parts[1])
}
