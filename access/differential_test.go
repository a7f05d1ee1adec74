package access_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
	"github.com/senet-selinux/senet/test/policies"
)

// libsepol is started afresh after so many questions.
const chunk = 4000

// TestDecideAgainstLibsepol compares random decisions, all four words, with
// libsepol's: 120,000, and two million with SENET_TEST_LONG=1.
//
// Kernel and libsepol decide alike, except for the cases that oracle.Decision lists. One
// difference is libsepol's own: asked about a type whose bounds are bounded themselves and mask
// something, it reads a null pointer. Those questions have no answer and are counted.
func TestDecideAgainstLibsepol(t *testing.T) {
	oracle.Need(t)
	n := 1
	if testenv.Long() {
		n = 10
	}
	rng := rand.New(rand.NewPCG(2, 3))
	for _, name := range []string{"default", "mls"} {
		t.Run(name, func(t *testing.T) {
			compareDecisions(t, testenv.Policy(t, name), rng, testenv.Rounds(3, 120)*chunk)
		})
		t.Run(name+" edited", func(t *testing.T) {
			for range testenv.Rounds(2, 40) {
				compareDecisions(t, edited(t, testenv.Policy(t, name), rng), rng, 2*chunk)
			}
		})
	}
	t.Run("example", func(t *testing.T) {
		compareDecisions(t, "../examples/example.policy", rng, n*3*chunk)
		compareDecisions(t, edited(t, "../examples/example.policy", rng), rng, n*2*chunk)
	})
	t.Run("fedora", func(t *testing.T) {
		compareDecisions(t, named(t, "fedora"), rng, n*3*chunk)
	})
	t.Run("small", func(t *testing.T) {
		testenv.Need(t, "checkpolicy")
		for _, version := range []int{20, 24, 28, 30, 33} {
			for _, mls := range []bool{false, true} {
				path, err := policies.Small(version, policies.SELinux, mls)
				if err != nil {
					t.Fatal(err)
				}
				compareDecisions(t, path, rng, n*500)
				if version >= 24 {
					compareDecisions(t, edited(t, path, rng), rng, n*500)
				}
			}
		}
	})
	t.Run("random", func(t *testing.T) {
		testenv.Need(t, "checkpolicy")
		for range n * 6 {
			path, err := policies.NewRandom(rng).Write(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			compareDecisions(t, path, rng, 1000)
		}
	})
	t.Run("elsewhere", func(t *testing.T) {
		for _, path := range elsewhere(t) {
			compareDecisions(t, path, rng, n*2*chunk)
		}
	})
}

// elsewhere returns the binary policies in the directory $SENET_TEST_POLICIES.
func elsewhere(t *testing.T) []string {
	dir := os.Getenv("SENET_TEST_POLICIES")
	if dir == "" {
		t.Skip("SENET_TEST_POLICIES is not set")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if _, err := policyfile.Open(path); err != nil {
			t.Logf("%s: %v", e.Name(), err)
			continue
		}
		if err := oracle.Loads(path); err != nil {
			t.Logf("%s: %v", e.Name(), err)
			continue
		}
		paths = append(paths, path)
	}
	return paths
}

// edited returns the path of a copy of a policy with permissive types and with
// bounds between random types: half of them between domains, so that some of
// what is asked survives.
func edited(t *testing.T, path string, rng *rand.Rand) string {
	t.Helper()
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	db = db.Clone()
	types := slices.Collect(p.Types())
	domains := slices.DeleteFunc(slices.Clone(types), func(id policy.TypeID) bool {
		return !slices.ContainsFunc(slices.Collect(p.Roles()),
			func(r policy.RoleID) bool { return r != 1 && p.RoleTypes(r).Has(id) })
	})
	for range len(types)/20 + 1 {
		if err := db.SetPermissive(uint32(types[rng.IntN(len(types))]), true); err != nil {
			t.Fatal(err)
		}
	}
	db.Types.Items = slices.Clone(db.Types.Items)
	pick := func() uint32 {
		if rng.IntN(2) == 0 && len(domains) > 0 {
			return uint32(domains[rng.IntN(len(domains))])
		}
		return uint32(types[rng.IntN(len(types))])
	}
	for range len(types)/4 + 1 {
		child, parent := pick(), pick()
		if child == parent || chained(db, parent) || bounding(db, child) {
			continue
		}
		for i := range db.Types.Items {
			if ty := &db.Types.Items[i]; ty.Value == child && ty.Properties&policydb.TypePrimary != 0 {
				ty.Bounds = parent
			}
		}
	}
	out := filepath.Join(t.TempDir(), "edited.policy")
	if err := os.WriteFile(out, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// chained reports whether a type's bounds have bounds: the chains stay at two,
// so that few questions make libsepol crash.
func chained(db *policydb.Policy, value uint32) bool {
	return boundsOf(db, boundsOf(db, value)) != 0
}

func bounding(db *policydb.Policy, value uint32) bool {
	return slices.ContainsFunc(db.Types.Items, func(ty policydb.Type) bool { return ty.Bounds == value })
}

func boundsOf(db *policydb.Policy, value uint32) uint32 {
	for i := range db.Types.Items {
		if ty := &db.Types.Items[i]; ty.Value == value && ty.Properties&policydb.TypePrimary != 0 {
			return ty.Bounds
		}
	}
	return 0
}

// compareDecisions asks n questions in chunks, each with some booleans set at
// random.
func compareDecisions(t *testing.T, path string, rng *rand.Rand, n int) {
	t.Helper()
	base := open(t, path)
	g := newQueries(base, rng)
	asked, granted, bad, crashed := 0, 0, 0, 0
	for done := 0; done < n; done += chunk {
		p, bools := flipped(base, rng)
		list := make([]query, min(chunk, n-done))
		lines := make([]string, len(list))
		for i := range list {
			list[i] = g.next()
			lines[i] = list[i].text(p)
		}
		want, err := oracle.Access(path, lines, bools...)
		if err != nil {
			t.Fatal(err)
		}
		d := access.NewDecider(p)
		for i, q := range list {
			w := want[i]
			if w.Err == "libsepol crashed" {
				crashed++
				continue
			}
			if w.Err != "" {
				t.Fatalf("%s: %s", lines[i], w.Err)
			}
			got := d.Decide(q.source, q.target, q.class)
			asked++
			if got.Allowed != 0 {
				granted++
			}
			if got != (access.Decision{
				Allowed: policy.AccessVector(w.Allowed), AuditAllow: policy.AccessVector(w.AuditAllow),
				AuditDeny: policy.AccessVector(w.AuditDeny), Flags: access.Flags(w.Flags),
			}) {
				if bad++; bad < 5 {
					t.Errorf("%s [%s]: got %x, libsepol says %x", lines[i], strings.Join(bools, " "), got, w)
				}
			}
		}
	}
	if bad > 0 {
		t.Errorf("%s: %d of %d decisions differ", path, bad, asked)
	}
	if crashed > n/20 {
		t.Errorf("%s: libsepol answers all but %d of %d", path, crashed, n)
	}
	t.Logf("%s: %d decisions, %d grant something, %d that libsepol crashes at", filepath.Base(path), asked, granted,
		crashed)
}

// flipped returns the policy with some booleans set at random, and the settings
// for libsepol.
func flipped(p *policy.Policy, rng *rand.Rand) (*policy.Policy, []string) {
	var settings []policy.BoolSetting
	var bools []string
	for id := range p.Bools() {
		if rng.IntN(3) > 0 {
			continue
		}
		on := rng.IntN(2) == 0
		settings = append(settings, policy.BoolSetting{Bool: id, On: on})
		bools = append(bools, p.BoolName(id)+map[bool]string{true: "=1", false: "=0"}[on])
	}
	return p.WithBools(settings...), bools
}
