package semanage

import (
	"syscall"
)

// isSELinuxFS reports whether path is a mounted selinuxfs.
func isSELinuxFS(path string) bool {
	const magic = 0xf97cff8c
	var st syscall.Statfs_t
	return syscall.Statfs(path, &st) == nil && uint32(st.Type) == magic
}
