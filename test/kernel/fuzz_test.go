package kernel

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

// TestFuzzKernel lets every kernel judge mutated policies for the time in
// SENET_FUZZ_KERNEL ("10m") and writes what it finds to the directory in
// SENET_FUZZ_OUT. make fuzz-kernel runs it.
func TestFuzzKernel(t *testing.T) {
	text := os.Getenv("SENET_FUZZ_KERNEL")
	if text == "" {
		t.Skip("SENET_FUZZ_KERNEL is not set; make fuzz-kernel sets it")
	}
	limit, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	testenv.Need(t, qemu)
	for _, v := range Versions() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			vm := boot(t, v)
			t.Cleanup(func() { _ = vm.Close() })
			f := newFuzzer(t, vm)
			f.Random, f.Dir = testenv.NewSeed(t), os.Getenv("SENET_FUZZ_OUT")
			if err := f.Run(context.Background(), limit, 0); err != nil {
				t.Error(err)
			}
			report(t, f)
		})
	}
}

// testLoads lets a kernel judge mutated policies, always the same ones.
func testLoads(t *testing.T, vm *VM, c *counts) {
	n := 1500
	switch {
	case long():
		n = 20_000
	case short():
		n = 400
	}
	f := newFuzzer(t, vm)
	f.Random = 7
	if err := f.Run(context.Background(), 0, n); err != nil {
		t.Error(err)
	}
	report(t, f)
	c.loads.Add(int64(f.Tried))
}

func newFuzzer(t *testing.T, vm *VM) *Fuzzer {
	t.Helper()
	f := &Fuzzer{VM: vm}
	paths, err := filepath.Glob("../../policydb/testdata/seeds/*.policy")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, "../../examples/example.policy", testenv.Policy(t, "default")) {
		image, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// Small policies do not define what a kernel that is to reject what they do
		// not define wants defined: have it allowed.
		const config, reject, allow = 20, 2, 4
		image[config] = image[config]&^reject | allow
		image = labelled(t, image)
		weight := 20
		switch name := filepath.Base(path); {
		case strings.Contains(name, "xen"):
			weight = 1
		case name == "cil-33-mls.policy":
			f.Base = image
		case strings.HasPrefix(name, "policy."):
			weight = 2
		}
		f.Seeds = append(f.Seeds, Seed{Name: filepath.Base(path), Image: image, Weight: weight})
	}
	if f.Base == nil {
		t.Fatal("no policy to begin with")
	}
	return f
}

// labelled gives the files of booleans a label, without which Linux 6.12 refuses
// a policy and the small ones do not care for.
func labelled(t *testing.T, image []byte) []byte {
	t.Helper()
	p, err := policydb.Decode(image)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p.GenFS, func(g policydb.GenFS) bool { return g.FSType == "selinuxfs" }) {
		entry := policydb.GenFSEntry{Path: "/", Context: p.OContexts.InitialSIDs[0].Context}
		p.GenFS = append(slices.Clip(p.GenFS), policydb.GenFS{FSType: "selinuxfs",
			Entries: []policydb.GenFSEntry{entry}})
	}
	return p.Encode()
}

func report(t *testing.T, f *Fuzzer) {
	t.Helper()
	t.Logf("%d mutated policies: senet takes %d and refuses the others for %d reasons; %d that kernels die of left "+
		"out; %d deaths",
		f.Tried, f.Taken, len(f.asked)-1, f.Skipped, f.Deaths)
	slices.SortFunc(f.Findings, func(a, b *Finding) int { return b.Count - a.Count })
	for _, found := range f.Findings {
		if found.Known == "" {
			t.Errorf("%s", found)
		} else {
			t.Logf("%s", found)
		}
	}
}
