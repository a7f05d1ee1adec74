package sysprogram

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// The statuses of a command that was not run, as shells have them.
const (
	StatusNotRun   = 126
	StatusNotFound = 127
	StatusSignal   = 128 // and the number of the signal that ended the command
)

// Foreground runs a command that a person named, found by PATH, to its end, and returns its exit
// status as a shell tells it. Signals that ask this process to end are the command's meanwhile. An
// error says that the command was not run; the status is StatusNotRun or StatusNotFound then.
func Foreground(args []string, stdin io.Reader, stdout, stderr io.Writer) (status int, err error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return StatusNotFound, err
		}
		return StatusNotRun, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // the state of the process tells how it ended
		close(ended)
	}()
	for {
		select {
		case s := <-signals:
			// A terminal sends interrupt and quit to both; the others are for the command.
			if s == syscall.SIGTERM || s == syscall.SIGHUP {
				_ = cmd.Process.Signal(s) // it may have ended by now
			}
		case <-ended:
			if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
				return StatusSignal + int(w.Signal()), nil
			}
			return cmd.ProcessState.ExitCode(), nil
		}
	}
}
