package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/pagefaults"
)

// The budgets of every start.
const (
	initPackages    = 55
	initBytes       = 36_000
	initAllocations = 215
)

// TestStartupBudget holds what each start of the program costs, in counts that do not depend on
// how busy the machine is: packages that are initialised, what that allocates, and page faults,
// each of which can take 48 microseconds on a virtual machine. How many pages one fault brings
// in differs between machines, so there is room for a third more than were seen. Raise a budget
// only for a gain that is worth its cost to every command.
func TestStartupBudget(t *testing.T) {
	binary := build(t)
	// The binary of a usual run (see build) has a package of the usual garbage collector too, and the page
	// faults of dynamic linking.
	packages, linker := 1, int64(110)
	if testenv.Long() {
		packages, linker = 0, 0
	}
	t.Run("initialisation", func(t *testing.T) {
		cmd := exec.Command(binary, "--help")
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		var trace bytes.Buffer
		cmd.Stderr = &trace
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		seen, size, allocations := 0, 0, 0
		for lines := bufio.NewScanner(&trace); lines.Scan(); {
			// init os @0.9 ms, 0.02 ms clock, 432 bytes, 9 allocs
			words := strings.Fields(lines.Text())
			if len(words) == 0 || words[0] != "init" {
				continue
			}
			seen++
			size += number(t, words, "bytes,")
			allocations += number(t, words, "allocs")
		}
		t.Logf("%d packages, %d bytes, %d allocations", seen, size, allocations)
		if seen == 0 || seen > initPackages+packages || size > initBytes || allocations > initAllocations {
			t.Errorf("the budget is %d packages, %d bytes, %d allocations: GODEBUG=inittrace=1 senet --help lists them",
				initPackages+packages, initBytes, initAllocations)
		}
	})
	// A copy, whose system has no headers of refpolicy and no descriptions of booleans.
	data, err := os.ReadFile(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(t.TempDir(), "policy.33")
	if err := os.WriteFile(policy, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		aim, seen int64 // by perf stat -e page-faults
		args      []string
	}{
		{280, 262, []string{"--help"}},
		{450, 400, []string{"search", "-A", "-s", "httpd_t", "-p", "name_bind,name_connect", policy}},
		{500, 438, []string{"can", "httpd_t", "connect", "tcp/5601", "--policy", policy}},
		{800, 660, []string{"ports", "httpd_t", "--policy", policy}},
		{2000, 1342, []string{"who", "connect", "tcp/5601", "--policy", policy}},
		{2500, 1675, []string{"fix", "httpd_t", "bind", "tcp/5601", "--policy", policy}},
		{2500, 2250, []string{"fix", "httpd_t", "connect", "tcp/5601", "--policy", policy}},
	} {
		t.Run(strings.Join(c.args[:min(3, len(c.args))], " "), func(t *testing.T) {
			got, most := faults(t, binary, c.args), c.seen*13/10+linker
			t.Logf("%d page faults, where %d were seen and %d are aimed at", got, c.seen, c.aim)
			if got > most {
				t.Errorf("%d page faults; no more than %d are allowed for another kernel and machine", got, most)
			}
		})
	}
}

// build builds the program. A long run builds it as the Makefile does, which compiles all packages and
// the standard library anew: half a minute. A usual run links the packages that the tests have compiled
// already.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "senet")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, ".")
	if testenv.Long() {
		cmd.Args = slices.Insert(cmd.Args, 2, "-trimpath")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if strings.HasPrefix(runtime.Version(), "go1.26") {
			cmd.Env = append(cmd.Env, "GOEXPERIMENT=nogreenteagc")
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
}

// number returns the number in front of a unit.
func number(t *testing.T, words []string, unit string) int {
	t.Helper()
	i := slices.Index(words, unit)
	if i < 1 {
		t.Fatalf("no %q in %q", unit, words)
	}
	n, err := strconv.Atoi(words[i-1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// faults returns the least page faults of a few runs: how far the runtime's own workers
// come in one is chance. Answers of all kinds count, errors do not.
func faults(t *testing.T, binary string, args []string) int64 {
	t.Helper()
	least := int64(math.MaxInt64)
	for range 10 {
		n, err := pagefaults.Of(func() error {
			cmd := exec.Command(binary, args...)
			cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
			cmd.Stdout = io.Discard
			var complaint bytes.Buffer
			cmd.Stderr = &complaint
			if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 1 {
				t.Fatalf("%v: %s", err, complaint.Bytes())
			}
			return nil
		})
		if errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
			testenv.Missing(t, err.Error())
		}
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, n)
	}
	return least
}
