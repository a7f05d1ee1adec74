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

func BenchmarkIndex(b *testing.B) {
	s, err := os.ReadFile("/etc/selinux/default/policy/policy.33")
	if err != nil {
		b.Skip(err)
	}
	db, _ := policydb.Decode(s)
	b.ReportAllocs()
	for b.Loop() {
		policy.New(db).Index()
	}
}
func BenchmarkMembers(b *testing.B) {
	s, err := os.ReadFile("/etc/selinux/default/policy/policy.33")
	if err != nil {
		b.Skip(err)
	}
	db, _ := policydb.Decode(s)
	b.ReportAllocs()
	for b.Loop() {
		policy.New(db).Members(1)
	}
}
func BenchmarkScan(b *testing.B) {
	s, err := os.ReadFile("/etc/selinux/default/policy/policy.33")
	if err != nil {
		b.Skip(err)
	}
	db, _ := policydb.Decode(s)
	p := policy.New(db)
	set := p.Attributes(5)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range p.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &set}) {
			n++
		}
	}
}
