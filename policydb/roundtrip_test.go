package policydb_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

func TestQuick(t *testing.T) {
	for _, f := range []string{"/etc/selinux/default/policy/policy.33", "/etc/selinux/mls/policy/policy.33", "/var/lib/selinux/default/active/policy.linked"} {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := policydb.Decode(b)
		if err != nil {
			t.Fatal(f, err)
		}
		if !bytes.Equal(p.Encode(), b) {
			t.Fatal("differs")
		}
	}
}
func BenchmarkDecode(b *testing.B) {
	s, _ := os.ReadFile("/etc/selinux/default/policy/policy.33")
	b.ReportAllocs()
	for b.Loop() {
		policydb.Decode(s)
	}
}
