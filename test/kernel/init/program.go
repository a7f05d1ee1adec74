//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// environment is the environment of programs.
func environment() []string {
	return []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C", "TZ=UTC"}
}

// command runs a program to its end, in the context that the policy gives it.
func command(r *wire.Command) (*wire.Ended, error) {
	ctx, cancel := context.WithTimeout(context.Background(), r.Limit)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, r.Args[0], r.Args[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = environment(), "/root", bytes.NewReader(r.Stdin), &out, &errs
	start := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("%s: %w", r.Args[0], err)
	}
	return &wire.Ended{Code: cmd.ProcessState.ExitCode(), Stdout: out.Bytes(), Stderr: errs.Bytes(),
		Took: time.Since(start)}, nil
}

// start starts a program in a context, as a service manager does: by asking for
// it before execve. What it writes goes to /var/log/NAME.
func start(r *wire.Start) error {
	file, err := os.Create("/var/log/" + r.Name)
	if err != nil {
		return err
	}
	defer file.Close()
	cmd := exec.Command(r.Args[0], r.Args[1:]...)
	// By a pipe, so that the program needs no access to the file.
	cmd.Env, cmd.Dir, cmd.Stdout = environment(), "/", writer{file.Name()}
	cmd.Stderr = cmd.Stdout
	if err := startAs(cmd, r.Context); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}

// startAs starts a program in a context.
func startAs(cmd *exec.Cmd, context string) error {
	// The context for the next execve belongs to the thread, and fork hands it on.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	attr, err := os.OpenFile("/proc/thread-self/attr/exec", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer attr.Close()
	if _, err := attr.WriteAt([]byte(context), 0); err != nil {
		return err
	}
	err = cmd.Start()
	if _, reset := attr.WriteAt([]byte{0}, 0); err == nil && reset != nil {
		err = reset
	}
	if err != nil {
		return fmt.Errorf("%s as %s: %w", cmd.Path, context, err)
	}
	return nil
}

// A writer appends to a file that it does not keep open.
type writer struct{ name string }

func (w writer) Write(p []byte) (int, error) {
	f, err := os.OpenFile(w.name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.Write(p)
}
