package host

import (
	"io/fs"
	"syscall"
)

// fileLabel reads the attribute security.selinux of a file.
func fileLabel(file string) (string, error) {
	b := make([]byte, maxLabel)
	n, err := syscall.Getxattr(file, "security.selinux", b)
	if err != nil {
		return "", &fs.PathError{Op: "getxattr security.selinux", Path: file, Err: err}
	}
	return trimLabel(b[:n]), nil
}
