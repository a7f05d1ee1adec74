//go:build linux

package main

import (
	"syscall"
	"unsafe"
)

// askOne opens a file, writes a question and reads the answer. The raw calls
// keep Go's scheduler out of it.
func askOne(path *byte, question string, buf []byte) (int, syscall.Errno) {
	const atFDCWD = -100
	dir := atFDCWD
	fd, _, errno := syscall.RawSyscall6(syscall.SYS_OPENAT, uintptr(dir), uintptr(unsafe.Pointer(path)),
		syscall.O_RDWR|syscall.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	_, _, errno = syscall.RawSyscall(syscall.SYS_WRITE, fd, uintptr(unsafe.Pointer(unsafe.StringData(question))),
		uintptr(len(question)))
	n := uintptr(0)
	if errno == 0 {
		n, _, errno = syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
	}
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
	return int(n), errno
}
