//go:build linux

package main

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// patience is the time limit for all calls of a phase together.
const patience = 10 * time.Second

// run makes a process and has it make the calls.
func (g *guest) run(r *wire.Run) (*wire.Ran, error) {
	s, mem, err := newShared()
	if err != nil {
		return nil, err
	}
	defer func() { _ = syscall.Munmap(mem) }()
	calls := make([]wire.Call, 0, len(r.Prepare)+len(r.Calls))
	calls = append(append(calls, r.Prepare...), r.Calls...)
	s.enter = uint32(len(r.Prepare))
	offsets, err := s.fill(calls)
	if err != nil {
		return nil, err
	}
	if _, err := g.audit.drain(); err != nil { // what earlier runs left
		return nil, err
	}
	pid, err := fork(s)
	if err != nil {
		return nil, fmt.Errorf("fork: %w", err)
	}
	err = g.phases(s, r.Enforcing)
	_ = syscall.Kill(pid, syscall.SIGKILL)
	if _, werr := syscall.Wait4(pid, nil, 0, nil); werr != nil && err == nil {
		err = fmt.Errorf("wait: %w", werr)
	}
	if err != nil {
		return nil, err
	}
	records, err := g.audit.drain()
	if err != nil {
		return nil, err
	}
	results := make([]wire.Result, len(calls))
	for i := range results {
		c := &s.calls[i]
		results[i] = wire.Result{Made: c.made, Ret: c.ret}
		for j, a := range calls[i].Args {
			if a.Kind == wire.ArgBuf {
				at := offsets[i][j]
				results[i].Bufs = append(results[i].Bufs, append([]byte(nil), s.bufs[at:at+len(a.Buf)]...))
			}
		}
	}
	late, err := attribute(pid, calls, results, records)
	return &wire.Ran{Prepare: results[:len(r.Prepare)], Calls: results[len(r.Prepare):], Late: late}, err
}

// fill writes the calls to shared memory and returns the offsets of their
// buffers there.
func (s *shared) fill(calls []wire.Call) (offsets [][6]int, err error) {
	if len(calls) > maxCalls {
		return nil, fmt.Errorf("%d calls; %d is the most", len(calls), maxCalls)
	}
	s.count = uint32(len(calls))
	offsets = make([][6]int, len(calls))
	used := 0
	for i := range calls {
		c := &s.calls[i]
		c.number, c.must = uintptr(calls[i].Number), calls[i].Must
		c.from = [6]int32{-1, -1, -1, -1, -1, -1}
		if len(calls[i].Args) > len(c.args) {
			return nil, errors.New("a call has more than six arguments")
		}
		for j, a := range calls[i].Args {
			switch a.Kind {
			case wire.ArgValue:
				c.args[j] = uintptr(a.Value)
			case wire.ArgResult:
				c.from[j] = int32(a.Value)
			case wire.ArgBuf:
				if used+len(a.Buf) > bufSize-64 {
					return nil, errors.New("too much data")
				}
				offsets[i][j] = used
				copy(s.bufs[used:], a.Buf)
				c.args[j] = uintptr(unsafe.Pointer(&s.bufs[used]))
				at := used
				used += (len(a.Buf) + 15) &^ 15
				if used, err = s.refer(at, a, used); err != nil {
					return nil, err
				}
			}
		}
	}
	return offsets, nil
}

// phases lets the process prepare, then run. Going over to enforcing resets the
// access vector cache, so that every denial is logged anew.
func (g *guest) phases(s *shared, enforcing bool) error {
	if err := await(&s.state, statePreparing); err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	if atomic.LoadUint32(&s.state) == stateDone {
		return nil
	}
	if err := g.setEnforcing(true); err != nil {
		return err
	}
	if !enforcing {
		if err := g.setEnforcing(false); err != nil {
			return err
		}
	}
	atomic.StoreUint32(&s.state, stateRunning)
	_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(&s.state)), futexWake, 1, 0, 0, 0)
	// A call that never returns is one that was not made.
	_ = await(&s.state, stateRunning)
	return g.setEnforcing(false)
}

func await(state *uint32, while uint32) error {
	deadline := time.Now().Add(patience)
	for atomic.LoadUint32(state) == while {
		left := time.Until(deadline)
		if left <= 0 {
			return errors.New("the process hangs")
		}
		ts := syscall.NsecToTimespec(left.Nanoseconds())
		_, _, _ = syscall.Syscall6(syscall.SYS_FUTEX, uintptr(unsafe.Pointer(state)), futexWait, uintptr(while),
			uintptr(unsafe.Pointer(&ts)), 0, 0)
	}
	return nil
}

func (g *guest) setEnforcing(on bool) error {
	value := []byte("0")
	if on {
		value = []byte("1")
	}
	if _, err := g.enforce.WriteAt(value, 0); err != nil {
		return fmt.Errorf("writing enforce: %w", err)
	}
	return nil
}
