// Package usercache finds the directory in which senet keeps what it can compute again for a user, and tells
// programs apart, as no cache is used by another program than the one that wrote it.
//
// Start here: [Dir].
package usercache

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// Dir returns the directory senet in the XDG cache directory, which it makes if it is missing. It returns "" if the
// user has no home directory, or if others than the user may write there. It makes nothing in the home of another
// user, which HOME is under sudo -E.
func Dir() string {
	dir, err := os.UserCacheDir()
	if err != nil || !filepath.IsAbs(dir) {
		return ""
	}
	home, err := sysroot.Root{}.Stat(filepath.Dir(dir))
	if err != nil { // the user has no home directory
		return ""
	}
	if uid, _, ok := home.Owner(); ok && uid != os.Geteuid() && os.Geteuid() == 0 {
		return ""
	}
	dir = filepath.Join(dir, "senet")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	info, err := sysroot.Root{}.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o022 != 0 {
		return ""
	}
	if uid, _, ok := info.Owner(); ok && uid != os.Geteuid() {
		return ""
	}
	return dir
}

// A Sum identifies content: it is a part of its SHA-256.
type Sum [16]byte

// SumOf returns the sum of some bytes.
func SumOf(parts ...[]byte) Sum {
	h := sha256.New()
	for _, b := range parts {
		h.Write(b)
	}
	return Sum(h.Sum(nil)[:16])
}

// Program identifies the running program by its file: another build may compute other things. It is the zero Sum if
// the file is not known. The time of modification alone does not tell builds apart, since systems like ostree set it
// to the same for all files.
func Program() Sum {
	name, err := os.Executable()
	if err != nil {
		return Sum{}
	}
	info, err := sysroot.Root{}.Stat(name)
	if err != nil {
		return Sum{}
	}
	var b []byte
	for _, n := range []uint64{uint64(info.ModTime().UnixNano()), uint64(info.Changed().UnixNano()), info.Inode(),
		uint64(info.Size())} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return SumOf(b)
}
