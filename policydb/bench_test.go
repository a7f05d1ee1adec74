package policydb_test

import (
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

func benchmarkPolicies(b *testing.B, run func(b *testing.B, p testPolicy)) {
	for _, p := range []testPolicy{debianPolicy(b, "default"), debianPolicy(b, "mls"), fedoraSize(b)} {
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(p.image)))
			run(b, p)
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		for b.Loop() {
			decode(b, p.image)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		db := decode(b, p.image)
		for b.Loop() {
			db.Encode()
		}
	})
}

func BenchmarkCanonical(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		db := decode(b, p.image)
		for b.Loop() {
			policydb.Canonical(db)
		}
	})
}

// BenchmarkAddPort measures the cost of a local port record: a clone, the edit, and the bytes
// of the new policy in libsepol's order.
func BenchmarkAddPort(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		db := decode(b, p.image)
		con := policydb.PortCon{Protocol: 6, Low: 5601, High: 5601, Context: db.OContexts.Ports[0].Context}
		for b.Loop() {
			clone := db.Clone()
			if err := clone.AddPort(con); err != nil {
				b.Fatal(err)
			}
			policydb.Canonical(clone).Encode()
		}
	})
}
