//go:build linux

package main

import (
	"runtime"
	"syscall"
	"unsafe"
)

const (
	maxCalls = 256
	bufSize  = 1 << 20
)

// shared is memory that parent and child share, so that neither has to ask the
// policy for a word with the other.
type shared struct {
	state uint32 // a futex
	count uint32 // calls
	enter uint32 // the call before which the child waits to be let on
	calls [maxCalls]sharedCall
	bufs  [bufSize]byte
}

// The states.
const (
	statePreparing = iota
	statePrepared  // the child waits
	stateRunning
	stateDone // the child waits to be killed
)

type sharedCall struct {
	number uintptr
	must   bool
	made   bool
	from   [6]int32 // the call whose result is the argument, -1 for none
	args   [6]uintptr
	ret    int64
}

func newShared() (*shared, []byte, error) {
	mem, err := syscall.Mmap(-1, 0, int(unsafe.Sizeof(shared{})), syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_SHARED|syscall.MAP_ANONYMOUS)
	if err != nil {
		return nil, nil, err
	}
	return (*shared)(unsafe.Pointer(&mem[0])), mem, nil
}

// fork makes a process with one thread that makes the calls: the kernel lets
// only such change their context. It is a copy of a Go program without its
// scheduler, so it must not allocate, grow its stack or take a signal.
func fork(s *shared) (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	all, old := ^uint64(0), uint64(0)
	const setMask = 2
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, setMask, uintptr(unsafe.Pointer(&all)),
		uintptr(unsafe.Pointer(&old)), 8, 0, 0); errno != 0 {
		return 0, errno
	}
	pid, errno := forkChild(s)
	_, _, _ = syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, setMask, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(pid), nil
}

//go:noinline
//go:nosplit
//go:norace
func forkChild(s *shared) (uintptr, syscall.Errno) {
	pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 || pid != 0 {
		return pid, errno
	}
	child(s)
	return 0, 0
}

//go:noinline
//go:nosplit
//go:norace
func child(s *shared) {
	for i := uint32(0); i < s.count && i < maxCalls; i++ {
		if i == s.enter {
			pass(&s.state, statePrepared)
		}
		c := &s.calls[i]
		for j := range c.from {
			if from := c.from[j]; from >= 0 && from < int32(i) {
				c.args[j] = uintptr(s.calls[from].ret)
			}
		}
		ret, _, errno := syscall.RawSyscall6(c.number, c.args[0], c.args[1], c.args[2], c.args[3], c.args[4], c.args[5])
		c.ret = int64(ret)
		if errno != 0 {
			c.ret = -int64(errno)
		}
		c.made = true
		if c.must && (errno == syscall.EACCES || errno == syscall.EPERM || errno == syscall.ECONNREFUSED) {
			break
		}
	}
	for {
		pass(&s.state, stateDone)
	}
}

const (
	futexWait = 0
	futexWake = 1
)

// pass sets the state, wakes the parent and waits until the parent sets another.
//
//go:noinline
//go:nosplit
//go:norace
func pass(state *uint32, value uint32) {
	*state = value
	_, _, _ = syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(state)), futexWake, 1, 0, 0, 0)
	for *(*uint32)(unsafe.Pointer(state)) == value {
		_, _, _ = syscall.RawSyscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(state)), futexWait, uintptr(value), 0,
			0, 0)
	}
}
