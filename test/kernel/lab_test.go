package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

// counts are what a run of the tests compared.
type counts struct {
	policies, decisions, labels, contexts, operations, lines, loads atomic.Int64
}

func (c *counts) String() string {
	return fmt.Sprintf("%d policies, %d decisions, %d labels, %d contexts, %d operations, %d AVC lines, %d mutated policies compared",
		c.policies.Load(), c.decisions.Load(), c.labels.Load(), c.contexts.Load(), c.operations.Load(), c.lines.Load(), c.loads.Load())
}

// TestKernels runs every comparison on every kernel, each booted once, and the
// kernels side by side. It takes minutes, so it has to be asked for by
// SENET_TEST_KERNEL: "1" for all of it, "short" for a part of each comparison.
func TestKernels(t *testing.T) {
	if os.Getenv("SENET_TEST_KERNEL") == "" && !long() {
		t.Skip("SENET_TEST_KERNEL is not set; make test-kernel sets it")
	}
	testenv.Need(t, qemu)
	for _, v := range Versions() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			vm := boot(t, v)
			var c counts
			part := func(name string, test func(*testing.T, *VM, *counts)) {
				start, busy := time.Now(), vm.processorTime()
				t.Run(name, func(t *testing.T) { test(t, vm, &c) })
				t.Logf("Linux %s: %s took %v, of which the machine was busy for %v", vm.Release, name,
					time.Since(start).Round(time.Second/10), (vm.processorTime() - busy).Round(time.Second/10))
			}
			part("decisions", testDecisions)
			part("loads", testLoads)
			part("table", testTable)
			part("mutations", testMutations)
			part("verdicts", testVerdicts)
			t.Logf("Linux %s (accelerated: %t): %s", vm.Release, vm.Accelerated, &c)
		})
	}
}

// boot starts a kernel that is ended with the test. Where there is none to be
// had the test is skipped with the reason, or failed under CI=true.
func boot(t *testing.T, v Version) *VM {
	t.Helper()
	vm, err := Boot(context.Background(), v)
	if errors.Is(err, ErrUnavailable) {
		testenv.Missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	return vm
}

// long reports whether millions of cases are wanted, and short whether as few
// as find out a gross mistake.
func long() bool  { return os.Getenv("SENET_TEST_LONG") != "" }
func short() bool { return os.Getenv("SENET_TEST_KERNEL") == "short" && !long() }

// open decodes one of Debian's policies.
func open(t *testing.T, kind string) *policydb.Policy {
	t.Helper()
	db, err := policyfile.Open(testenv.Policy(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	return db
}
