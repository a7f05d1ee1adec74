package reach_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// withRules returns a policy with a few more rules, or rules with other permissions. The rules are for classes that
// no check of ports uses, or for any class.
func withRules(p *policy.Policy, rng *rand.Rand, unchecked bool) *policy.Policy {
	db := p.DB().Clone()
	types := func() uint16 {
		if rng.IntN(3) == 0 {
			name := []string{"domain", "port_type", "corenet_unconfined_type", "daemon"}[rng.IntN(4)]
			if a, ok := p.Attribute(name); ok {
				return uint16(a)
			}
		}
		return uint16(1 + rng.IntN(int(p.MaxType())))
	}
	tcp, _ := p.Class("tcp_socket")
	var list []policydb.AVRule
	names := []string{"file", "process", "tcp_socket", "udp_socket", "capability", "node", "packet"}
	if unchecked {
		names = names[:2]
	}
	for range 1 + rng.IntN(3) {
		name := names[rng.IntN(len(names))]
		class, ok := p.Class(name)
		if !ok {
			continue
		}
		r := policydb.AVRule{Source: types(), Target: types(), Class: uint16(class)}
		r.Kind, r.Data = policydb.AVAllowed, rng.Uint32()
		switch a, ok := p.Attribute("port_type"); {
		case rng.IntN(6) == 0:
			r.Kind = policydb.AVAuditDeny
		case ok && !unchecked && rng.IntN(2) == 0: // a rule that certainly gives ports to a domain with sockets
			domains := reach.Domains(p)
			r.Source, r.Target, r.Data = uint16(domains[rng.IntN(len(domains))]), uint16(a), ^uint32(0)
			r.Class = uint16(tcp)
		}
		list = append(list, r)
	}
	known := map[policydb.AVKey]bool{}
	for _, r := range list {
		known[keyOf(r)] = true
	}
	for _, r := range db.AVTab.All() {
		if !known[keyOf(r)] {
			list = append(list, r)
		}
	}
	return compiled(db, list)
}

func keyOf(r policydb.AVRule) policydb.AVKey {
	return policydb.NewAVKey(r.Source, r.Target, r.Class, r.Kind)
}

// compiled returns a policy with other rules, in the order in which libsepol compiles them. It leaves out rules
// with extended permissions, which these tests do not build.
func compiled(db *policydb.Policy, list []policydb.AVRule) *policy.Policy {
	slices.SortStableFunc(list, func(a, b policydb.AVRule) int {
		x, y := keyOf(a), keyOf(b)
		return cmp.Or(cmp.Compare(x.CompiledBucket(), y.CompiledBucket()), cmp.Compare(x.Order(), y.Order()))
	})
	var b policydb.AVTabBuilder
	for i, r := range list {
		if r.Kind&policydb.AVXPerms == 0 && (i == 0 || keyOf(list[i-1]) != keyOf(r)) {
			b.Add(r)
		}
	}
	db.AVTab = b.Table()
	return policy.New(db)
}

// TestConcerned: a domain that is left out of a comparison gains and loses nothing, whatever rules are added. If no
// check of ports uses the rules, all domains are left out.
func TestConcerned(t *testing.T) {
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 11))
	n := 12
	if testenv.Long() {
		n = 400
	}
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	var rules []policydb.AVRule
	for _, r := range p.DB().AVTab.All() {
		rules = append(rules, r)
	}
	p = compiled(p.DB().Clone(), rules)
	before := reach.New(access.NewDecider(p))
	told, gained, none := 0, 0, 0
	for i := range n {
		q := withRules(p, rng, i == 0)
		only, ok := reach.Concerned(p, q)
		if !ok {
			continue
		}
		told++
		if len(only) == 0 {
			none++
		}
		after := reach.New(access.NewDecider(q))
		for _, op := range []network.Operation{network.Connect, network.Bind} {
			query := reach.Query{Protocol: network.TCP, Operation: op, Machine: network.Machine{Host: host.Standard()}}
			want, err := reach.Compare(before, after, query, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := reach.CompareOf(only, before, after, query, nil)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s of %v:\n got %v\nwant %v", op, only, got, want)
			}
			gained += len(want.Gain)
		}
	}
	t.Logf("%d of %d told, %d concern nobody, %d gains", told, n, none, gained)
	if told < n || gained == 0 || none == 0 {
		t.Error("the changes are not what they should be")
	}
	if _, ok := reach.Concerned(p, changes(t, p)["renamed"]); ok {
		t.Error("another name of a type counts as a change of rules")
	}
}
