package remedy_test

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/remedy"
)

// TestBest: Best returns the first fix of Find, for random refused operations:
// 40 on each policy, 150 with SENET_TEST_LONG=1, fewer on each of
// $SENET_TEST_POLICIES; a third of them other ones each time.
func TestBest(t *testing.T) {
	seeds := []uint64{1, 2, testenv.Seed(t)}
	n := 24
	if testenv.Long() {
		n = 150
	}
	for i, path := range files(t) {
		n := n
		if i >= 3 {
			n /= 5
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			pr := newProver(t, path)
			var best, all time.Duration
			kinds := map[remedy.Kind]int{}
			for i := range n {
				rng := rand.New(rand.NewPCG(seeds[i%3], uint64(i)))
				problem := refused(t, pr.d, rng, pr.domains)
				if problem == nil {
					t.Log("nothing is refused")
					break
				}
				if rng.IntN(4) == 0 {
					localRange(pr.p, problem, rng)
				}
				start := time.Now()
				got, ok, err := remedy.Best(access.NewDecider(pr.p), *problem)
				best += time.Since(start)
				if err != nil {
					t.Fatal(err)
				}
				start = time.Now()
				want, err := remedy.Find(access.NewDecider(pr.p), *problem)
				all += time.Since(start)
				if err != nil {
					t.Fatal(err)
				}
				if ok != (len(want.Fixes) > 0) {
					t.Errorf("%s: %v of %d fixes", describe(pr.p, problem), ok, len(want.Fixes))
					continue
				}
				if !ok {
					continue
				}
				kinds[got.Kind]++
				if diff := cmp.Diff(want.Fixes[0], got, cmp.AllowUnexported(remedy.Fix{}),
					cmp.Comparer(sameNodes)); diff != "" {
					t.Errorf("%s: %s", describe(pr.p, problem), diff)
				}
			}
			t.Logf("first fixes %v; Best took %v, Find %v", kinds, best, all)
		})
	}
}

func sameNodes(a, b []cil.Node) bool { return cil.Format(a) == cil.Format(b) }

// localRange tells the problem of a local record that its port lies in, which
// the policy does not have.
func localRange(p *policy.Policy, problem *remedy.Problem, rng *rand.Rand) {
	c := policydb.PortCon{Protocol: uint32(number(problem.Protocol)), Low: uint32(problem.Port),
		High: uint32(problem.Port), Context: p.PortLabel(number(problem.Protocol), problem.Port).Context}
	c.Low -= min(c.Low-min(c.Low, 1), rng.Uint32N(3))
	c.High += min(65535-c.High, rng.Uint32N(3))
	problem.LocalPorts = []policydb.PortCon{c}
}
