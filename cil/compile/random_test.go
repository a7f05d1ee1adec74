package compile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/cilgen"
)

// seeds returns where a random test begins, and how many seeds it tries: one if
// somebody asks for a seed, and otherwise as many as SENET_SEEDS says.
func seeds(t *testing.T, short, long int) (first uint64, n int) {
	first, n = testenv.Seed(t), short
	if testenv.Long() {
		n = long
	}
	if testenv.SeedIsSet() {
		n = 1
	} else if s := os.Getenv("SENET_SEEDS"); s != "" {
		v, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		n = v
	}
	t.Logf("seeds %d to %d", first, first+uint64(n)-1)
	return first, n
}

// randomSettings are those that random CIL is compiled with.
var randomSettings = []setting{
	{}, {}, {}, multiple, optimized, noNeverallow, tunables, with(noNeverallow, version(28)), expandFive, expandNone,
	generated, noDontAudit,
	with(optimized, expandFive), mlsOff,
}

// TestRandom compiles random CIL with both compilers.
func TestRandom(t *testing.T) {
	testenv.Need(t, "secilc")
	first, n := seeds(t, 100, 3000)
	random(t, debian12, cilgen.New, randomSettings, first, n)
}

// TestRandomNewer does so with newer releases of libsepol and their language.
func TestRandomNewer(t *testing.T) {
	first, n := seeds(t, 60, 3000)
	settings := append([]setting{multiple, with(version(33)), with(version(33), optimized)}, randomSettings...)
	for _, p := range newer(t) {
		t.Run(p.release.String(), func(t *testing.T) { random(t, p, generatorOf(p.release), settings, first, n) })
	}
}

// generatorOf returns a generator of what a release of libsepol takes.
func generatorOf(release compile.Release) generate {
	if release < 8 {
		return cilgen.New
	}
	return cilgen.NewNewer
}

// generate makes a generator of random CIL.
type generate func(seed uint64) *cilgen.Generator

// inFiles writes a text to some files, cut between statements that stand in nothing:
// which file a statement is in shows where a tunableif stands in nothing.
func inFiles(t *testing.T, dir, text string, files int) []string {
	t.Helper()
	f := parse(t, "", text)
	spans := nodeSpans(f, text)
	var ends []int // of the statements
	for i := uint32(1); i < f.Len(); i = f.Next(i) {
		ends = append(ends, spans[i-1][1])
	}
	var names []string
	start := 0
	for n := range files {
		end := ends[len(ends)*(n+1)/files-1]
		names = append(names, filepath.Join(dir, fmt.Sprintf("random%d.cil", n)))
		if err := os.WriteFile(names[n], []byte(text[start:end]+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		start = end
	}
	return names
}

// random compares the compilers on what a generator makes of n seeds.
func random(t *testing.T, p peer, generate generate, settings []setting, first uint64, n int) {
	dir := t.TempDir()
	accepted, crashed := 0, 0
	for seed := first; seed < first+uint64(n); seed++ {
		g := generate(seed)
		text := g.Text()
		files := inFiles(t, dir, cilgen.Base+text, 1+int(seed%3))
		s := settings[seed%uint64(len(settings))]
		peer, own := p.compile(t, s, files...), p.ours(t, s, files...)
		if peer.code < 0 {
			crashed++ // by a signal
			continue
		}
		if peer.ok {
			accepted++
		}
		if d := differ(peer, own); d != "" {
			keep := filepath.Join(os.TempDir(), fmt.Sprintf("random-%d.cil", seed))
			_ = os.WriteFile(keep, []byte(cilgen.Base+text), 0o600)
			t.Errorf("seed %d %v (kept as %s):\n%s", seed, s.flags, keep, d)
		}
	}
	t.Logf("%d of %d are accepted; secilc crashed on %d", accepted, n, crashed)
	if accepted < n/10 {
		t.Errorf("%d of %d are accepted: the generator is of no use", accepted, n)
	}
}
