package say

import (
	"testing"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// TestFixGains: what the subject gains is said in ports, and what no port counts
// besides; "no other port" only where nothing else is opened.
func TestFixGains(t *testing.T) {
	port := func(ports ...uint16) (set portset.Set) {
		for _, p := range ports {
			set = set.Union(portset.Set{{Low: p, High: p}})
		}
		return set
	}
	packets := []remedy.Beyond{{Layer: network.LayerPacket, Type: "a_packet_t"}}
	for _, c := range []struct {
		fix  remedy.Fix
		want string
	}{
		{remedy.Fix{Works: true}, "no other port"},
		{remedy.Fix{}, "does not help"},
		{remedy.Fix{Works: true, Beyond: packets}, "+all packets labelled a_packet_t"},
		{remedy.Fix{Works: true, SubjectConnect: port(80)}, "+1 port"},
		{remedy.Fix{Works: true, SubjectBind: port(80, 82)}, "+2 ports to bind"},
		{remedy.Fix{Works: true, SubjectConnect: port(80), SubjectBind: port(80)}, "+1 connect, +1 bind"},
		{remedy.Fix{Works: true, SubjectConnect: port(80), SubjectLosesBind: port(1, 2)}, "+1 port, -2"},
		{remedy.Fix{Works: true, SubjectConnect: port(80), Beyond: append(packets,
			remedy.Beyond{Layer: network.LayerNode, Type: "node_t"})},
			"+1 port, +all packets labelled a_packet_t, +all addresses labelled node_t"},
		{remedy.Fix{Works: true, SubjectBind: port(80, 82),
			Beyond: []remedy.Beyond{{Layer: network.LayerNode, Type: "node_t"}}},
			"+2 ports to bind, +all addresses labelled node_t (node_bind, without which these ports are refused as " +
				"well)"},
		{remedy.Fix{Works: true, Kind: remedy.OtherPort, Choices: []remedy.Choice{{Port: 80, Type: "a_t"},
			{Port: 8080, Type: "b_t"}}},
			"use port 80 (a_t) or 8080 (b_t)"},
	} {
		if got := FixGains(&c.fix); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestFixOthers: others are counted, each once, and not where the policy stays.
func TestFixOthers(t *testing.T) {
	domains := func(names ...string) (list []reach.DomainPorts) {
		for _, n := range names {
			list = append(list, reach.DomainPorts{Domain: n})
		}
		return list
	}
	f := remedy.Fix{Gain: remedy.Effect{Connect: domains("a_t", "b_t"), Bind: domains("a_t")},
		Lose: remedy.Effect{Bind: domains("c_t")}}
	if got, want := FixOthers(&f), "2 others gain, 1 other loses"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, f := range []remedy.Fix{{Kind: remedy.OtherPort}, {ProcessRange: "s0:c1"}} {
		if got := FixOthers(&f); got != "" {
			t.Errorf("%q", got)
		}
	}
}

// TestFixCut: a local record that is in the way is dropped where it is of the port
// alone, else cut.
func TestFixCut(t *testing.T) {
	change := func(action remedy.Action, low, high uint16) *remedy.Fix {
		p := semanage.Port{Protocol: semanage.TCP, Low: low, High: high, Context: semanage.Context{Type: "a_t"}}
		return &remedy.Fix{Records: []remedy.RecordChange{{Action: action, Port: p}}}
	}
	for _, c := range []struct {
		fix  *remedy.Fix
		want string
	}{
		{change(remedy.DeleteRecord, 80, 80), "the local record tcp/80 (a_t) is dropped"},
		{change(remedy.DeleteRecord, 80, 90), "the local record tcp/80-90 (a_t) is cut around the port"},
		{change(remedy.AddRecord, 80, 80), ""}, {&remedy.Fix{}, ""},
	} {
		if got := FixCut(c.fix); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
