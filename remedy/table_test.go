package remedy_test

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// TestTable: httpd_t to tcp/5601 on Debian 12's policy, what every common fix
// does. The numbers of domains are smaller here than those of sesearch on the
// attribute domain where domains are concerned that no process can run as: 13
// (auditadm_dbusd_t, guest_dbusd_t, xguest_wm_t and others) have a role that no
// user of the policy has, so no context with them is valid. Counting these,
// dns_port_t has 329 and allow_ypbind 290 domains that gain the port.
// allow_ypbind gives nine more domains other ports than 5601, which are in the
// set of those that gain and not among the 277 that gain 5601.
func TestTable(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	pr := problem(t, p, "httpd_t", network.Connect, network.TCP, 5601)
	r, err := remedy.Find(access.NewDecider(p), pr)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		kind                        remedy.Kind
		name                        string
		works                       bool
		degree                      remedy.Applicability
		gain5601                    int // domains that gain connect to the port
		gainConnect, gainBind       int // domains that gain connect, bind to any
		loseConnect, loseBind       int
		subjectConnect, subjectBind int // ports
	}
	want := []row{
		{remedy.OwnType, "httpd_tcp_5601_port_t", true, remedy.Safe, 0, 0, 0, 0, 0, 1, 0},
		// The boolean made for it: 53 and 853 are dns_port_t's, which it may connect to already.
		{remedy.Boolean, "httpd_can_network_connect", true, remedy.Review, 1, 1, 0, 0, 0, 65534, 0},
		{remedy.Rule, "unreserved_port_t", true, remedy.Never, 0, 0, 0, 0, 0, 64127, 0},
		// What is another service's, or everybody's.
		{remedy.Label, "dns_port_t", true, remedy.Never, 329 - 13, 329 - 13, 23, 0, 4, 1, 0},
		{remedy.Boolean, "allow_ypbind", true, remedy.Never, 290 - 13, 286, 247, 0, 0, 64596, 0},
		{remedy.Permissive, "", true, remedy.Never, 0, 0, 0, 0, 0, 65534, 37283},
		// The pasted one: it does not help, but httpd_t may bind the port then.
		{remedy.Label, "http_port_t", false, remedy.Never, 29, 29, 7, 9, 4, 0, 1},
	}
	var got []row
	for i := range r.Fixes {
		f := &r.Fixes[i]
		name := f.Type
		for _, b := range f.Bools {
			name += p.BoolName(b.Bool)
		}
		port := 0
		for _, d := range f.Gain.Connect {
			if d.Ports.Contains(5601) {
				port++
			}
		}
		got = append(got, row{f.Kind, name, f.Works, f.Applicability, port, len(f.Gain.Connect), len(f.Gain.Bind),
			len(f.Lose.Connect), len(f.Lose.Bind), f.SubjectConnect.Len(), f.SubjectBind.Len()})
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// TestTableOwnTypeAlone: a type of its own that only joins port_type takes the
// port from 14 domains: 5 have it by the attribute unreserved_port_type, 9 by
// rules that name unreserved_port_t. So the module has the attribute and copies
// the rules.
func TestTableOwnTypeAlone(t *testing.T) {
	p := testpolicy.Open(t, testenv.Policy(t, "default"))
	for _, tt := range []struct {
		attributes []string
		lose       int
	}{{[]string{"port_type"}, 14}, {[]string{"port_type", "unreserved_port_type"}, 9}} {
		db := p.DB().Clone()
		var attributes []uint32
		for _, name := range tt.attributes {
			a, _ := p.Attribute(name)
			attributes = append(attributes, uint32(a))
		}
		value, err := db.AddType("alone_t", attributes...)
		if err != nil {
			t.Fatal(err)
		}
		label := p.PortLabel(policy.ProtoTCP, 5601).Context
		label.Type = value
		if err := db.AddPort(policydb.PortCon{Protocol: policy.ProtoTCP, Low: 5601, High: 5601,
			Context: label}); err != nil {
			t.Fatal(err)
		}
		after := policy.New(db)
		d1, d2 := access.NewDecider(p), access.NewDecider(after)
		lose := 0
		for _, id := range reach.Domains(p) {
			c, ok := subject.FromType(p, id)
			if !ok {
				continue
			}
			q := problem(t, p, p.TypeName(id), network.Connect, network.TCP, 5601).Question
			q.Subject = c
			a1, err1 := network.Ask(d1, q)
			a2, err2 := network.Ask(d2, q)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if a1.Verdict == network.Allowed && a2.Verdict != network.Allowed {
				lose++
			}
		}
		if lose != tt.lose {
			t.Errorf("%v: %d lose the port, want %d", tt.attributes, lose, tt.lose)
		}
	}
}
