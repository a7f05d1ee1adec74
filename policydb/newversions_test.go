package policydb_test

import (
	"bytes"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// headerSize is the length of the file before the policy capabilities.
const headerSize = 4 + 4 + 8 + 4*4

// bitmapSize returns the length of the encoded bitmap at the beginning of b.
func bitmapSize(b []byte) int { return 12 + 12*int(b[8]) + 12*256*int(b[9]) }

// withVersion returns a policy of version 33 as 34 or 35 has it: nothing moves,
// but for the map of neveraudit types that 35 puts behind the permissive ones.
func withVersion(p testPolicy, version byte, neveraudit ...uint32) []byte {
	image := bytes.Clone(p.image)
	image[16] = version
	if version < 35 {
		return image
	}
	at := headerSize
	at += bitmapSize(image[at:])
	at += bitmapSize(image[at:])
	return cat(image[:at], bitmap(neveraudit...), image[at:])
}

// TestNewVersions: versions 34 and 35, which Debian's tools do not write, made
// of version 33 by hand. The rules are those of libsepol 3.11 (policydb_read,
// avtab_read_item) and of Linux's policydb.c.
func TestNewVersions(t *testing.T) {
	for _, p := range []testPolicy{small33(t), debianPolicy(t, "default"), debianPolicy(t, "mls"), fedoraSize(t)} {
		for _, image := range [][]byte{withVersion(p, 34), withVersion(p, 35), withVersion(p, 35, 1, 2, 40)} {
			db := decode(t, image)
			sameBytes(t, p.name, db.Encode(), image)
			once := policydb.Canonical(db).Encode()
			sameBytes(t, p.name+", Canonical twice", policydb.Canonical(decode(t, once)).Encode(), once)
			// The rest is ordered as in version 33.
			old := policydb.Canonical(decode(t, p.image)).Encode()
			if !bytes.HasSuffix(once, old[len(old)-1000:]) || len(once)-len(image) != len(old)-len(p.image) {
				t.Errorf("%s as version %d: Canonical orders it unlike version 33", p.name, db.Version)
			}
			if db.Version == 35 && db.NeverAudit.Count() > 0 && (!db.NeverAudit.Has(40) || db.NeverAudit.Has(39)) {
				t.Errorf("%s: neveraudit types lost", p.name)
			}
			if db.Version == 34 && !db.NeverAudit.IsEmpty() {
				t.Errorf("%s: neveraudit types in version 34", p.name)
			}
		}
	}
}

// TestNewCondXPerms: rules of extended permissions in a conditional, in both
// branches and between others, from version 34 on.
func TestNewCondXPerms(t *testing.T) {
	h := newHand(34, false, true)
	h.conds = cat(u32(1), u32(1, 1, 1, handBool),
		u32(3), u16(1, 1, 2, 0x8001), u32(1), xpermRule(1, 1, 2, 0x8100, 1, 0x89, 6), u16(1, 1, 2, 0x8004), u32(2),
		u32(2), xpermRule(1, 2, 2, 0x400, 2, 0, 9), xpermRule(1, 2, 2, 0x200, 3, 4, 8))
	image := h.build()
	db := decode(t, image)
	sameBytes(t, "Encode", db.Encode(), image)
	once := policydb.Canonical(db).Encode()
	sameBytes(t, "Canonical twice", policydb.Canonical(decode(t, once)).Encode(), once)
	c := db.Conditionals[0]
	if rules := rulesOf(c.True); len(rules) != 3 || rules[1].Kind != policydb.AVXPermsAllowed|policydb.AVEnabled ||
		rules[2].Data != 2 {
		t.Errorf("%+v", rules)
	}
	if x := c.False.XPerms(c.False.Next(0)); c.False.Len() != 2 || x.Specified != policydb.XPermsNlmsg ||
		x.Driver != 4 || !x.Has(3) {
		t.Errorf("%+v", x)
	}
	ok(t, db.SetBool("b", false))
	for _, r := range rulesOf(db.Conditionals[0].True) {
		if r.Kind&policydb.AVEnabled != 0 {
			t.Errorf("%+v is in force", r)
		}
	}
	for _, r := range rulesOf(db.Conditionals[0].False) {
		if r.Kind&policydb.AVEnabled == 0 {
			t.Errorf("%+v is not in force", r)
		}
	}
	ok(t, db.SetBool("b", true))
	sameBytes(t, "there and back", db.Encode(), image)
}
