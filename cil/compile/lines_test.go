package compile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// TestLines compiles each line of testdata/lines.txt, which are combinations of what the
// language has: names in macros, blocks, optionals and tunables, rules given twice, edges
// of numbers.
func TestLines(t *testing.T) {
	settings := []setting{{}}
	if testenv.Long() {
		settings = append(settings, optimized, multiple)
	}
	for _, text := range lines(t, "lines") {
		comparePeer(t, debian12, text, settings...)
	}
}

// TestLinesNewest is TestLines for the newest libsepol that there is, and what came since
// 3.4, in the versions of policies that came since then too.
func TestLinesNewest(t *testing.T) {
	peers := newer(t)
	newest := peers[len(peers)-1]
	settings := []setting{version(33), version(34), version(35)}
	added := lines(t, "lines-newer")
	if testenv.Long() {
		settings = append(settings, with(version(34), optimized), with(version(35), optimized))
		added = append(added, lines(t, "lines")...)
	}
	for _, text := range added {
		comparePeer(t, newest, text, settings...)
	}
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}
