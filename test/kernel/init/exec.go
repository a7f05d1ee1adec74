//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// inheritor is the argument that makes this program tell, by its exit status, the kind of file that
// it inherited.
const inheritor = "inheritor"

// inherited is the number of the file that an inheritor looks at, and found are
// the names of its exit statuses.
const inherited = 3

var found = [...]string{"socket", "other", "closed"}

// inherit is the life of an inheritor.
func inherit() int {
	var stat syscall.Stat_t
	switch err := syscall.Fstat(inherited, &stat); {
	case err != nil:
		return 2
	case stat.Mode&syscall.S_IFMT != syscall.S_IFSOCK:
		return 1
	}
	return 0
}

func (g *guest) exec(e *wire.Exec) (*wire.Execed, error) {
	// The labels to come are those of one thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	attr := "/proc/self/task/" + strconv.Itoa(syscall.Gettid()) + "/attr/"
	if err := os.WriteFile(attr+"sockcreate", []byte(e.Socket), 0); err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer syscall.Close(fd)
	if err := os.WriteFile(attr+"sockcreate", []byte("\n"), 0); err != nil {
		return nil, err
	}
	if err := os.WriteFile(attr+"exec", []byte(e.Context), 0); err != nil {
		return nil, err
	}
	if _, err := g.audit.drain(); err != nil {
		return nil, err
	}
	if err := g.setEnforcing(true); err != nil {
		return nil, err
	}
	if !e.Enforcing {
		if err := g.setEnforcing(false); err != nil {
			return nil, err
		}
	}
	out := &wire.Execed{}
	pid, err := syscall.ForkExec("/init", []string{"/init", inheritor},
		&syscall.ProcAttr{Files: []uintptr{0, 1, 2, uintptr(fd)}})
	var status syscall.WaitStatus
	if err == nil {
		_, err = syscall.Wait4(pid, &status, 0, nil)
	}
	if err == nil {
		if s := status.ExitStatus(); s >= 0 && s < len(found) {
			out.Found = found[s]
		} else {
			err = fmt.Errorf("the program ended with %#x", status)
		}
	}
	if serr := g.setEnforcing(false); serr != nil {
		return nil, serr
	}
	if werr := os.WriteFile(attr+"exec", []byte("\n"), 0); werr != nil {
		return nil, werr
	}
	records, derr := g.audit.drain()
	if err == nil {
		err = derr
	}
	for _, r := range records {
		out.Audit = append(out.Audit, strconv.Itoa(int(r.kind))+" "+r.text)
	}
	return out, err
}
