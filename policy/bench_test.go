package policy_test

import (
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

func benchmarkPolicies(b *testing.B, run func(b *testing.B, p testPolicy)) {
	for _, p := range []testPolicy{debianPolicy(b, "default"), debianPolicy(b, "mls"), fedoraSize(b)} {
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			run(b, p)
		})
	}
}

// BenchmarkLoad is Decode, New and the index of all rules: all that stands between a file and
// the first answer. It reports how many times longer libsepol takes to load the
// same file from memory, by the fastest of its loads.
func BenchmarkLoad(b *testing.B) {
	oracle.Need(b)
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		b.SetBytes(int64(len(p.image)))
		for b.Loop() {
			db, err := policydb.Decode(p.image)
			if err != nil {
				b.Fatal(err)
			}
			indexAll(policy.New(db))
		}
		ours := b.Elapsed()
		b.StopTimer()
		times, err := oracle.LoadTimes(p.path, 10)
		if err != nil {
			b.Fatal(err)
		}
		fastest := times[0]
		for _, d := range times {
			fastest = min(fastest, d)
		}
		b.ReportMetric(float64(fastest)*float64(b.N)/float64(ours), "x-libsepol")
	})
}

func BenchmarkNew(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		db := p.decode(b)
		for b.Loop() {
			policy.New(db)
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		db := p.decode(b)
		for b.Loop() {
			indexAll(policy.New(db))
		}
	})
}

func BenchmarkMembers(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		db := p.decode(b)
		for b.Loop() {
			policy.New(db).Members(1)
		}
	})
}

// BenchmarkRules looks at all rules for those of one source and its attributes.
func BenchmarkRules(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		pol := policy.New(p.decode(b))
		init, ok := pol.Type("init_t")
		if !ok {
			b.Fatal("no init_t")
		}
		sources := pol.Attributes(init)
		for b.Loop() {
			n := 0
			for range pol.Rules(policy.RuleFilter{Kinds: policy.Allow, Sources: &sources}) {
				n++
			}
			if n == 0 {
				b.Fatal("no rules")
			}
		}
	})
}

func BenchmarkPortLabel(b *testing.B) {
	benchmarkPolicies(b, func(b *testing.B, p testPolicy) {
		pol := policy.New(p.decode(b))
		for b.Loop() {
			pol.PortLabel(policy.ProtoTCP, 65535)
		}
	})
}

// indexAll indexes the rules of every class.
func indexAll(p *policy.Policy) {
	for class := range p.MaxClass() + 1 {
		for range p.RulesFrom(1, class, policy.Set[policy.TypeID]{}) {
			break
		}
	}
}
