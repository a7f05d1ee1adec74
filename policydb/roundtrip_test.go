package policydb_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
)

// TestRoundTripReal: every real policy, as installed and in every version that
// checkpolicy converts it to, is written back as it was read. Version 19 has
// its rules expanded to some 100 MB and is tried with SENET_TEST_LONG=1 only.
func TestRoundTripReal(t *testing.T) {
	for _, p := range realPolicies(t) {
		t.Run(p.name, func(t *testing.T) {
			roundTrip(t, p)
			if p.version() > newestSepol {
				t.Skipf("checkpolicy does not read version %d", p.version())
			}
			versions := downgrades(p)
			if testenv.Long() && strings.HasPrefix(p.name, "debian") {
				versions = append(versions, 19)
			}
			for _, version := range versions {
				t.Run(fmt.Sprint(version), func(t *testing.T) {
					roundTrip(t, downgrade(t, p, version))
				})
			}
		})
	}
}

// newestSepol is the newest version that libsepol 3.4 knows.
const newestSepol = 33

// TestRoundTripSmall: every version that libsepol 3.4 writes, for SELinux and
// Xen, with and without MLS.
func TestRoundTripSmall(t *testing.T) {
	for _, p := range smallPolicies(t) {
		t.Run(p.name, func(t *testing.T) { roundTrip(t, p) })
	}
}

// TestRoundTripLinked: what libsemanage keeps beside the installed policy.
func TestRoundTripLinked(t *testing.T) {
	for _, p := range linkedPolicies(t) {
		t.Run(p.name, func(t *testing.T) { roundTrip(t, p) })
	}
}

func roundTrip(t *testing.T, p testPolicy) {
	t.Helper()
	db := decode(t, p.image)
	if int(db.Version) != p.version() || db.MLS() != p.mls() {
		t.Errorf("version %d, MLS %t; the header says %d, %t", db.Version, db.MLS(), p.version(), p.mls())
	}
	if db.Trailing != "" {
		t.Errorf("%d trailing bytes", len(db.Trailing))
	}
	sameBytes(t, "Encode(Decode(b))", db.Encode(), p.image)
}

// TestRead: Read is Decode with the bytes from a reader, whatever its hint.
func TestRead(t *testing.T) {
	p := debianPolicy(t, "default")
	for _, hint := range []int64{0, 1, int64(len(p.image)), 1 << 40, -1} {
		db, err := policydb.Read(bytes.NewReader(p.image), hint)
		if err != nil {
			t.Fatalf("hint %d: %v", hint, err)
		}
		sameBytes(t, fmt.Sprintf("hint %d", hint), db.Encode(), p.image)
	}
}

// TestDecodeKeepsNothing: the caller may reuse the bytes given to Decode.
func TestDecodeKeepsNothing(t *testing.T) {
	p := small33(t)
	image := bytes.Clone(p.image)
	db := decode(t, image)
	for i := range image {
		image[i] = 0xff
	}
	sameBytes(t, "after the input was overwritten", db.Encode(), p.image)
}

func small33(t testing.TB) testPolicy {
	t.Helper()
	return small(t, 33, "selinux", true)
}
