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

func TestCanonQuick(t *testing.T) {
	for _, s := range []string{"default", "mls"} {
		b, err := os.ReadFile("/var/lib/selinux/" + s + "/active/policy.linked")
		if err != nil {
			t.Fatal(err)
		}
		w, _ := os.ReadFile("/var/lib/selinux/" + s + "/active/policy.kern")
		p, err := policydb.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		got := policydb.Canonical(p).Encode()
		n := 0
		first := -1
		for i := range got {
			if i < len(w) && got[i] != w[i] {
				if first < 0 {
					first = i
				}
				n++
			}
		}
		t.Log(s, len(got), len(w), n, first, p.SymbolHash())
		if n > 0 {
			t.Fail()
		}
	}
}
