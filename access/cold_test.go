package access_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// TestExpect: what a Decider was told to expect changes no answer: of the sources
// that come, of others, of more than there is room for.
func TestExpect(t *testing.T) {
	p := open(t, named(t, "default"))
	rng := rand.New(rand.NewPCG(5601, 0))
	queries := newQueries(p, rng)
	for range 30 {
		asked := make([]query, 1+rng.IntN(30))
		for i := range asked {
			asked[i] = queries.next()
		}
		var expected []policy.TypeID
		for range rng.IntN(policy.RecentSources + 3) {
			expected = append(expected, policy.TypeID(asked[rng.IntN(len(asked))].source.Type))
		}
		plain, told := access.NewDecider(p), access.NewDecider(p)
		told.Expect(expected...)
		for _, q := range asked {
			if a, b := plain.Decide(q.source, q.target, q.class), told.Decide(q.source, q.target, q.class); a != b {
				t.Fatalf("%s: %+v, and %+v after Expect(%v)", q.text(p), a, b, expected)
			}
			source, perm := policy.TypeID(q.source.Type), policy.AccessVector(1)<<rng.IntN(10)
			if a, b := plain.TargetTypes(source, q.class, perm), told.TargetTypes(source, q.class, perm); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s: targets differ after Expect(%v)", q.text(p), expected)
			}
			if a, b := plain.Explain(q.source, q.target, q.class, perm), told.Explain(q.source, q.target, q.class, perm); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s: %+v, and %+v after Expect(%v)", q.text(p), a, b, expected)
			}
		}
	}
}
