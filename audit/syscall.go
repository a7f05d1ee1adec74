package audit

import (
	"strconv"
	"strings"
)

// A Syscall is a SYSCALL record, or a URINGOP record for an operation of an io_uring.
type Syscall struct {
	// Arch is x86_64, i386, aarch64 ...; or the number in the log if it is not known.
	Arch   string
	Number int
	// Name is "" if the table of the architecture does not have the number. For socketcall it is the call that the
	// first argument selects.
	Name string
	// URing says that Number is an operation of io_uring, not a system call.
	URing bool
	// Success is nil if the record does not say.
	Success *bool
	Exit    int64
	// Errno is the name of the error that the call returned, "" for none.
	Errno string
	// Args are a0 to a3. In an interpreted record, values that are not numbers are 0.
	Args [4]uint64
	PPID int
	PID  int
	// AUID, UID, GID and EUID are numbers, or names in interpreted records.
	AUID string
	UID  string
	GID  string
	EUID string
	TTY  string
	Ses  string
	Comm string
	Exe  string
	Subj string
	Key  string
	// Names are the names that auditd added to the numbers (ENRICHED), such as
	// UID and ARCH.
	Names []Field
}

// parseSyscall reads the message of a SYSCALL or URINGOP record.
func parseSyscall(text string, st style) *Syscall {
	c := &Syscall{}
	f := fieldScanner{s: text, style: st}
	number := ""
	for p, more := f.next(); more; p, more = f.next() {
		switch p.key {
		case "syscall":
			number = p.val
		case "uring_op":
			number, c.URing = p.val, true
		default:
			c.set(p, st)
		}
	}
	c.resolve(number)
	return c
}

func (c *Syscall) set(p pair, st style) {
	switch p.key {
	case "arch":
		c.Arch = archName(p.val)
	case "success":
		yes := p.val == "yes"
		c.Success = &yes
	case "exit":
		c.Exit, c.Errno, _ = exitStatus(p.val)
	case "a0", "a1", "a2", "a3":
		c.Args[p.key[1]-'0'], _ = strconv.ParseUint(strings.TrimPrefix(p.val, "0x"), 16, 64)
	case "ppid":
		c.PPID, _ = pid(p.val)
	case "pid":
		c.PID, _ = pid(p.val)
	case "auid":
		c.AUID = p.val
	case "uid":
		c.UID = p.val
	case "gid":
		c.GID = p.val
	case "euid":
		c.EUID = p.val
	case "tty":
		c.TTY = p.val
	case "ses":
		c.Ses = p.val
	case "comm":
		c.Comm = strings.TrimRight(p.text(st), "\x00")
	case "exe":
		c.Exe = p.text(st)
	case "subj":
		c.Subj = p.val
	case "key":
		c.Key = p.text(st)
	default:
		if p.key[0] >= 'A' && p.key[0] <= 'Z' {
			c.Names = append(c.Names, Field{Key: p.key, Value: p.val})
		}
	}
}

// resolve stores number and name of the call from syscall=, which has a number, or the name in an interpreted
// record.
func (c *Syscall) resolve(number string) {
	n, err := strconv.ParseUint(number, 10, 16)
	switch {
	case err != nil:
		if call, ok := strings.CutPrefix(number, "socketcall("); ok {
			c.Number, c.Name = syscallNumber(c.Arch, "socketcall"), strings.TrimSuffix(call, ")")
			return
		}
		c.Number, c.Name = -1, number
		if c.URing {
			if i := indexOfWord(uringNames, number); i >= 0 {
				c.Number = i
			}
			break
		}
		if i := syscallNumber(c.Arch, number); i >= 0 {
			c.Number = i
		}
	case c.URing:
		c.Number, c.Name = int(n), wordAt(uringNames, int(n))
	default:
		c.Number, c.Name = int(n), syscallName(c.Arch, int(n))
	}
	if c.Name == "socketcall" {
		if call := wordAt(socketcallNames, int(min(c.Args[0], 64))); call != "" {
			c.Name = call
		}
	}
}

// socketcallNames are the calls of socketcall(2) by its first argument:
// include/uapi/linux/net.h.
const socketcallNames = "- socket bind connect listen accept getsockname getpeername socketpair send recv sendto " +
	"recvfrom shutdown setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg"

// uringNames are the operations of io_uring: include/uapi/linux/io_uring.h.
const uringNames = "nop readv writev fsync read_fixed write_fixed poll_add poll_remove sync_file_range sendmsg " +
	"recvmsg timeout timeout_remove accept async_cancel link_timeout connect fallocate openat close files_update " +
	"statx read write fadvise madvise send recv openat2 epoll_ctl splice provide_buffers remove_buffers tee " +
	"shutdown renameat unlinkat mkdirat symlinkat linkat msg_ring fsetxattr setxattr fgetxattr getxattr socket " +
	"uring_cmd send_zc sendmsg_zc read_multishot waitid futex_wait futex_wake futex_waitv fixed_fd_install " +
	"ftruncate bind listen"

// archName returns the name of an architecture. arch= has its AUDIT_ARCH_ number in hexadecimal digits:
// include/uapi/linux/audit.h.
func archName(s string) string {
	switch strings.TrimPrefix(s, "0x") {
	case "c000003e":
		return "x86_64"
	case "40000003":
		return "i386"
	case "c00000b7":
		return "aarch64"
	case "40000028":
		return "arm"
	case "c00000f3":
		return "riscv64"
	case "c0000015":
		return "ppc64le"
	case "80000015":
		return "ppc64"
	case "80000016":
		return "s390x"
	case "c0000102":
		return "loongarch64"
	}
	return s
}

// syscallTable returns the names of the calls below firstCommonSyscall.
func syscallTable(arch string) string {
	switch arch {
	case "x86_64":
		return syscallsX8664
	case "i386", "i686":
		return syscallsI386
	case "aarch64", "riscv64", "loongarch64":
		return syscallsGeneric
	}
	return ""
}

// syscallName returns the name of a call, "" if it is not known.
func syscallName(arch string, n int) string {
	table := syscallTable(arch)
	if table == "" || n < 0 {
		return ""
	}
	if n >= firstCommonSyscall {
		return wordAt(syscallsCommon, n-firstCommonSyscall)
	}
	return wordAt(table, n)
}

// syscallNumber returns the number of a call, -1 if it is not known.
func syscallNumber(arch, name string) int {
	table := syscallTable(arch)
	if table == "" {
		return -1
	}
	if n := indexOfWord(table, name); n >= 0 {
		return n
	}
	if n := indexOfWord(syscallsCommon, name); n >= 0 {
		return n + firstCommonSyscall
	}
	return -1
}
