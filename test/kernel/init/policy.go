//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// load makes the kernel use a policy. Loading keeps the values of booleans that
// the policy before it had too, so those of the request are set afterwards.
func (g *guest) load(l *wire.Load) error {
	fd, err := syscall.Open(selinuxfs+"/load", syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	// The kernel takes a policy in one write alone.
	n, err := syscall.Write(fd, l.Policy)
	_ = syscall.Close(fd)
	if err != nil {
		return fmt.Errorf("loading the policy: %w", err)
	}
	if n != len(l.Policy) {
		return fmt.Errorf("loading the policy: %d of %d bytes written", n, len(l.Policy))
	}
	if len(l.Bools) == 0 {
		return nil
	}
	for _, b := range l.Bools {
		value := []byte("0")
		if b.On {
			value = []byte("1")
		}
		if err := os.WriteFile(selinuxfs+"/booleans/"+b.Name, value, 0); err != nil {
			return err
		}
	}
	return os.WriteFile(selinuxfs+"/commit_pending_bools", []byte("1"), 0)
}

// decide asks /sys/fs/selinux/access, which takes one query each time it is
// opened.
func decide(queries []string) ([]wire.Decision, error) {
	list := make([]wire.Decision, len(queries))
	buf := make([]byte, 256)
	for i, q := range queries {
		fd, err := syscall.Open(selinuxfs+"/access", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		d := &list[i]
		n, err := syscall.Write(fd, []byte(q))
		if err == nil {
			n, err = syscall.Read(fd, buf)
		}
		_ = syscall.Close(fd)
		if err != nil {
			var errno syscall.Errno
			if !errors.As(err, &errno) {
				return nil, err
			}
			d.Errno = int(errno)
			continue
		}
		// allowed decided auditallow auditdeny seqno flags
		var decided, seqno uint32
		if _, err := fmt.Sscanf(string(buf[:n]), "%x %x %x %x %d %x", &d.Allowed, &decided, &d.AuditAllow, &d.AuditDeny, &seqno, &d.Flags); err != nil {
			return nil, fmt.Errorf("answer %q: %w", buf[:n], err)
		}
	}
	return list, nil
}
