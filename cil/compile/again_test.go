package compile_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestModuleAgain changes a large source at random: the statements that a cache finds by
// looking at what changed are those that a look at all of it finds. Some changes are
// wrong.
func TestModuleAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(testenv.Seed(t), 21))
	for range testenv.Rounds(2, 100) {
		var list, spare []string
		for len(strings.Join(list, "\n")) < 100<<10 {
			list = append(list, statements(t, compiling(r))...)
		}
		spare = append(statements(t, compiling(r)),
			"(typo)", "(allow a)", "()", "(tunableif t (true (tunable u true)))", "(macro m () (block b))",
			"(optional x (in y (tunable z true)))")
		cache := compile.NewCache(compile.Options{})
		mistakes := 0
		for step := range 60 {
			now := slices.Clone(list)
			if step > 0 {
				changeOneOf(r, &now, spare)
			}
			text := strings.Join(now, "\n")
			m, err := cache.Module("x", []byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := compile.FormDiff(cache, m); d != "" {
				t.Fatalf("step %d: %s", step, d)
			}
			if compile.Mistakes(m) > 0 {
				mistakes++
			} else {
				list = now
			}
		}
		if mistakes == 0 || mistakes > 50 {
			t.Errorf("%d of 60 texts have mistakes", mistakes)
		}
	}
}

// changeOneOf puts a statement in, takes some out or swaps two.
func changeOneOf(r *rand.Rand, list *[]string, spare []string) {
	i := r.IntN(len(*list))
	switch r.IntN(3) {
	case 0:
		if r.IntN(2) == 0 {
			spare = spare[len(spare)-6:] // the wrong ones
		}
		*list = slices.Insert(*list, i, spare[r.IntN(len(spare))])
	case 1:
		*list = slices.Delete(*list, i, min(len(*list), i+1+r.IntN(100)))
	default:
		j := r.IntN(len(*list))
		(*list)[i], (*list)[j] = (*list)[j], (*list)[i]
	}
}
