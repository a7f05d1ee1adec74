package setools

import (
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// hostileSearches ask for everything in every layout, and match every kind of criterion.
func hostileSearches() [][]string {
	return [][]string{
		{"-A", "-T", "--dontaudit", "--auditallow", "--auditallowxperm", "--dontauditxperm", "--type_change",
			"--type_member",
			"--role_allow", "--role_trans", "--range_trans"},
		{"-A", "-T", "--json", "--role_trans", "--range_trans"},
		{"--all", "-C", "-d"},
		{"-A", "-T", "-s", ".", "-rs", "-t", "_", "-rt", "-c", ".", "-rc", "-D", ".", "-rd"},
		{"-A", "-p", "read", "-x", "0-ffff", "-b", ".", "-rb"},
		{"--range_trans", "-D", "s0"},
	}
}

// searchAll runs all searches on an image, and reports whether it is a policy.
func searchAll(t testing.TB, image []byte) bool {
	db, err := policydb.Decode(image)
	if err != nil {
		return false
	}
	for _, args := range hostileSearches() {
		a, err := ParseSesearch(args)
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		out := newLineWriter(io.Discard)
		s := &searcher{p: policy.New(db), path: "p", a: &a, out: out, log: func(...string) {}}
		if err := s.run(); err != nil {
			_ = s.hint(err)
		}
	}
	return true
}

// TestHostilePolicies: files that decode but that no compiler would write are answered without a panic.
func TestHostilePolicies(t *testing.T) {
	image, err := os.ReadFile(smallPolicy(t))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 5))
	decoded := 0
	for range 4000 {
		changed := append([]byte(nil), image...)
		for range 1 + rng.IntN(4) {
			changed[rng.IntN(len(changed))] = byte(rng.Uint32()) >> rng.IntN(8)
		}
		if searchAll(t, changed) {
			decoded++
		}
	}
	if decoded < 100 {
		t.Errorf("only %d policies decode", decoded)
	}
	t.Logf("%d policies decode", decoded)
}

func FuzzSesearch(f *testing.F) {
	image, err := os.ReadFile(smallPolicy(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(image)
	f.Fuzz(func(t *testing.T, image []byte) { searchAll(t, image) })
}
