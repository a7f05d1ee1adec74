package policy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

// A testPolicy is one binary policy to try.
type testPolicy struct {
	name  string
	path  string
	image []byte
}

func load(t testing.TB, name, path string) testPolicy {
	t.Helper()
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return testPolicy{name, path, image}
}

func (p testPolicy) decode(t testing.TB) *policydb.Policy {
	t.Helper()
	db, err := policydb.Decode(p.image)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func (p testPolicy) policy(t testing.TB) *policy.Policy {
	t.Helper()
	return policy.New(p.decode(t))
}

func debianPolicy(t testing.TB, kind string) testPolicy {
	t.Helper()
	return load(t, "debian-"+kind, testenv.Policy(t, kind))
}

func fedoraSize(t testing.TB) testPolicy {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.FedoraSize()
	if err != nil {
		t.Fatal(err)
	}
	return load(t, "fedora-size", path)
}

func small(t testing.TB, version int, target string, mls bool) testPolicy {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.Small(version, target, mls)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, "small", path)
}

// realPolicies returns the policies that Debian installs and those in the
// directory $SENET_TEST_POLICIES.
func realPolicies(t testing.TB) []testPolicy {
	t.Helper()
	list := []testPolicy{debianPolicy(t, "default"), debianPolicy(t, "mls"), fedoraSize(t)}
	dir := os.Getenv("SENET_TEST_POLICIES")
	if dir == "" {
		return list
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		p := load(t, e.Name(), filepath.Join(dir, e.Name()))
		if bytes.HasPrefix(p.image, []byte("\x8c\xff\x7c\xf9")) {
			list = append(list, p)
		}
	}
	return list
}
