package oracle

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// An Answer is what a program printed, and its exit status: -1 if a signal ended it.
type Answer struct {
	Stdout, Stderr string
	Status         int
}

// SETools runs a program of SETools, such as seinfo. Python takes long to start and to read a policy:
// the answer is kept from run to run, for the same version, arguments, and contents of the files
// among them. A long run, whose policies are new ones, asks each time.
func SETools(t testing.TB, program string, args ...string) Answer {
	t.Helper()
	if testenv.Long() {
		return ask(t, program, args)
	}
	key := identity(t, program)
	for _, arg := range args {
		if text, err := os.ReadFile(arg); err == nil {
			arg = fmt.Sprintf("file %x", sha256.Sum256(text))
		}
		key += fmt.Sprintf(" %q", arg)
	}
	return testenv.KeptJSON(t, "setools-answers", key, func() Answer { return ask(t, program, args) })
}

func ask(t testing.TB, program string, args []string) Answer {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	return Run(t, cmd)
}

// Run runs a command, whatever its exit status.
func Run(t testing.TB, cmd *exec.Cmd) Answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return Answer{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// identities are the texts of identity by program.
var identities sync.Map

// identity returns a text that changes with a program and with its version.
func identity(t testing.TB, program string) string {
	t.Helper()
	if text, ok := identities.Load(program); ok {
		return text.(string)
	}
	version := ask(t, program, []string{"--version"})
	text := program + " " + testenv.Program(t, program) + " " + version.Stdout + version.Stderr
	identities.Store(program, text)
	return text
}
