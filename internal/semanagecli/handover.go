package semanagecli

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
	path := otherSemanage(os.Getenv("PATH"))
	if path == "" {
		return 0, false
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, t.Stdout, t.Stderr
	cmd.Env = append(os.Environ(), handedOver+"=1")
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

// otherSemanage returns the first semanage in the directories of path, or where
// distributions put it, that is not this program.
func otherSemanage(path string) string {
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	own, err := os.Stat(self)
	if err != nil {
		return ""
	}
	for _, dir := range append(filepath.SplitList(path), "/usr/sbin", "/sbin") {
		file := filepath.Join(dir, "semanage")
		info, err := os.Stat(file)
		if filepath.IsAbs(dir) && err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 && !os.SameFile(info, own) {
			return file
		}
	}
	return ""
}
