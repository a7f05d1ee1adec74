package compile_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// TestSubsets compiles random subsets of Debian's modules, in a random order:
// which optionals stay, and all numbers, differ each time.
func TestSubsets(t *testing.T) {
	testenv.Need(t, "secilc")
	all := testenv.Modules(t, "default")
	first, n := seeds(t, 1, 20)
	s := with(mlsOn, noNeverallow)
	for seed := first; seed < first+uint64(n); seed++ {
		r := rand.New(rand.NewPCG(seed, 4))
		files := slices.Clone(all)
		r.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		for range testenv.Rounds(3, 6) {
			at, n := r.IntN(len(files)), 1+r.IntN(testenv.Rounds(150, 10))
			fewer := slices.Delete(slices.Clone(files), at, min(at+n, len(files)))
			if ours(t, s, fewer...).ok {
				files = fewer
			}
		}
		if d := differ(debian12.compileKept(t, s, files...), ours(t, s, files...)); d != "" {
			t.Errorf("seed %d, %d modules: %s", seed, len(files), d)
		}
		t.Logf("seed %d: %d modules", seed, len(files))
	}
}
