package access_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/access"
)

// TestConcurrentDeciders has a Decider for each goroutine, all of one policy.
func TestConcurrentDeciders(t *testing.T) {
	p := open(t, "../examples/example.policy")
	g := newQueries(p, rand.New(rand.NewPCG(4, 4)))
	list := make([]query, 800)
	want := make([]access.Decision, len(list))
	d := access.NewDecider(p)
	for i := range list {
		list[i] = g.next()
		want[i] = d.Decide(list[i].source, list[i].target, list[i].class)
	}
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			d := access.NewDecider(p)
			for i := range list {
				at := (i*7 + n*101) % len(list)
				q := list[at]
				if got := d.Decide(q.source, q.target, q.class); got != want[at] {
					t.Errorf("%s: got %x, alone %x", q.text(p), got, want[at])
				}
				d.Explain(q.source, q.target, q.class, 1)
			}
		}()
	}
	wg.Wait()
}
