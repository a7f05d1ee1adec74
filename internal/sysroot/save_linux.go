package sysroot

import (
	"io/fs"
	"os"
	"syscall"
)

// chownLike gives a file the owner of another, as far as that is permitted.
func chownLike(f *os.File, like fs.FileInfo) {
	if st, ok := like.Sys().(*syscall.Stat_t); ok {
		_ = f.Chown(int(st.Uid), int(st.Gid))
	}
}
