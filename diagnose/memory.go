package diagnose

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// InMemory reports whether a path is that of memory that a program made itself, with memfd_create, shmget or mmap
// (MAP_ANONYMOUS with MAP_SHARED or MAP_HUGETLB), and of no file that could be labelled.
func InMemory(name string) bool {
	return strings.HasPrefix(name, "/memfd:") || strings.HasPrefix(name, "/SYSV") || hugePage(name) ||
		name == "/dev/zero (deleted)"
}

// hugePage reports whether a path is that of anonymous memory of huge pages, as hugetlb_file_setup names it.
func hugePage(name string) bool { return strings.HasPrefix(name, "/anon_hugepage") }

// ownMemory notes memory that a program made itself.
func ownMemory(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	switch {
	case !InMemory(a.Path) || carrier(a, e) != "":
	case hugePage(a.Path):
		d.Optional = d.Verdict != NowAllowed
		d.note(NoteMeaning, "it is memory of huge pages that the program or its allocator asked for (MAP_HUGETLB, as "+
			"by GLIBC_TUNABLES or a library of LD_PRELOAD), not a file of a mount: nothing is to be relabelled, and "+
			"most take pages of the usual size where it is refused")
	case strings.HasPrefix(a.Path, "/memfd:"):
		text := "it is memory that a program made itself (memfd_create), not a file on a disk: nothing is to be " +
			"relabelled; a rule for the domain's own tmpfs type does"
		if slices.Contains(a.Permissions, "execute") {
			text += "; libffi, as Python's ctypes uses it, and compilers at run time run code from there"
		}
		d.note(NoteMeaning, text)
	default:
		d.note(NoteMeaning, "it is memory that programs share (shmget, or mmap without a file), not a file on a disk: "+
			"nothing is to be relabelled")
	}
}
