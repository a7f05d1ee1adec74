package compile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/cilgen"
)

// TestCacheNeverallow lets types come, go and join attributes that allow and neverallow rules
// name: a cache finds the violations that a build of all modules finds, with the same words.
func TestCacheNeverallow(t *testing.T) {
	r := rand.New(rand.NewPCG(testenv.Seed(t), 22))
	accepted, refused, mended := 0, 0, 0
	for range testenv.Rounds(60, 3000) {
		cache := compile.NewCache(compile.Options{})
		lists := make([][]string, 3)
		for n := range 12 {
			lists[n%3] = append(lists[n%3], neverStatement(r))
		}
		for range 12 {
			now := slices.Clone(lists)
			at := r.IntN(len(now))
			switch list := slices.Clone(now[at]); {
			case len(list) > 0 && r.IntN(3) == 0:
				i := r.IntN(len(list))
				now[at] = slices.Delete(list, i, i+1)
			default:
				now[at] = slices.Insert(list, r.IntN(len(list)+1), neverStatement(r))
			}
			const names = "(typeattribute a0)(typeattribute a1)(typeattribute a2)(typeattribute a3)"
			sources := []source{{"base.cil", cilgen.Base}, {"names.cil", names}}
			for i, list := range now {
				text := fmt.Sprintf("(type own%d)", i)
				sources = append(sources, source{fmt.Sprintf("%d.cil", i), text + strings.Join(list, "\n")})
			}
			if sameBuild(t, cache, compile.Options{}, sources) {
				accepted++
				lists = now
			} else {
				refused++
			}
		}
		mended += compile.Mended(cache)
	}
	t.Logf("%d builds accepted, %d refused, %d by changing the last", accepted, refused, mended)
	if accepted < 100 || refused < 50 || mended < accepted/2 {
		t.Errorf("%d builds accepted, %d refused, %d by changing the last", accepted, refused, mended)
	}
}

// neverStatement returns a statement about a few types and attributes.
func neverStatement(r *rand.Rand) string {
	typ := func() string {
		return []string{"a", "b", "d", "e", "own0", "own1", "own2", "more0", "more1", "more2"}[r.IntN(10)]
	}
	attribute := func() string { return fmt.Sprintf("a%d", r.IntN(4)) }
	either := func() string {
		if r.IntN(2) == 0 {
			return typ()
		}
		return attribute()
	}
	target := func() string {
		switch r.IntN(6) {
		case 0:
			return "self"
		case 1:
			return "notself"
		case 2:
			return "other"
		}
		return either()
	}
	var s string
	switch r.IntN(9) {
	case 8:
		n := r.IntN(3)
		return fmt.Sprintf("(typeattributeset a%d a%d)", n, n+1)
	case 0:
		return fmt.Sprintf("(type more%d)", r.IntN(3))
	case 1:
		s = fmt.Sprintf("(typeattributeset %s (%s %s))", attribute(), typ(), typ())
	case 2:
		s = fmt.Sprintf("(typeattributeset %s (and (all) (not (%s %s %s))))", attribute(), typ(), typ(), typ())
	case 3:
		s = fmt.Sprintf("(typeattributeset %s (xor (%s) (%s)))", attribute(), typ(), typ())
	case 4, 5:
		s = fmt.Sprintf("(allow %s %s (file (%s)))", either(), target(), []string{"read", "write"}[r.IntN(2)])
	default:
		s = fmt.Sprintf("(neverallow %s %s (file (read)))", either(), target())
	}
	if strings.Contains(s, "more") {
		return fmt.Sprintf("(optional o%d %s)", r.IntN(3), s)
	}
	return s
}
