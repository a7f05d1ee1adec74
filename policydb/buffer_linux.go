package policydb

import (
	"os"
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
		b := make([]byte, 0, n)
		populate(unsafe.Pointer(unsafe.SliceData(b)), n)
		return b
	}
	b := make([]byte, 0, n+hugePage)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) % hugePage)
	b = b[skip : skip : skip+n]
	_ = syscall.Madvise(b[:n&^(hugePage-1)], syscall.MADV_HUGEPAGE)
	populate(unsafe.Pointer(unsafe.SliceData(b)), n)
	return b
}

const (
	populateWrite = 23       // MADV_POPULATE_WRITE, Linux 5.14
	populateLeast = 32 << 10 // bytes for which one call costs less than the faults
	populateMost  = 4 << 20  // bytes: the count of a damaged file may be a lie
)

// populate has the kernel provide the pages of memory that is about to be filled in one
// call, in place of one fault for each. A kernel that cannot leaves the faults.
func populate(start unsafe.Pointer, size int) {
	page := uintptr(os.Getpagesize())
	skip := int(-uintptr(start) % page)
	size = (min(size, populateMost) - skip) &^ int(page-1)
	if size >= populateLeast {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Add(start, skip)), size), populateWrite)
	}
}
