package policy_test

import (
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
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

func of(i testpolicy.Image) testPolicy { return testPolicy{i.Name, i.Path, i.Data} }

func load(t testing.TB, name, path string) testPolicy {
	t.Helper()
	return of(testpolicy.Load(t, name, path))
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

// debianPolicy returns the policy that Debian installs as that kind.
func debianPolicy(t testing.TB, kind string) testPolicy {
	t.Helper()
	return of(testpolicy.DebianImage(t, kind))
}

// fedoraSize returns the generated policy of the size of Fedora's.
func fedoraSize(t testing.TB) testPolicy {
	t.Helper()
	return of(testpolicy.FedoraSize(t))
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

// realPolicies returns those of [testpolicy.RealImages].
func realPolicies(t testing.TB) []testPolicy {
	t.Helper()
	var list []testPolicy
	for _, i := range testpolicy.RealImages(t) {
		list = append(list, of(i))
	}
	return list
}
