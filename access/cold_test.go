package access_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// TestColdAsWarm: a Decider that was asked nothing yet and one that has its index
// give the same answers, whichever classes were asked about before.
func TestColdAsWarm(t *testing.T) {
	p := open(t, named(t, "default"))
	rng := rand.New(rand.NewPCG(5601, 0))
	queries := newQueries(p, rng)
	warm := access.NewDecider(p)
	warm.Warm()
	for range 30 {
		p := policy.New(p.DB()) // with no class indexed
		cold := access.NewDecider(p)
		for range 1 + rng.IntN(30) {
			q := queries.next()
			if a, b := cold.Decide(q.source, q.target, q.class), warm.Decide(q.source, q.target, q.class); a != b {
				t.Fatalf("%s: cold %+v, warm %+v", q.text(p), a, b)
			}
			source, perm := policy.TypeID(q.source.Type), policy.AccessVector(1)<<rng.IntN(10)
			if a, b := cold.TargetTypes(source, q.class, perm), warm.TargetTypes(source, q.class,
				perm); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s: the targets differ", q.text(p))
			}
			a, b := cold.Explain(q.source, q.target, q.class, perm), warm.Explain(q.source, q.target, q.class, perm)
			if a.Code != b.Code || !reflect.DeepEqual(a.Rules, b.Rules) ||
				!reflect.DeepEqual(a.DontAudit, b.DontAudit) || !reflect.DeepEqual(a.Switches, b.Switches) {
				t.Fatalf("%s: cold %+v, warm %+v", q.text(p), a, b)
			}
		}
	}
}
