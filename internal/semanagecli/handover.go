package semanagecli

import (
	"errors"
	"io"
	"os"
	"os/exec"

	"github.com/senet-selinux/senet/internal/sysprogram"
)

// A handOverError is a command that is left to the system's own semanage.
type handOverError struct{ name string }

func (e *handOverError) Error() string {
	return "semanage " + e.name + " is left to the system's own semanage, and there is none on PATH"
}

// handedOver is set for the semanage that a command is handed to: another link
// to this binary would hand it on for ever.
const handedOver = "SENET_SEMANAGE_HANDED_OVER"

// handOver runs the system's semanage with the same arguments. ok is false if
// there is none.
func (t *Tool) handOver(args []string, stdin io.Reader) (code int, ok bool) {
	if t.HandOver != nil {
		return t.HandOver(args, stdin)
	}
	if t.Root != "" || os.Getenv(handedOver) != "" {
		return 0, false
	}
	path := otherSemanage()
	if path == "" {
		return 0, false
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, t.Stdout, t.Stderr
	cmd.Env = append(sysprogram.Environ(), handedOver+"=1")
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, true
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exit.ExitCode(), true
	case errors.As(err, &exit):
		return 1, true // killed by a signal
	}
	return 0, false
}

// otherSemanage returns the system's semanage, "" if there is none that is not this
// program.
func otherSemanage() string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	own, err := os.Stat(self)
	if err != nil {
		return ""
	}
	return sysprogram.Find("semanage", func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && !os.SameFile(info, own)
	})
}
