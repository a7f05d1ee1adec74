package host

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// setnsNumber returns the number of the system call setns, which the package syscall
// lacks for some machines.
func setnsNumber() (uintptr, bool) {
	switch runtime.GOARCH {
	case "amd64":
		return 308, true
	case "386":
		return 346, true
	case "arm":
		return 375, true
	case "arm64", "riscv64", "loong64":
		return 268, true
	case "ppc64", "ppc64le":
		return 350, true
	case "s390x":
		return 339, true
	}
	return 0, false
}

// inNetNS runs do on a thread that has entered the network namespace of a file, and
// returns the thread to its namespace afterwards. A thread that cannot return is never
// used again.
func inNetNS(file string, do func() error) error {
	number, ok := setnsNumber()
	if !ok {
		return errors.ErrUnsupported
	}
	f, err := Root{}.Open(file, 0)
	if err != nil {
		return needs(err, "root, or a process of your own")
	}
	defer f.Close()
	done := make(chan error, 1)
	go func() {
		// The runtime ends a thread whose goroutine ends while locked. The first thread of the process is an
		// exception, and /proc/self uses that thread: so the thread must return to its namespace.
		runtime.LockOSThread()
		home, err := os.Open("/proc/thread-self/ns/net")
		if err != nil {
			runtime.UnlockOSThread()
			done <- err
			return
		}
		defer home.Close()
		if errno := setns(number, f); errno != 0 {
			runtime.UnlockOSThread()
			done <- &fs.PathError{Op: "setns", Path: file, Err: needs(errno, "CAP_SYS_ADMIN")}
			return
		}
		err = do()
		if errno := setns(number, home); errno == 0 {
			runtime.UnlockOSThread()
		}
		done <- err
	}()
	return <-done
}

func setns(number uintptr, f *os.File) syscall.Errno {
	const cloneNewNet = 0x40000000
	_, _, errno := syscall.RawSyscall(number, f.Fd(), cloneNewNet, 0)
	return errno
}

// vanished reports whether an error means that a process has ended.
func vanished(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH)
}

// kernelRelease returns the output of uname -r.
func kernelRelease() (string, error) {
	var u syscall.Utsname
	if err := syscall.Uname(&u); err != nil {
		return "", err
	}
	b := make([]byte, 0, len(u.Release))
	for _, c := range u.Release {
		if c == 0 {
			break
		}
		b = append(b, byte(c))
	}
	return string(b), nil
}
