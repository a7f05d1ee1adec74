// Package pagefaults counts the page faults of a process as perf stat -e page-faults does:
// without the pages that the kernel provides many at a time in a call such as madvise,
// which getrusage counts too, and without what comes before the program is executed.
package pagefaults

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Of returns the page faults of the processes that run starts and waits for. It is an
// error if this process may not count them.
func Of(run func() error) (int64, error) {
	runtime.LockOSThread() // the event is this thread's, and inherited by what it starts
	defer runtime.UnlockOSThread()
	attr := unix.PerfEventAttr{
		Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_PAGE_FAULTS,
		Bits: unix.PerfBitDisabled | unix.PerfBitInherit | unix.PerfBitEnableOnExec,
	}
	attr.Size = uint32(unsafe.Sizeof(attr))
	fd, err := unix.PerfEventOpen(&attr, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
	if err != nil {
		return 0, fmt.Errorf("counting page faults: %w", os.NewSyscallError("perf_event_open", err))
	}
	event := os.NewFile(uintptr(fd), "page faults")
	defer event.Close()
	if err := run(); err != nil {
		return 0, err
	}
	var count [8]byte
	if _, err := event.Read(count[:]); err != nil {
		return 0, fmt.Errorf("counting page faults: %w", err)
	}
	return int64(binary.NativeEndian.Uint64(count[:])), nil
}
