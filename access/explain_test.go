package access_test

import (
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/policy"
)

// TestColdAndWarm asks the same questions of Deciders that scan, of one that has
// its index, and for reasons: all must agree, and each reason must be true.
func TestColdAndWarm(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	for _, path := range []string{"../examples/example.policy", edited(t, "../examples/example.policy", rng),
		named(t, "default"), edited(t, named(t, "mls"), rng)} {
		base := open(t, path)
		g := newQueries(base, rng)
		p, _ := flipped(base, rng)
		warm := access.NewDecider(p)
		warm.Warm()
		codes := map[access.Code]int{}
		for i := range 1500 {
			q := g.next()
			got := warm.Decide(q.source, q.target, q.class)
			var cold *access.Decider
			if i < 300 {
				cold = access.NewDecider(p)
				if dec := cold.Decide(q.source, q.target, q.class); dec != got {
					t.Fatalf("%s: a new Decider says %x, one with an index %x", q.text(p), dec, got)
				}
			}
			if te := warm.DecideTypes(policy.TypeID(q.source.Type), policy.TypeID(q.target.Type),
				q.class); te.Allowed&got.Allowed != got.Allowed || te.AuditDeny != got.AuditDeny {
				t.Fatalf("%s: type enforcement %x, all %x", q.text(p), te, got)
			}
			for bit := range p.Perms(q.class) {
				perm := policy.AccessVector(1) << bit
				r := warm.Explain(q.source, q.target, q.class, perm)
				checkReason(t, p, q, perm, &r, got)
				if cold != nil {
					if c := cold.Explain(q.source, q.target, q.class, perm); c.Code != r.Code ||
						len(c.Rules) != len(r.Rules) {
						t.Fatalf("%s %x: a new Decider explains %s, one with an index %s", q.text(p), perm, c.Code,
							r.Code)
					}
				}
				codes[r.Code]++
			}
		}
		t.Logf("%s: %v", path, codes)
	}
}

// checkReason checks a reason against the decision, and its fields against each other.
func checkReason(t *testing.T, p *policy.Policy, q query, perm policy.AccessVector, r *access.Reason,
	dec access.Decision) {
	t.Helper()
	if r.Allowed() != (dec.Allowed&perm != 0) {
		t.Fatalf("%s %x: %s, but decided %x", q.text(p), perm, r.Code, dec.Allowed)
	}
	if (len(r.DontAudit) > 0) != (dec.AuditDeny&perm == 0) {
		t.Fatalf("%s %x: %d dontaudit rules, but auditdeny %x", q.text(p), perm, len(r.DontAudit), dec.AuditDeny)
	}
	sources, targets := p.Attributes(policy.TypeID(q.source.Type)), p.Attributes(policy.TypeID(q.target.Type))
	for _, rule := range r.Rules {
		if rule.Kind != policy.Allow || rule.Perms&perm == 0 || !sources.Has(rule.Source) ||
			!targets.Has(rule.Target) ||
			p.Enabled(rule) == (r.Code == access.BoolOff) {
			t.Fatalf("%s %x %s: rule %+v", q.text(p), perm, r.Code, rule)
		}
	}
	if (len(r.Rules) > 0) != (r.Code != access.NoRule) {
		t.Fatalf("%s %x: %s with %d rules", q.text(p), perm, r.Code, len(r.Rules))
	}
	for _, settings := range r.Switches {
		if access.NewDecider(p.WithBools(settings...)).Decide(q.source, q.target, q.class).Allowed&perm == 0 {
			t.Fatalf("%s %x: %v does not help", q.text(p), perm, settings)
		}
	}
	if (len(r.Constraints) > 0) != (r.Code == access.Constrained) {
		t.Fatalf("%s %x: %s with %d constraints", q.text(p), perm, r.Code, len(r.Constraints))
	}
	d := access.NewDecider(p)
	for _, c := range r.Constraints {
		checkConstraintReason(t, d, q, c)
	}
}

// TestTargetTypes compares bulk answers with single decisions.
func TestTargetTypes(t *testing.T) {
	for _, path := range []string{"../examples/example.policy", named(t, "default")} {
		p := open(t, path)
		tcp, _ := p.Class("tcp_socket")
		process, _ := p.Class("process")
		bind, _ := p.Perm(tcp, "name_bind")
		connect, _ := p.Perm(tcp, "name_connect")
		signal, _ := p.Perm(process, "signal")
		warm := access.NewDecider(p)
		n, i := 0, 0
		for s := range p.Types() {
			d := warm
			if i++; i%40 == 0 {
				d = access.NewDecider(p)
			}
			for _, ask := range []struct {
				class policy.ClassID
				perms policy.AccessVector
			}{{tcp, bind}, {tcp, connect}, {tcp, bind | connect}, {process, signal}} {
				set := d.TargetTypes(s, ask.class, ask.perms)
				n += set.Len()
				for o := range p.Types() {
					if got := warm.DecideTypes(s, o, ask.class).Allowed&ask.perms != 0; got != set.Has(o) {
						t.Fatalf("%s: %s %s: in the set %v, decided %v", path, p.TypeName(s), p.TypeName(o),
							set.Has(o), got)
					}
				}
			}
			if n > 2_000_000 {
				break
			}
		}
		if n == 0 {
			t.Errorf("%s: nothing granted", path)
		}
	}
}

// TestOnlyTypes is the rule for when TargetTypes is the whole answer.
func TestOnlyTypes(t *testing.T) {
	db, err := policyfile.Open("../examples/example.policy")
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	httpd, _ := p.Type("httpd_t")
	for _, tt := range []struct {
		name, class, perm string
		want              bool
	}{
		{"no constraint", "tcp_socket", "name_connect", true},
		{"a constraint on levels", "tcp_socket", "node_bind", false},
		{"change of roles", "process", "transition", false},
	} {
		class, _ := p.Class(tt.class)
		perm, ok := p.Perm(class, tt.perm)
		if !ok {
			t.Fatal(tt.perm)
		}
		if got := access.NewDecider(p).OnlyTypes(httpd, class, perm); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestCheck checks the answers for classes and permissions that the policy lacks.
func TestCheck(t *testing.T) {
	for _, name := range []string{"default", "example"} {
		p := open(t, "../examples/example.policy")
		want, code := false, access.UnknownDenied
		if name == "default" {
			p = open(t, named(t, name)) // Debian's policy allows what it does not define
			want, code = true, access.UnknownAllowed
		}
		c, err := p.ParseContext("system_u:system_r:httpd_t:s0")
		if err != nil {
			t.Fatal(err)
		}
		d := access.NewDecider(p)
		for _, ask := range [][2]string{{"no_such_class", "read"}, {"tcp_socket", "no_such_perm"}} {
			check := d.Check(c, c, ask[0], ask[1], ask[1])
			if check.Allowed() != want || check.Perms[0].Reason.Code != code {
				t.Errorf("%s %s: %+v", name, ask, check)
			}
		}
		check := d.Check(c, c, "tcp_socket", "create", "no_such_perm")
		if !check.Perms[0].Allowed || check.Perms[0].Reason.Code != access.Granted || check.Allowed() != want {
			t.Errorf("%s: %+v", name, check)
		}
	}
}
