package policydb_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

// linkedPolicies returns policy.linked and policy.kern of Debian's stores. To
// change a local record, libsemanage lets libsepol read policy.linked and write
// policy.kern.
func linkedPolicies(t testing.TB) []testPolicy {
	t.Helper()
	var list []testPolicy
	for _, kind := range []string{"default", "mls"} {
		for _, file := range []string{"policy.linked", "policy.kern"} {
			path := filepath.Join("/var/lib/selinux", kind, "active", file)
			if _, err := os.Stat(path); err != nil {
				testenv.Missing(t, err.Error())
			}
			list = append(list, load(t, kind+" "+file, path))
		}
	}
	return list
}

// TestCanonicalReal: Canonical writes a real policy as libsepol does.
func TestCanonicalReal(t *testing.T) {
	oracle.Need(t)
	for _, p := range realPolicies(t) {
		t.Run(p.name, func(t *testing.T) {
			if p.version() > newestSepol {
				t.Skipf("libsepol 3.4 does not read version %d", p.version())
			}
			canonical(t, p)
			for _, version := range downgrades(p) {
				t.Run(fmt.Sprint(version), func(t *testing.T) { canonical(t, downgrade(t, p, version)) })
			}
		})
	}
}

func TestCanonicalSmall(t *testing.T) {
	oracle.Need(t)
	for _, p := range smallPolicies(t) {
		t.Run(p.name, func(t *testing.T) { canonical(t, p) })
	}
}

// TestCanonicalLinked: semodule writes both files from the memory of the CIL
// compiler, whose table of rules has another size than one that is read.
func TestCanonicalLinked(t *testing.T) {
	oracle.Need(t)
	for _, p := range linkedPolicies(t) {
		t.Run(p.name, func(t *testing.T) { canonical(t, p) })
	}
}

// TestCanonicalShuffled: the order of the input does not matter. An edited
// policy has symbols, rules and records where libsepol would not put them.
func TestCanonicalShuffled(t *testing.T) {
	oracle.Need(t)
	for _, p := range smallPolicies(t) {
		t.Run(p.name, func(t *testing.T) {
			db := decode(t, p.image)
			// By the order of these two Canonical knows the hash function.
			last := len(db.Types.Items) - 1
			db.Types.Items[0], db.Types.Items[last] = db.Types.Items[last], db.Types.Items[0]
			db.Classes.Items[0], db.Classes.Items[1] = db.Classes.Items[1], db.Classes.Items[0]
			reverse(db.Commons.Items)
			reverse(db.Roles.Items)
			reverse(db.Users.Items)
			reverse(db.Bools.Items)
			reverse(db.Sensitivities.Items)
			reverse(db.Categories.Items)
			reverse(db.RangeTrans)
			reverse(db.GenFS)
			shuffled := testPolicy{p.name, "", db.Encode()}
			shuffled.path = tempPolicy(t, shuffled.image)
			want, err := oracle.Rewrite(shuffled.path)
			if err != nil {
				t.Fatal(err)
			}
			sameBytes(t, "Canonical", policydb.Canonical(decode(t, shuffled.image)).Encode(), want)
		})
	}
}

func reverse[T any](s []T) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

// canonical compares Canonical with what libsepol writes, and checks that it
// neither changes its argument nor, done twice, its result.
//
// libsepol itself is not idempotent on rules of extended permissions that share
// a key, nor on the conditionals of a version before 20: it reverses them each
// time. Canonical leaves a policy that is in order otherwise as it is; libsepol
// then needs two rewrites to come back to it.
func canonical(t *testing.T, p testPolicy) {
	t.Helper()
	db := decode(t, p.image)
	// The judge is libsepol 3.4, whatever wrote the policy.
	got := policydb.CanonicalAs(db, policydb.HashShift)
	if db.SymbolHash() == policydb.HashShift {
		got = policydb.Canonical(db)
	}
	encoded := got.Encode()
	sameBytes(t, "the argument after Canonical", db.Encode(), p.image)
	sameBytes(t, "Canonical(Canonical(p))", policydb.Canonical(decode(t, encoded)).Encode(), encoded)
	if err := oracle.Loads(tempPolicy(t, encoded)); err != nil {
		t.Errorf("libsepol refuses the result: %v", err)
	}
	want, err := oracle.Rewrite(p.path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(encoded, p.image) && !bytes.Equal(want, p.image) {
		if want, err = oracle.Rewrite(tempPolicy(t, want)); err != nil {
			t.Fatal(err)
		}
		sameBytes(t, "libsepol's second rewrite", want, p.image)
		return
	}
	sameBytes(t, "Canonical", encoded, want)
}

// fuzzCanonical: ordering what Decode accepted does not panic and gives what
// Decode accepts.
func fuzzCanonical(t *testing.T, image []byte) {
	t.Helper()
	once := policydb.Canonical(decode(t, image)).Encode()
	twice := policydb.Canonical(decode(t, once)).Encode()
	if len(once) != len(twice) {
		t.Errorf("Canonical gives %d bytes, and %d the second time", len(once), len(twice))
	}
}

// TestCanonicalDuplicates: libsepol and the kernel refuse two rules of one key
// and kind outside of conditionals, Decode does not. What Canonical makes of
// them must be readable still, and keep both.
func TestCanonicalDuplicates(t *testing.T) {
	for _, version := range []uint32{15, 18, 19, 20, 33} {
		h := newHand(version, false, false)
		h.avtab = cat(u32(3), h.rule(handT, handU, handFile, avAllow, 1), h.rule(handT, handU, handFile, avAllow, 2),
			h.rule(handT, handU, handFile, 4, 3))
		db := decode(t, h.build())
		again, err := policydb.Decode(policydb.Canonical(db).Encode())
		if err != nil {
			t.Errorf("version %d: %v", version, err)
		} else if again.AVTab.Len() != 3 {
			t.Errorf("version %d: %d rules of 3", version, again.AVTab.Len())
		}
	}
}
