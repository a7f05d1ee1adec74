package records

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// TestImpossibleInterface: the names that dev_valid_name refuses, and patterns
// that no name it takes can match.
func TestImpossibleInterface(t *testing.T) {
	for _, c := range []struct {
		name string
		why  string // "" for a name that can be
	}{
		{"eth0", ""}, {"a", ""}, {"veth1.200@x", ""}, {"...", ""}, {"eth-\xc3\xa9", ""}, {"a\x85b", ""},
		{"abcdefghijklmno", ""}, // 15 bytes, and the zero
		{"abcdefghijklmnop", "16 bytes"},
		{"", "empty"}, {".", "sysfs"}, {"..", "sysfs"},
		{"a/b", "has a /"}, {"eth0:1", "has a :"}, // an alias is no interface
		{"a b", "blank"}, {"a\t", "blank"}, {"\n", "blank"}, {"a\v", "blank"},
		{"\xc3\xa0", "blank"}, // its second byte is a blank of Latin 1
		{"eth*", ""}, {"eth?", ""},
		{"abcdefghijklmno*", ""}, {"*abcdefg*hijklmno*", ""}, // the star may be nothing
		{"abcdefghijklmno?", "16 bytes"}, {"*/*", "has a /"},
	} {
		if err := CheckInterfaceName(c.name); (err != nil) != (c.why != "") || err != nil &&
			!strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v, want %q", c.name, err, c.why)
		}
	}
}

// TestInterfacePattern: * and ? match other characters if the policy has the capability
// netif_wildcard.
func TestInterfacePattern(t *testing.T) {
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	plain := policy.New(db)
	with := db.Clone()
	with.PolicyCaps = with.PolicyCaps.With(uint32(policy.CapNetifWildcard))
	wild := policy.New(with)
	for _, c := range []struct {
		p       *policy.Policy
		name    string
		pattern bool
		err     string
	}{
		{plain, "eth*", false, ""},
		{wild, "eth*", true, ""},
		{plain, "abcdefghijklmno*", false, `no interface can have the name "abcdefghijklmno*": it has 16 bytes`},
		{wild, "abcdefghijklmno*", true, ""},
	} {
		pattern, err := IsPattern(c.p, c.name)
		if pattern != c.pattern || (err != nil) != (c.err != "") || err != nil &&
			!strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %v, %v, want %v, %q", c.name, pattern, err, c.pattern, c.err)
		}
	}
}
