// Package oracle asks libsepol: the time of a load, the policy as it writes it back, its decisions.
// Each question is a small C program (csrc/), linked statically against the installed libsepol.a
// and compiled on first use into the cache directory. Only tests and benchmarks import this
// package.
//
// It needs the C compiler "cc" and the files of Debian's libsepol-dev.
package oracle

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

//go:embed csrc/*.c csrc/*.h
var sources embed.FS

// ErrUnavailable reports that this machine cannot compile the programs: no C
// compiler, or no libsepol to link with.
var ErrUnavailable = errors.New("libsepol oracle unavailable")

// Need skips the test unless the programs can be compiled here; under CI=true
// it fails the test.
func Need(t testing.TB) {
	t.Helper()
	if _, err := program("sepol-load"); errors.Is(err, ErrUnavailable) {
		testenv.Missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
}

// LoadTimes loads the binary policy at path n times with libsepol, all in one
// process and from memory, and returns the duration of each load: creation of
// the policydb and the decoding of the image, not the destruction. The first
// load is slower than the others: it pays for fresh memory.
func LoadTimes(path string, n int) ([]time.Duration, error) {
	out, err := run("sepol-load", nil, path, strconv.Itoa(n))
	if err != nil {
		return nil, err
	}
	times := make([]time.Duration, 0, n)
	for line := range strings.Lines(string(out)) {
		ns, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("sepol-load: %w", err)
		}
		times = append(times, time.Duration(ns))
	}
	if len(times) != n {
		return nil, fmt.Errorf("sepol-load: %d times for %d loads", len(times), n)
	}
	return times, nil
}

// Loads returns nil if libsepol accepts the binary policy at path.
func Loads(path string) error {
	_, err := LoadTimes(path, 1)
	return err
}

// Rewrite reads the binary policy at path with libsepol and returns what
// libsepol writes for it, in the same policy version and in libsepol's own
// order. libsemanage's transaction writes policy.kern from policy.linked in
// this way, unless it builds the policy anew from its modules.
func Rewrite(path string) ([]byte, error) {
	return run("sepol-rewrite", nil, path)
}

// NamedTransitions returns how many named type transitions the binary policy at path has.
func NamedTransitions(path string) (int, error) {
	out, err := run("sepol-named", nil, path)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(out)))
}

// run returns the standard output of a program of csrc.
func run(name string, stdin []byte, args ...string) ([]byte, error) {
	bin, err := program(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(bin, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.Bytes(), nil
}
