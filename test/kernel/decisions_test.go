package kernel

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// testDecisions asks the security server and packages access and policy the
// same questions: under Debian's policies, with booleans, permissive types,
// bounds, constraints and the defaults of classes at random. See [edited].
func testDecisions(t *testing.T, vm *VM, c *counts) {
	const chunk = 10_000 // decisions under one policy
	total := 100_000
	switch {
	case long():
		total = 1_000_000
	case short():
		total = 20_000
	}
	for _, kind := range []string{"default", "mls"} {
		t.Run(kind, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(11, 6))
			base := open(t, kind)
			var o oracles
			for done := 0; done < total/2; done += chunk {
				p := policy.New(edited(t, base, rng))
				p = flipped(p, rng)
				start := time.Now()
				if err := vm.Load(p); err != nil {
					t.Fatal(err)
				}
				o.loading += time.Since(start)
				c.policies.Add(1)
				a := newAsker(p, rng)
				a.reuse = true
				o.decisions(t, vm, a, chunk, c)
				o.labels(t, vm, a, chunk/10, c)
				o.contexts(t, vm, a, chunk/10, c)
			}
			t.Logf("%v loading, %v deciding, %v labels, %v contexts", o.loading, o.deciding, o.labelling, o.parsing)
			if o.bad > 0 || o.granted == 0 || o.moved == 0 || o.valid == 0 || o.invalid == 0 {
				t.Errorf("%d answers differ; %d decisions grant something, %d labels follow a rule, %d contexts are "+
					"valid and %d are not",
					o.bad, o.granted, o.moved, o.valid, o.invalid)
			}
		})
	}
}

// oracles compare the answers of the files of selinuxfs with those of senet.
type oracles struct {
	bad            int
	granted        int // decisions that grant something
	moved          int // labels that are neither the source's nor the target's
	valid, invalid int // contexts

	loading, deciding, labelling, parsing time.Duration // in the machine
}

// differ reports that a kernel and senet do not say the same.
func (o *oracles) differ(t *testing.T, file, question, senet, kernel string) {
	t.Helper()
	if o.bad++; o.bad <= 8 {
		t.Errorf("%s %q: senet says %q, the kernel %q", file, question, senet, kernel)
	}
}

func (o *oracles) decisions(t *testing.T, vm *VM, a *asker, n int, c *counts) {
	queries := a.take(n)
	start := time.Now()
	want, err := vm.Decisions(a.p, queries)
	if err != nil {
		t.Fatal(err)
	}
	o.deciding += time.Since(start)
	d := access.NewDecider(a.p)
	for i, q := range queries {
		got := d.Decide(q.Source, q.Target, q.Class)
		if c.decisions.Add(1); got.Allowed != 0 {
			o.granted++
		}
		if got != want[i] {
			if o.bad++; o.bad <= 8 {
				t.Errorf("%s: got %x, the kernel says %x", q.Text(a.p), got, want[i])
			}
		}
	}
}

// flipped returns the policy with booleans set at random.
func flipped(p *policy.Policy, rng *rand.Rand) *policy.Policy {
	var settings []policy.BoolSetting
	for id := range p.Bools() {
		if rng.IntN(3) == 0 {
			settings = append(settings, policy.BoolSetting{Bool: id, On: rng.IntN(2) == 0})
		}
	}
	return p.WithBools(settings...)
}
