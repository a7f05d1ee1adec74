package te_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

// sourcesVariable names a directory of further sources, NAME.te, after m4.
const sourcesVariable = "SENET_TEST_TE"

// TestPublic: sources that others wrote are taken or refused as checkmodule does, and become the same modules,
// packages and CIL: the modules of refpolicy as Debian publishes them, a part of them in a usual run, and those that
// SENET_TEST_TE names.
func TestPublic(t *testing.T) {
	p := newPeer(t)
	taken, all := 0, 0
	for name, text := range publicSources(t) {
		all++
		diff, ok := p.compare(t, name, text, te.Options{MLS: true})
		if diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if ok {
			taken++
		} else {
			t.Logf("%s is refused", name)
		}
	}
	t.Logf("%d of %d sources are taken", taken, all)
	if taken < testenv.Rounds(8, 350) {
		t.Errorf("%d sources are too few", taken)
	}
}

// publicSources yields the names and texts of modules that others wrote, after m4.
func publicSources(t *testing.T) func(func(name, text string) bool) {
	t.Helper()
	testenv.Need(t, "zstd")
	root, dir := sysroot.Root{}, t.TempDir()
	h, err := refpolicy.Open(root, oracle.Headers(t), refpolicy.Override{})
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(oracle.Unpacked(t, "selinux-policy-src"), "usr/src/selinux-policy-src.tar.zst")
	if out, err := exec.Command("tar", "--zstd", "-xf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var files []string
	err = filepath.WalkDir(filepath.Join(dir, "selinux-policy-src/policy/modules"),
		func(file string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(file, ".te") {
				files = append(files, file)
			}
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	every := max(1, len(files)/testenv.Rounds(16, len(files)))
	return func(yield func(string, string) bool) {
		for i := 0; i < len(files); i += every {
			text, err := os.ReadFile(files[i])
			if err != nil {
				t.Fatal(err)
			}
			expanded, _, err := h.Expand(files[i], string(text))
			if err != nil {
				t.Fatal(err)
			}
			if name, ok := moduleName(string(expanded)); ok && !yield(name, string(expanded)) {
				return
			}
		}
		more, err := filepath.Glob(filepath.Join(os.Getenv(sourcesVariable), "*.te"))
		if err != nil || os.Getenv(sourcesVariable) == "" {
			return
		}
		for _, file := range more {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if name, ok := moduleName(string(text)); ok && !yield(name, string(text)) {
				return
			}
		}
	}
}

// moduleName returns the name in the header of a source; false for one of the base module, which has none.
func moduleName(text string) (string, bool) {
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 2 && words[0] == "module" {
			return words[1], true
		}
	}
	return "", false
}
