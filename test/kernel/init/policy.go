//go:build linux

package main

import (
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
