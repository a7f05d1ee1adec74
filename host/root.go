package host

import (
	"github.com/senet-selinux/senet/internal/sysroot"
)

// A Root is the file tree of one system: the running system, or a system under a directory, such as a mounted disk
// or an unpacked image. Symbolic links are followed as on that system and never lead out of the tree. Only regular
// files of a bounded size are read. The zero Root is the running system.
type Root struct{ sysroot.Root }

// OpenRoot returns the tree under dir; "" and "/" are the running system.
func OpenRoot(dir string) (Root, error) {
	r, err := sysroot.Open(dir)
	return Root{r}, err
}

// Label returns the security context of a file on disk, its attribute security.selinux.
func (r Root) Label(name string) (string, error) {
	label, err := r.Root.Label(name)
	return trimLabel([]byte(label)), err
}

// inode returns the inode number of a file, such as a file in which ip netns keeps a network namespace.
func (r Root) inode(name string) (uint64, error) {
	info, err := r.Stat(name)
	return info.Inode(), err
}
