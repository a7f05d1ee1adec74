package kernel

import (
	"errors"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

var update = flag.Bool("update", false, "write the story's session into the documents")

// TestKernelsHaproxy plays what senet is for on real kernels: haproxy, refused a
// port, and the ways out. With -update the session on the first kernel becomes
// docs/story1.txt; go test -run TestStory -update has README.md quote it.
func TestKernelsHaproxy(t *testing.T) {
	if os.Getenv("SENET_TEST_KERNEL") == "" && !long() {
		t.Skip("SENET_TEST_KERNEL is not set; make test-kernel sets it")
	}
	testenv.Need(t, qemu, "semodule", "setfiles", "sefcontext_compile")
	testenv.Policy(t, "default")
	for _, b := range []*balancer{exampleBalancer(), debianBalancer()} {
		if b.slow && short() {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			files := b.files(t)
			for _, v := range Versions() {
				t.Run(string(v), func(t *testing.T) {
					if !*update { // the first writes what the second compares
						t.Parallel()
					}
					playOn(t, b, v, files)
				})
			}
		})
	}
}

func playOn(t *testing.T, b *balancer, v Version, files Files) {
	start := time.Now()
	vm, err := BootWith(t.Context(), v, files)
	if errors.Is(err, ErrUnavailable) {
		testenv.Missing(t, err.Error())
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = vm.Close() })
	t.Logf("Linux %s, booted in %v", vm.Release, time.Since(start))
	l := &lb{t: t, vm: vm, b: b}
	l.setUp()
	l.play()
	if b.name == "example" { // the one that is documented
		l.compare(t)
	}
	t.Logf("all of it took %v", time.Since(start))
}
