//go:build linux

package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// daemon runs a daemon until it has made its calls.
func (g *guest) daemon(r *wire.Daemon) (*wire.Daemoned, error) {
	for _, f := range r.Files {
		if err := write(f); err != nil {
			return nil, err
		}
	}
	if err := g.watchAddresses(); err != nil {
		return nil, err
	}
	if _, err := g.audit.drain(); err != nil {
		return nil, err
	}
	var out output
	cmd := exec.Command(r.Args[0], r.Args[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = environment(), "/", &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	start := time.Now()
	err := startAs(cmd, r.Context)
	if err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	reply := &wire.Daemoned{}
	var records []record // an event may come in parts: all are read again each time
	for deadline := start.Add(r.Limit); time.Now().Before(deadline) && !reply.Ended; {
		wait := 50 * time.Millisecond
		if internet(reply.Calls) >= r.Calls {
			deadline, wait = time.Now(), r.Settle
		}
		select {
		case <-ended:
			reply.Ended = true
		case <-time.After(wait):
		}
		if records, err = g.collect(reply, records); err != nil {
			return nil, err
		}
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	<-ended
	reply.Output, reply.Took = out.text(), time.Since(start)
	_, err = g.collect(reply, records)
	return reply, err
}

// watchAddresses has each call of socket, bind and connect leave a record, and no other.
func (g *guest) watchAddresses() error {
	if g.datagram != nil {
		return nil
	}
	if err := g.audit.send(auditDelRule, g.audit.rule); err != nil {
		return fmt.Errorf("deleting the audit rule: %w", err)
	}
	rule := auditRule([]int{syscall.SYS_SOCKET, syscall.SYS_BIND, syscall.SYS_CONNECT})
	if err := g.audit.send(auditAddRule, rule); err != nil {
		return fmt.Errorf("adding an audit rule: %w", err)
	}
	g.datagram = map[string]bool{}
	return nil
}

// collect reads the records that came since the last time, and makes the calls and denials of all.
func (g *guest) collect(reply *wire.Daemoned, before []record) ([]record, error) {
	more, err := g.audit.drain()
	if err != nil {
		return nil, err
	}
	records := append(before, more...)
	reply.Calls, reply.Denials = nil, nil
	for _, r := range records {
		switch r.kind {
		case auditAVC:
			reply.Denials = append(reply.Denials, r.text)
		case auditSyscall:
			if err := g.call(reply, records, r); err != nil {
				return nil, fmt.Errorf("audit record %q: %w", r.text, err)
			}
		}
	}
	return records, nil
}

// call adds the call of a record.
func (g *guest) call(reply *wire.Daemoned, records []record, r record) error {
	number, err := strconv.Atoi(field(r.text, "syscall"))
	if err != nil {
		return err
	}
	exit, err := strconv.Atoi(field(r.text, "exit"))
	if err != nil {
		return err
	}
	switch number {
	case syscall.SYS_SOCKET:
		kind, err := strconv.ParseUint(field(r.text, "a1"), 16, 32)
		if err != nil {
			return err
		}
		const kinds = 0xf // the rest are flags
		g.datagram[field(r.text, "pid")+" "+strconv.FormatInt(int64(exit), 16)] = kind&kinds == syscall.SOCK_DGRAM
	case syscall.SYS_BIND, syscall.SYS_CONNECT:
		address, err := addressOf(records, r.serial)
		if err != nil {
			return err
		}
		reply.Calls = append(reply.Calls, wire.AddressCall{Number: number, Errno: -exit, Address: address,
			Datagram: g.datagram[field(r.text, "pid")+" "+field(r.text, "a0")]})
	}
	return nil // others are recorded because something was denied
}

// addressOf returns the address of the call with a serial number.
func addressOf(records []record, serial uint64) ([]byte, error) {
	for _, r := range records {
		if r.kind == auditAddress && r.serial == serial {
			return hex.DecodeString(field(r.text, "saddr"))
		}
	}
	return nil, nil // the kernel copied none
}

// internet counts the calls for addresses of IPv4 and IPv6, without those on sockets for datagrams.
func internet(calls []wire.AddressCall) (n int) {
	for _, c := range calls {
		if !c.Datagram && len(c.Address) > 0 && (c.Address[0] == syscall.AF_INET || c.Address[0] == syscall.AF_INET6) {
			n++
		}
	}
	return n
}

// write writes a file with its label.
func write(f wire.Content) error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(f.Path, f.Data, 0o644); err != nil {
		return err
	}
	return label(wire.Label{Path: f.Path, Context: f.Context})
}

// An output collects what a program writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) text() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.buf.Bytes())
}
