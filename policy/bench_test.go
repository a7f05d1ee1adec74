package policy_test

import (
	"os"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

func BenchmarkNew(b *testing.B) {
	s, err := os.ReadFile("/etc/selinux/default/policy/policy.33")
	if err != nil {
		b.Skip(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		db, _ := policydb.Decode(s)
		p := policy.New(db)
		p.Index()
		p.Members(1)
	}
}
