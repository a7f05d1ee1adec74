package semodulecli_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// words are the flags of semodule, with arguments of all kinds.
var words = []string{
	"-R", "-B", "-D", "-P", "-C", "-v", "-vv", "-m", "-c", "-H", "-N", "-l", "-lfull", "-lstandard", "-lbad",
	"--list-modules", "--list-modules=full", "-i own.cil", "-i own2.cil", "-i nosuch.cil", "-i bad.cil",
	"-i pkg.pp", "-b own.cil", "-u own.cil", "--install=own2.cil", "-r own", "-r base", "-r nosuch", "-r off",
	"--remove own", "-e own", "-d own", "-e off", "-d nosuch", "-d pkg", "--disable=off", "-E own", "-E base",
	"-E nosuch", "-E pkg", "-X 300", "-X 0", "-X 70000", "-X x", "-X -1", "--priority=999",
	"--rebuild-if-modules-changed", "--checksum", "--cil", "--hll", "extra", "own", "-S", "-h", "--", "-Z", "--re",
	"--l", "--e", "--p", "--build", "--noreload", "--extract=pkg", "--preserve_tunables", "--disable_dontaudit",
	"--ignore-module-cache", "--base=own.cil", "--upgrade", "--list-modules=standard",
}

// newWords are flags of the newest releases.
var newWords = []string{"-i own2.cil --refresh", "--refresh -D", "--refresh -B", "--refresh extra"}

// TestFlags runs each flag and pairs of flags with this system's semodule and with this package. Exit codes,
// output, the files of the store and the extracted files are the same. A long run tries all pairs.
func TestFlags(t *testing.T) {
	b := newBench(t, "")
	b.flags(t, words, testenv.Rounds(40, len(words)*len(words)))
}

// TestNewerFlags is the same with semodule of Debian 13 and sid. Each compiles file contexts to its own form, which
// is left out. A usual run uses sid alone.
func TestNewerFlags(t *testing.T) {
	suites := []string{"sid"}
	if testenv.Long() {
		suites = append(suites, "trixie")
	}
	for _, suite := range suites {
		t.Run(suite, func(t *testing.T) {
			newBench(t, suite).flags(t, append(newWords, words...), testenv.Rounds(14, 700))
		})
	}
}

func (b *bench) flags(t *testing.T, words []string, pairs int) {
	t.Helper()
	lines := append([]string{""}, words...)
	if pairs >= len(words)*len(words) {
		for _, a := range words {
			for _, c := range words {
				lines = append(lines, a+" "+c)
			}
		}
	} else {
		rng := rand.New(rand.NewPCG(testenv.Seed(t), 11))
		for range pairs {
			lines = append(lines, words[rng.IntN(len(words))]+" "+words[rng.IntN(len(words))])
		}
	}
	passed := 0
	for _, line := range lines {
		if b.deliberate(line) {
			continue
		}
		b.reset(t)
		theirs, ours, differs := b.both(t, line)
		if differs != "" {
			t.Errorf("%s: semodule exits with %d, we with %d; what differs is %s", line, theirs, ours, differs)
		}
		if ours == 0 {
			passed++
		}
	}
	t.Logf("%d command lines, %d of them end well", len(lines), passed)
	if passed < 20 {
		t.Errorf("only %d lines end well", passed)
	}
}

// deliberate reports whether docs/semodule-differences.md has such a line: newer releases write the policy again
// where nothing changed.
func (b *bench) deliberate(line string) bool {
	return b.config != "" && strings.Contains(line, "--rebuild-if")
}
