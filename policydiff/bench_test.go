package policydiff_test

import (
	"testing"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

func BenchmarkRules(b *testing.B) {
	before, after := open(b, testenv.Policy(b, "default")), open(b, testenv.Policy(b, "mls"))
	for name, other := range map[string]*policy.Policy{"same": before, "mls": after} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for range policydiff.New(before, other).Rules(allRules) {
				}
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	before, after := open(b, testenv.Policy(b, "default")), open(b, testenv.Policy(b, "mls"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policydiff.Compare(b.Context(), before, after, host.Standard()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCauses(b *testing.B) {
	before, after := open(b, testenv.Policy(b, "default")), open(b, testenv.Policy(b, "mls"))
	b.ReportAllocs()
	for b.Loop() {
		policydiff.New(before, after).Causes(allRules)
	}
}
