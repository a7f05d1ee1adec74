package policydiff_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
)

// sections are the titles of the other parts in which two policies differ.
func sections(t *testing.T, before, after *policydb.Policy) (titles []string) {
	t.Helper()
	for _, s := range report(t, policy.New(before), policy.New(after)).Other {
		titles = append(titles, s.Title)
	}
	return titles
}

// TestNodeOrder: the kernel takes the first network that an address is in, so that two
// which overlap and have other labels differ by their order, and others do not.
func TestNodeOrder(t *testing.T) {
	with := func(nodes ...policydb.NodeCon) *policydb.Policy {
		db := example(t).Clone()
		db.OContexts.Nodes = nodes
		return db
	}
	labels := example(t).OContexts.Ports
	wide := policydb.NodeCon{Addr: [4]byte{10}, Mask: [4]byte{255}, Context: labels[0].Context}
	narrow := policydb.NodeCon{Addr: [4]byte{10, 1}, Mask: [4]byte{255, 255}, Context: labels[1].Context}
	same := narrow
	same.Context = wide.Context
	beside := policydb.NodeCon{Addr: [4]byte{11}, Mask: [4]byte{255}, Context: labels[1].Context}
	// A mask with holes fits addresses of both networks.
	holes := policydb.NodeCon{Addr: [4]byte{0, 1}, Mask: [4]byte{0, 255}, Context: labels[1].Context}
	other := holes
	other.Addr = [4]byte{0, 2}
	for _, c := range []struct {
		name          string
		before, after []policydb.NodeCon
		differ        bool
	}{
		{"overlap", []policydb.NodeCon{narrow, wide}, []policydb.NodeCon{wide, narrow}, true},
		{"overlap, one label", []policydb.NodeCon{same, wide}, []policydb.NodeCon{wide, same}, false},
		{"beside", []policydb.NodeCon{beside, wide}, []policydb.NodeCon{wide, beside}, false},
		{"holes", []policydb.NodeCon{holes, wide}, []policydb.NodeCon{wide, holes}, true},
		{"holes, other address", []policydb.NodeCon{holes}, []policydb.NodeCon{other}, true},
		{"a dead repetition", []policydb.NodeCon{wide, narrow, wide}, []policydb.NodeCon{wide, narrow}, false},
	} {
		got := sections(t, with(c.before...), with(c.after...))
		if slices.Contains(got, "Nodecons") != c.differ {
			t.Errorf("%s: differ in %q, want Nodecons: %v", c.name, got, c.differ)
		}
	}
}

// TestPKeyAndNetifOrder: ranges of keys overlap as ports do, and names of interfaces where
// the policy has netif_wildcard.
func TestPKeyAndNetifOrder(t *testing.T) {
	labels := example(t).OContexts.Ports
	a, b := labels[0].Context, labels[1].Context
	keys := []policydb.IBPKeyCon{{Low: 1, High: 9, Context: a}, {Low: 5, High: 20, Context: b}}
	netifs := []policydb.NetifCon{{Name: "eth*", If: a, Packet: a}, {Name: "eth0", If: b, Packet: b}}
	apart := []policydb.NetifCon{{Name: "eth1", If: a, Packet: a}, {Name: "eth0", If: b, Packet: b}}
	with := func(keys []policydb.IBPKeyCon, netifs []policydb.NetifCon, wildcards bool) *policydb.Policy {
		db := example(t).Clone()
		db.OContexts.IBPKeys, db.OContexts.Netifs = keys, netifs
		db.PolicyCaps = db.PolicyCaps.Without(uint32(policy.CapNetifWildcard))
		if wildcards {
			db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapNetifWildcard))
		}
		return db
	}
	turn := func(list []policydb.NetifCon) []policydb.NetifCon { return []policydb.NetifCon{list[1], list[0]} }
	turned := []policydb.IBPKeyCon{keys[1], keys[0]}
	for _, c := range []struct {
		before, after *policydb.Policy
		want          []string
	}{
		{with(keys, nil, false), with(turned, nil, false), []string{"Ibpkeycons"}},
		{with(nil, netifs, true), with(nil, turn(netifs), true), []string{"Netifcons"}},
		{with(nil, netifs, false), with(nil, turn(netifs), false), nil},
		{with(nil, apart, true), with(nil, turn(apart), true), nil},
	} {
		if got := sections(t, c.before, c.after); !slices.Equal(got, c.want) {
			t.Errorf("differ in %q, want %q", got, c.want)
		}
	}
}

// TestConstrainedMembers: an attribute that a constraint names has a member more. No rule
// names it; the constraint differs all the same, for the kernel goes by the members.
func TestConstrainedMembers(t *testing.T) {
	constraint := "\n(typeattribute trusted)\n(constrain (process (ptrace)) (eq t1 trusted))\n"
	text := append(exampleSource(t), constraint...)
	before := built(t, append(slices.Clone(text), "(typeattributeset trusted (haproxy_t))\n"...))
	after := built(t, append(slices.Clone(text), "(typeattributeset trusted (haproxy_t squid_t))\n"...))
	r := report(t, before, after)
	if len(r.Other) != 1 || r.Other[0] != (policydiff.Section{Title: "Constraints",
		Count: policydiff.RuleCount{Modified: 1}}) {
		t.Errorf("differ in %+v", r.Other)
	}
	for _, c := range policydiff.Changes(before, after, policydiff.Constraints) {
		if want := "constrain process { ptrace } (t1 == { trusted });"; c.Key != want {
			t.Errorf("%q, want %q", c.Key, want)
		}
	}
}

// TestNames: aliases and types that are never audited.
func TestNames(t *testing.T) {
	text := exampleSource(t)
	after := built(t, append(text, "\n(typealias proxy_t)\n(typealiasactual proxy_t haproxy_t)\n"...))
	r := report(t, built(t, text), after)
	if !slices.Equal(r.Aliases.Added, []string{"proxy_t of haproxy_t"}) || r.Empty() {
		t.Errorf("aliases: %+v", r.Aliases)
	}
	before := example(t).Clone()
	before.Version = 35
	db := before.Clone()
	name := "haproxy_t"
	id, _ := policy.New(db).Type(name)
	db.NeverAudit = db.NeverAudit.With(uint32(id))
	r = report(t, policy.New(before), policy.New(db))
	if !slices.Equal(r.NeverAudited.Added, []string{name}) || r.Empty() {
		t.Errorf("never audited: %+v", r.NeverAudited)
	}
}
