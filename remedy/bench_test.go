package remedy_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/test/policies"
)

// BenchmarkFind is a problem with every kind of fix on Debian's policy, and one
// on a policy of Fedora's size: all fixes, and the first. The Decider is new each
// time, as in a command.
func BenchmarkFind(b *testing.B) {
	b.Run("debian", func(b *testing.B) {
		benchmarkFind(b, testpolicy.Open(b, testenv.Policy(b, "default")), "httpd_t", 5601)
	})
	b.Run("fedora-size", func(b *testing.B) {
		path, err := policies.FedoraSize()
		if err != nil {
			b.Skip(err)
		}
		p := testpolicy.Open(b, path)
		pr := newProver(b, path)
		for _, c := range pr.domains {
			q := problem(b, p, p.TypeName(policy.TypeID(c.Type)), network.Connect, network.TCP, 5601)
			if a, err := network.Ask(pr.d, q.Question); err == nil && a.Verdict == network.Denied &&
				a.FirstDenied().Layer == network.LayerPort {
				benchmarkFind(b, p, q.Name, 5601)
				return
			}
		}
		b.Skip("nothing is refused")
	})
}

func benchmarkFind(b *testing.B, p *policy.Policy, typ string, port uint16) {
	pr := problem(b, p, typ, network.Connect, network.TCP, port)
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if r, err := remedy.Find(access.NewDecider(policy.New(p.DB())), pr); err != nil || len(r.Fixes) == 0 {
				b.Fatal(len(r.Fixes), err)
			}
		}
	})
	b.Run("best", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok, err := remedy.Best(access.NewDecider(policy.New(p.DB())), pr); err != nil || !ok {
				b.Fatal(ok, err)
			}
		}
	})
}
