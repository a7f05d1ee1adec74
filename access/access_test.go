package access_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/oracle"
)

func open(t testing.TB, path string) *policy.Policy {
	t.Helper()
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return policy.New(db)
}

// contexts returns n random valid contexts of the policy.
func contexts(p *policy.Policy, rng *rand.Rand, n int) []string {
	var types []policy.TypeID
	for id := range p.Types() {
		types = append(types, id)
	}
	var pairs [][2]uint32 // user, role
	for u := range p.Users() {
		for r := range p.UserRoles(u).All() {
			pairs = append(pairs, [2]uint32{uint32(u), uint32(r)})
		}
		pairs = append(pairs, [2]uint32{uint32(u), 1})
	}
	var out []string
	for len(out) < n {
		pair := pairs[rng.IntN(len(pairs))]
		c := policy.Context{User: pair[0], Role: pair[1], Type: uint32(types[rng.IntN(len(types))])}
		if p.MLS() {
			r := p.UserInfo(policy.UserID(c.User)).Range
			switch rng.IntN(4) {
			case 0:
				c.Range = r
			case 1:
				c.Range = policy.Range{Low: r.Low, High: r.Low, Single: true}
			case 2:
				c.Range = policy.Range{Low: r.High, High: r.High, Single: true}
			default:
				text := fmt.Sprintf("s0:c%d,c%d", rng.IntN(40), 50+rng.IntN(40))
				if parsed, err := p.ParseRange(text); err == nil {
					c.Range = parsed
				} else {
					c.Range = r
				}
			}
		}
		if p.ValidateContext(c) == nil {
			out = append(out, p.FormatContext(c))
		}
	}
	return out
}

// TestDecideAgainstLibsepol compares random decisions with libsepol's.
func TestDecideAgainstLibsepol(t *testing.T) {
	oracle.Need(t)
	for _, name := range []string{"default", "mls"} {
		t.Run(name, func(t *testing.T) {
			path := testenv.Policy(t, name)
			compareDecisions(t, path, rand.New(rand.NewPCG(1, 2)), 20000)
		})
	}
}

func compareDecisions(t *testing.T, path string, rng *rand.Rand, n int) {
	t.Helper()
	p := open(t, path)
	d := access.NewDecider(p)
	pool := contexts(p, rng, 400)
	var classes []policy.ClassID
	for id := range p.Classes() {
		classes = append(classes, id)
	}
	queries := make([]string, n)
	for i := range queries {
		queries[i] = pool[rng.IntN(len(pool))] + " " + pool[rng.IntN(len(pool))] + " " + p.ClassName(classes[rng.IntN(len(classes))])
	}
	want, err := oracle.Access(path, queries)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for i, q := range queries {
		var s, o, c string
		fmt.Sscan(q, &s, &o, &c)
		sc, err1 := p.ParseContext(s)
		tc, err2 := p.ParseContext(o)
		if err1 != nil || err2 != nil || want[i].Err != "" {
			t.Fatal(q, err1, err2, want[i].Err)
		}
		class, _ := p.Class(c)
		got := d.Decide(sc, tc, class)
		w := access.Decision{policy.AccessVector(want[i].Allowed), policy.AccessVector(want[i].AuditAllow), policy.AccessVector(want[i].AuditDeny), access.Flags(want[i].Flags)}
		if got != w {
			if bad++; bad < 5 {
				t.Errorf("%s: got %x, libsepol says %x", q, got, w)
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d of %d decisions differ", bad, n)
	}
}
