//go:build linux

// Command init is process number 1 of the kernels that package kernel boots. It
// takes requests from the virtio serial port and answers them: policies to
// load, decisions to ask for, system calls to make in a process of a context.
package main

import (
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == inheritor {
		os.Exit(inherit())
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "init:", err)
	}
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_RESTART)
}

func serve() error {
	if err := setUp(); err != nil {
		return err
	}
	port, err := openPort()
	if err != nil {
		return err
	}
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return err
	}
	g := &guest{}
	if err := g.open(); err != nil {
		return err
	}
	enc, dec := gob.NewEncoder(port), gob.NewDecoder(port)
	if err := enc.Encode(wire.Reply{Release: string(release[:len(release)-1])}); err != nil {
		return err
	}
	for {
		var r wire.Request
		if err := dec.Decode(&r); err != nil {
			return err
		}
		reply, err := g.answer(&r)
		if err != nil {
			reply.Err = err.Error()
		}
		if err := enc.Encode(reply); err != nil {
			return err
		}
	}
}

// A guest holds the state that requests work with.
type guest struct {
	enforce *os.File // /sys/fs/selinux/enforce
	audit   *audit
	log     int // /dev/kmsg, once it is open
	syslog  *syslog
	// datagram says which sockets of processes ("PID FILE", the latter in hexadecimal) are for
	// datagrams, once calls of socket, bind and connect leave records.
	datagram map[string]bool
}

func (g *guest) open() (err error) {
	if g.enforce, err = os.OpenFile(selinuxfs+"/enforce", os.O_RDWR, 0); err != nil {
		return err
	}
	g.audit, err = openAudit()
	return err
}

func (g *guest) answer(r *wire.Request) (reply wire.Reply, err error) {
	switch {
	case r.Load != nil:
		err = g.load(r.Load)
	case r.Run != nil:
		reply.Run, err = g.run(r.Run)
	case r.Ask != nil:
		reply.Asked, err = ask(r.Ask)
	case r.Try != nil:
		reply.Tried, err = g.try(r.Try)
	case r.Exec != nil:
		reply.Exec, err = g.exec(r.Exec)
	case r.System != nil:
		reply.System, err = g.serveSystem(r.System)
	case r.Daemon != nil:
		reply.Daemon, err = g.daemon(r.Daemon)
	default:
		err = errors.New("empty request")
	}
	return reply, err
}

// openPort opens the virtio serial port, which may take the kernel a moment to
// find.
func openPort() (*os.File, error) {
	for range 200 {
		if ports, _ := filepath.Glob("/dev/vport*"); len(ports) > 0 {
			fd, err := syscall.Open(ports[0], syscall.O_RDWR|syscall.O_CLOEXEC, 0)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", ports[0], err)
			}
			return os.NewFile(uintptr(fd), ports[0]), nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, errors.New("no virtio serial port")
}
