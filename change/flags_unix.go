//go:build unix

package change

import "syscall"

// openFlags open no link, and do not wait for the other end of a pipe.
const openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
