package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

// counts are what a run of the tests compared.
type counts struct {
	policies, decisions, operations, lines atomic.Int64
}

func (c *counts) String() string {
	return fmt.Sprintf("%d policies, %d decisions, %d operations, %d AVC lines compared",
		c.policies.Load(), c.decisions.Load(), c.operations.Load(), c.lines.Load())
}

// TestKernels runs every comparison on every kernel, each booted once. It takes
// minutes, so it has to be asked for: make test-kernel.
func TestKernels(t *testing.T) {
	if os.Getenv("SENET_TEST_KERNEL") == "" && !long() {
		t.Skip("SENET_TEST_KERNEL is not set; make test-kernel sets it")
	}
	testenv.Need(t, qemu)
	for _, v := range Versions() {
		t.Run(string(v), func(t *testing.T) {
			vm, err := Boot(context.Background(), v)
			if errors.Is(err, ErrUnavailable) {
				testenv.Missing(t, err.Error())
			} else if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = vm.Close() })
			var c counts
			t.Run("decisions", func(t *testing.T) { testDecisions(t, vm, &c) })
			t.Run("table", func(t *testing.T) { testTable(t, vm, &c) })
			t.Run("mutations", func(t *testing.T) { testMutations(t, vm, &c) })
			t.Run("verdicts", func(t *testing.T) { testVerdicts(t, vm, &c) })
			t.Logf("Linux %s (accelerated: %t): %s", vm.Release, vm.Accelerated, &c)
		})
	}
}

func long() bool { return os.Getenv("SENET_TEST_LONG") != "" }

// open decodes one of Debian's policies.
func open(t *testing.T, kind string) *policydb.Policy {
	t.Helper()
	db, err := policyfile.Open(testenv.Policy(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	return db
}
