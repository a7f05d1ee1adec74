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

// counts are the numbers of comparisons in a run of the tests.
type counts struct {
	policies, decisions, labels, contexts, operations, repeated, lines, loads atomic.Int64
}

func (c *counts) String() string {
	return fmt.Sprintf(
		"%d policies, %d decisions, %d labels, %d contexts, %d operations (%d repeated), %d AVC lines, %d mutated "+
			"policies compared",
		c.policies.Load(), c.decisions.Load(), c.labels.Load(), c.contexts.Load(), c.operations.Load(),
		c.repeated.Load(), c.lines.Load(), c.loads.Load())
}

// A comparison is a part of TestKernels.
type comparison struct {
	name string
	run  func(*testing.T, *VM, *counts)
}

// machines are the comparisons, each row in a machine of its own. What one policy
// leaves of labels are labels of the next: a context that is converted to that of
// the kernel is not the initial SID (docs/kernel-notes.md), so Debian's policies,
// and those of the lab, do not meet.
var machines = [][]comparison{
	{{"decisions", testDecisions}},
	{{"loads", testLoads}},
	{{"compiled", testCompiled}},
	{{"compiled at random", testCompiledRandom}},
	{{"table", testTable}, {"mutations", testMutations}},
	{{"verdicts default", func(t *testing.T, vm *VM, c *counts) { testVerdicts(t, vm, c, "default") }}},
	{{"verdicts mls", func(t *testing.T, vm *VM, c *counts) { testVerdicts(t, vm, c, "mls") }}},
	{{"sockets default", func(t *testing.T, vm *VM, c *counts) { testSockets(t, vm, c, "default") }}},
	{{"sockets mls", func(t *testing.T, vm *VM, c *counts) { testSockets(t, vm, c, "mls") }}},
	{{"specials", testSpecials}, {"exec", testExec}, {"unknown", testUnknown}, {"probes", testProbes},
		{"packets", testPackets}, {"CIPSO", testCIPSO}},
}

// TestKernels runs every comparison on every kernel, and the kernels side by
// side. It takes minutes, so it has to be asked for by SENET_TEST_KERNEL: "1" for
// all of it, "short" for a part of each comparison.
func TestKernels(t *testing.T) {
	if os.Getenv("SENET_TEST_KERNEL") == "" && !long() {
		t.Skip("SENET_TEST_KERNEL is not set; make test-kernel sets it")
	}
	testenv.Need(t, qemu)
	for _, v := range Versions() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			var c counts
			var vm *VM
			for _, list := range machines {
				var own *VM // booted by the first comparison that is run
				for _, part := range list {
					t.Run(part.name, func(t *testing.T) {
						if own == nil {
							own = boot(t, v)
						}
						start, busy := time.Now(), own.processorTime()
						part.run(t, own, &c)
						t.Logf("Linux %s: %s took %v, of which the machine was busy for %v", own.Release, part.name,
							time.Since(start).Round(time.Second/10), (own.processorTime() - busy).Round(time.Second/10))
					})
				}
				if own != nil {
					_ = own.Close()
					vm = own
				}
			}
			if vm != nil {
				t.Logf("Linux %s (accelerated: %t): %s", vm.Release, vm.Accelerated, &c)
			}
		})
	}
}

// boot starts a kernel, which the caller ends. Where there is none to be had the
// test is skipped with the reason, or failed under CI=true.
func boot(t *testing.T, v Version) *VM {
	t.Helper()
	vm, err := Boot(context.Background(), v)
	if errors.Is(err, ErrUnavailable) {
		testenv.Missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
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
