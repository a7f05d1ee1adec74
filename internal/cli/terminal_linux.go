package cli

import (
	"syscall"
	"unsafe"

	"github.com/senet-selinux/senet/internal/words"
)

// isTerminal reports whether a stream is a terminal, at which a person sits.
func isTerminal(stream any) bool {
	file := words.File(stream)
	if file == nil {
		return false
	}
	var state syscall.Termios
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), syscall.TCGETS, uintptr(unsafe.Pointer(&state)))
	return errno == 0
}
