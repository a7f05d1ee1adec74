package kernel

import (
	"bytes"
	"maps"
	"slices"
	"testing"
)

// TestMutate: a mutation is the same for the same seed, and those of a few policies reach most of
// senet's reasons to refuse a policy.
func TestMutate(t *testing.T) {
	classes := make(map[string]int)
	for _, seed := range newFuzzer(t, nil).Seeds {
		n := uint64(1500)
		if len(seed.Image) > 1<<20 {
			n = 20
		}
		for i := range n {
			mutant, what := mutate(seed.Image, i)
			again, whatAgain := mutate(seed.Image, i)
			if !bytes.Equal(mutant, again) || what != whatAgain {
				t.Fatalf("%s: seed %d: %q and then %q", seed.Name, i, what, whatAgain)
			}
			if mutant != nil {
				classes[senetTakes(mutant)]++
			}
		}
	}
	if classes[""] == 0 || len(classes) < 150 {
		t.Errorf("%d mutated policies are taken; %d reasons to refuse one", classes[""], len(classes))
	}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		t.Logf("%5d %s", classes[class], class)
	}
}
