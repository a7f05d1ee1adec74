package policydb

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of a huge page on amd64, and on arm64 with pages of 4 KiB.
const hugePage = 2 << 20

// newBuffer returns an empty buffer for n bytes. The first touch of a page of
// memory costs more than to read or to decode it, so the kernel is asked for huge
// ones; it is free to decline.
func newBuffer(n int) []byte {
	if n < hugePage {
		return make([]byte, 0, n)
	}
	b := make([]byte, 0, n+hugePage)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) % hugePage)
	b = b[skip : skip : skip+n]
	_ = syscall.Madvise(b[:n&^(hugePage-1)], syscall.MADV_HUGEPAGE)
	return b
}
