package terminal

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/senet-selinux/senet/internal/words"
)

// Is reports whether a stream is a terminal.
func Is(stream any) bool {
	file := words.File(stream)
	if file == nil {
		return false
	}
	var state syscall.Termios
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), syscall.TCGETS, uintptr(unsafe.Pointer(&state)))
	return errno == 0
}

// width returns the number of columns of a terminal, 0 for any other file.
func width(stream any) int {
	file := words.File(stream)
	if file == nil {
		return 0
	}
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	return int(size.Col)
}
