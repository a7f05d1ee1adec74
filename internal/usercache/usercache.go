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
// user has no home directory, or if others than the user may write there.
func Dir() string {
	dir, err := os.UserCacheDir()
	if err != nil || !filepath.IsAbs(dir) {
		return ""
	}
	if _, err := os.Stat(filepath.Dir(dir)); err != nil { // the user has no home directory
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
// the file is not known.
func Program() Sum {
	name, err := os.Executable()
	if err != nil {
		return Sum{}
	}
	info, err := os.Stat(name)
	if err != nil {
		return Sum{}
	}
	at, err := info.ModTime().MarshalBinary()
	if err != nil {
		return Sum{}
	}
	return SumOf(at, binary.LittleEndian.AppendUint64(nil, uint64(info.Size())))
}
