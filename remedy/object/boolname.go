package object

import (
	"slices"
	"strings"
)

// named reports whether a boolean is called after the subject's service; those of virtual machines, svirt_t, are
// called as libvirt's.
func (f *finder) named(boolean string) bool {
	return f.own(boolean) ||
		strings.HasPrefix(f.typeName(f.problem.Source), "svirt") && strings.HasPrefix(boolean, "virt_")
}

// fileSystem says how well the name of a boolean fits a file system that gives the object its label, the lower the
// better: httpd_use_nfs for httpd_t and nfs_t, then use_nfs_home_dirs, then git_system_use_nfs; 0 for a name without
// the file system. Linux calls Samba's cifs.
func (f *finder) fileSystem(boolean string) int {
	if !f.keepsNoLabels() || !IsFile(f.problem.Class) {
		return 0
	}
	words := strings.Split(boolean, "_")
	name := strings.TrimSuffix(f.typeName(f.problem.Target), "_t")
	switch {
	case !slices.Contains(words, name) && (name != "cifs" || !slices.Contains(words, "samba")):
		return 0
	case f.named(boolean):
		return -3
	case f.ofOther(boolean):
		return -1
	}
	return -2
}

// beside reports whether the name of a boolean says that it is for something else than the object: for homes, where
// the object has the label of another place, or for directories of which each user sees another one.
func (f *finder) beside(boolean string) bool {
	if strings.HasPrefix(boolean, "polyinstantiation") {
		return true
	}
	target := f.typeName(f.problem.Target)
	return (strings.Contains(boolean, "home_dir") || strings.Contains(boolean, "homedir")) && !f.home() &&
		(IsPlace(target) || slices.Contains([]string{"tmp_t", "default_t", "etc_t", "usr_t"}, target))
}
