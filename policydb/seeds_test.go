package policydb_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

var update = flag.Bool("update", false, "write testdata/seeds anew from what the compilers make")

const seedDir = "testdata/seeds"

// seeds makes the policies that fuzzing starts from: one for each layout of the
// format, small enough to be mutated fast. testdata/small.cil is written by
// secilc, the others by checkpolicy.
func seeds(t testing.TB) []testPolicy {
	t.Helper()
	testenv.Need(t, "checkpolicy", "secilc")
	list := []testPolicy{
		small(t, 15, policies.SELinux, false), small(t, 16, policies.SELinux, false),
		small(t, 18, policies.SELinux, false),
		small(t, 19, policies.SELinux, true), small(t, 20, policies.SELinux, true),
		small(t, 23, policies.SELinux, false),
		small(t, 25, policies.SELinux, true), small(t, 28, policies.SELinux, false),
		small(t, 30, policies.SELinux, true),
		small(t, 33, policies.SELinux, true), small(t, 24, policies.Xen, true), small(t, 30, policies.Xen, false),
	}
	for _, mls := range []bool{true, false} {
		source, err := os.ReadFile("testdata/small.cil")
		if err != nil {
			t.Fatal(err)
		}
		name := "cil-33-mls"
		if !mls {
			name = "cil-33"
			source = bytes.ReplaceAll(source, []byte("(mls true)"), []byte("(mls false)"))
		}
		path, err := policies.CompileCIL(source, policies.Options{Version: 33, HandleUnknown: "allow"})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, load(t, name, path))
	}
	return list
}

// TestSeeds: the committed seeds are what the compilers write. Run with -update
// to write them anew.
func TestSeeds(t *testing.T) {
	for _, p := range seeds(t) {
		path := filepath.Join(seedDir, p.name+".policy")
		if *update {
			if err := os.MkdirAll(seedDir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, p.image, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		committed := load(t, p.name, path)
		sameBytes(t, path, committed.image, p.image)
		roundTrip(t, committed)
		canonical(t, committed)
	}
}

// committedSeeds reads the seeds without any tool.
func committedSeeds(t testing.TB) []testPolicy {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(seedDir, "*.policy"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no seeds in %s: %v", seedDir, err)
	}
	var list []testPolicy
	for _, path := range paths {
		list = append(list, load(t, filepath.Base(path), path))
	}
	return list
}

// FuzzDecode: no input makes Decode panic; it is refused with the place, or
// encodes to the same bytes. What Canonical makes of it Decode accepts.
func FuzzDecode(f *testing.F) {
	for _, p := range committedSeeds(f) {
		f.Add(p.image)
	}
	for _, h := range handForms() {
		f.Add(h.build())
	}
	f.Fuzz(func(t *testing.T, image []byte) {
		if len(image) > 1<<16 || !acceptedOrRefused(t, image) {
			return
		}
		fuzzCanonical(t, image)
	})
}
