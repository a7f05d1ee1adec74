package te_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/internal/testenv"
)

// sourcesVariable names a directory of sources, NAME.te, after m4: modules that others
// wrote, which are not in this repository.
const sourcesVariable = "SENET_TEST_TE"

// TestPublic: sources that others wrote are taken or refused as checkmodule does, and
// become the same modules, packages and CIL.
func TestPublic(t *testing.T) {
	dir := os.Getenv(sourcesVariable)
	if dir == "" {
		t.Skip(sourcesVariable + " names no directory of sources after m4")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.te"))
	if err != nil || len(files) == 0 {
		testenv.Missing(t, "no sources in "+dir)
	}
	p := newPeer(t)
	taken := 0
	header := regexp.MustCompile(`(?m)^\s*module\s+(\S+)\s`)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m := header.FindSubmatch(text)
		if m == nil {
			continue // of the base module, which has no header
		}
		diff, ok := p.compare(t, string(m[1]), string(text), te.Options{MLS: true})
		if diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
		if ok {
			taken++
		} else {
			t.Logf("%s is refused", f)
		}
	}
	t.Logf("%d of %d sources are taken", taken, len(files))
}
