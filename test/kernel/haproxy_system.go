package kernel

import (
	"fmt"
	"strings"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// system asks for something of the machine as a system.
func (vm *VM) system(r wire.System) (*wire.SystemReply, error) {
	limit := time.Minute
	if r.Command != nil {
		limit += r.Command.Limit
	}
	if r.Watch != nil {
		limit += r.Watch.Limit
	}
	reply, err := vm.call(wire.Request{System: &r}, limit)
	if err != nil {
		return nil, err
	}
	return reply.System, nil
}

// Command runs a program of the machine to its end, as the kernel's own domain.
func (vm *VM) Command(limit time.Duration, args ...string) (*wire.Ended, error) {
	reply, err := vm.system(wire.System{Command: &wire.Command{Args: args, Limit: limit}})
	if err != nil {
		return nil, err
	}
	if reply.Command.Code < 0 {
		return nil, fmt.Errorf("%s was killed after %v: %s%s", strings.Join(args, " "), reply.Command.Took,
			reply.Command.Stdout, reply.Command.Stderr)
	}
	return reply.Command, nil
}

// Log waits until a line with the text comes to the machine's syslog and returns
// what has come since the last call: the kernel's audit records, and then the
// messages. Without a text it does not wait.
func (vm *VM) Log(text string, limit time.Duration) ([]string, error) {
	reply, err := vm.system(wire.System{Watch: &wire.Watch{For: text, Limit: limit}})
	if err != nil {
		return nil, err
	}
	return reply.Log, nil
}
