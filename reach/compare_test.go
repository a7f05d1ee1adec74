package reach_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// changes makes policies that differ from p: with another label, another boolean value, a new domain, or one domain
// less.
func changes(t testing.TB, p *policy.Policy) map[string]*policy.Policy {
	t.Helper()
	typ, ok := p.Type("http_port_t")
	if !ok {
		t.Fatal("no http_port_t")
	}
	label := p.PortLabel(network6, 80).Context
	label.Type = uint32(typ)
	list := map[string]*policy.Policy{
		"the same": p,
		"label":    p.WithPorts(policydb.PortCon{Protocol: network6, Low: 7000, High: 8100, Context: label}),
	}
	for b := range p.Bools() {
		list["bool "+p.BoolName(b)] = p.WithBools(policy.BoolSetting{Bool: b, On: !p.BoolState(b)})
		if len(list) > 12 {
			break
		}
	}
	db := p.DB().Clone()
	name := "ftpd_t"
	if _, ok := p.Type(name); !ok {
		name = "haproxy_t"
	}
	for i := range db.Types.Items {
		if db.Types.Items[i].Name == name {
			db.Types.Items = slices.Clone(db.Types.Items)
			db.Types.Items[i].Name = "renamed_t"
		}
	}
	list["renamed"] = policy.New(db)
	return list
}

const network6 = 6

// TestCompare: the difference of two policies is the difference of their matrices.
func TestCompare(t *testing.T) {
	for _, path := range []string{"../examples/example.policy", testenv.Policy(t, "default")} {
		p := testpolicy.Open(t, path)
		before := reach.New(access.NewDecider(p))
		for name, q := range changes(t, p) {
			after := reach.New(access.NewDecider(q))
			if name == "label" { // only a portcon differs
				sameAsRelabelled(t, before, after)
			}
			for _, op := range []network.Operation{network.Connect, network.Bind} {
				query := reach.Query{Protocol: network.TCP, Operation: op,
					Machine: network.Machine{Host: host.Standard()}}
				within := portset.Set{{Low: 0, High: 7500}, {Low: 8000, High: 65535}}
				for _, ports := range []portset.Set{nil, within} {
					got, err := reach.Compare(before, after, query, ports)
					if err != nil {
						t.Fatal(err)
					}
					want := matrixDifference(t, before, after, query, ports)
					if fmt.Sprint(got.Gain, got.Lose) != fmt.Sprint(want.Gain, want.Lose) {
						t.Errorf("%s %s:\n got %v\nwant %v", name, op, got, want)
					}
				}
			}
		}
	}
}

// sameAsRelabelled checks that one Decider for both policies gives the same difference.
func sameAsRelabelled(t *testing.T, before, after *reach.Reacher) {
	t.Helper()
	relabelled := reach.NewRelabelled(before.Decider(), after.Decider().Policy())
	for _, op := range []network.Operation{network.Connect, network.Bind} {
		query := reach.Query{Protocol: network.TCP, Operation: op, Machine: network.Machine{Host: host.Standard()}}
		want, err := reach.Compare(before, after, query, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := reach.Compare(before, relabelled, query, nil)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || len(got.Gain) == 0 {
			t.Errorf("%s:\n got %v\nwant %v", op, got, want)
		}
	}
}

// matrixDifference subtracts one matrix from another, set by set.
func matrixDifference(t *testing.T, before, after *reach.Reacher, q reach.Query, within portset.Set) reach.Change {
	t.Helper()
	sets := func(r *reach.Reacher) map[string]portset.Set {
		rows, err := r.Matrix(q)
		if err != nil {
			t.Fatal(err)
		}
		list := make(map[string]portset.Set)
		for _, row := range rows {
			list[r.Decider().Policy().TypeName(row.Domain)] = row.Access.Allowed
		}
		return list
	}
	old, changed := sets(before), sets(after)
	names := slices.Sorted(maps.Keys(changed))
	for name := range old {
		if _, ok := changed[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var c reach.Change
	for _, name := range names {
		gain, lose := changed[name].Minus(old[name]), old[name].Minus(changed[name])
		if within != nil {
			gain, lose = gain.Intersect(within), lose.Intersect(within)
		}
		if len(gain) > 0 {
			c.Gain = append(c.Gain, reach.DomainPorts{Domain: name, Ports: gain})
		}
		if len(lose) > 0 {
			c.Lose = append(c.Lose, reach.DomainPorts{Domain: name, Ports: lose})
		}
	}
	return c
}
