package policydb_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

// A testPolicy is one binary policy to try.
type testPolicy struct {
	name  string
	path  string
	image []byte
}

// mls reads the MLS bit of the header's config word.
func (p testPolicy) mls() bool { return p.image[20]&1 != 0 }

func (p testPolicy) version() int { return int(binary.LittleEndian.Uint32(p.image[16:])) }

func of(i testpolicy.Image) testPolicy { return testPolicy{i.Name, i.Path, i.Data} }

func load(t testing.TB, name, path string) testPolicy {
	t.Helper()
	return of(testpolicy.Load(t, name, path))
}

// small returns the small policy of that version, target and MLS.
func small(t testing.TB, version int, target string, mls bool) testPolicy {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.Small(version, target, mls)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, smallName(version, target, mls), path)
}

func smallName(version int, target string, mls bool) string {
	name := fmt.Sprintf("small-%s-%d", target, version)
	if mls {
		name += "-mls"
	}
	return name
}

// smallPolicies returns the small policy in every form that libsepol 3.4
// writes: SELinux from 15 on, Xen 24 and 30, MLS from 19 on.
func smallPolicies(t testing.TB) []testPolicy {
	t.Helper()
	var list []testPolicy
	for version := 15; version <= 33; version++ {
		for _, target := range []string{policies.SELinux, policies.Xen} {
			if target == policies.Xen && version != 24 && version != 30 {
				continue
			}
			list = append(list, small(t, version, target, false))
			if version >= 19 {
				list = append(list, small(t, version, target, true))
			}
		}
	}
	return list
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

// realPolicies returns those of [testpolicy.RealImages].
func realPolicies(t testing.TB) []testPolicy {
	t.Helper()
	var list []testPolicy
	for _, i := range testpolicy.RealImages(t) {
		list = append(list, of(i))
	}
	return list
}

// downgrade returns the policy converted by checkpolicy, or skips the test where
// the policy has rules that the version cannot hold.
// downgrades returns the versions that a policy is tried in: all below its own
// for Debian's, in a long run for every policy.
func downgrades(p testPolicy) []int {
	if !strings.HasPrefix(p.name, "debian") && !testenv.Long() {
		return nil
	}
	var list []int
	for version := 20; version < p.version(); version++ {
		list = append(list, version)
	}
	return list
}

func downgrade(t testing.TB, p testPolicy, version int) testPolicy {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.Downgrade(p.path, version, p.mls())
	if err != nil && strings.Contains(err.Error(), "does not support ioctl extended") {
		t.Skipf("version %d cannot hold the extended permissions of %s", version, p.name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return load(t, fmt.Sprintf("%s as %d", p.name, version), path)
}

func decode(t testing.TB, image []byte) *policydb.Policy {
	t.Helper()
	p, err := policydb.Decode(image)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sameBytes fails the test where got is not want, naming the first difference.
func sameBytes(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	t.Errorf("%s: %d bytes, want %d; first difference at %#x: got % x, want % x",
		what, len(got), len(want), at, got[at:min(at+16, len(got))], want[at:min(at+16, len(want))])
}

// tempPolicy writes an image to a file of its own and returns its path.
func tempPolicy(t testing.TB, image []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
