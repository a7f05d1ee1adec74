package network

import (
	"testing"

	"github.com/senet-selinux/senet/access"
)

func layer(name Layer, perm string, consulted, allowed, unknown, permissive bool) LayerAnswer {
	l := LayerAnswer{Consulted: consulted, Unknown: unknown, Permissive: permissive}
	l.Layer, l.Class, l.Perm = name, "tcp_socket", perm
	l.Check = access.PermCheck{Name: perm, Allowed: allowed}
	return l
}

// TestGroups: consecutive checks of the same labels form one group. A layer that is not consulted forms its own
// group, and so does a layer that comes again later.
func TestGroups(t *testing.T) {
	groups := Groups([]LayerAnswer{
		layer(LayerSocket, "create", true, true, false, false),
		layer(LayerSocket, "connect", true, false, false, false),
		layer(LayerPort, "name_connect", true, true, false, false),
		layer(LayerNetif, "egress", false, false, false, false),
		layer(LayerNetif, "ingress", false, false, false, false),
		layer(LayerSocket, "read", true, true, false, false),
	})
	var got [][]string
	for i := range groups {
		got = append(got, groups[i].Names)
	}
	if len(got) != 5 || len(got[0]) != 2 || groups[0].Refused().Name != "connect" || groups[1].Refused() != nil ||
		len(groups[2].Checks) != 0 {
		t.Errorf("groups are %v", got)
	}
}

// TestRefusing: a layer that refuses comes before a layer that may refuse, and that before a permissive layer.
func TestRefusing(t *testing.T) {
	allowed := layer(LayerSocket, "create", true, true, false, false)
	permissive := layer(LayerPort, "name_connect", true, false, false, true)
	unknown := layer(LayerNetif, "egress", true, false, true, false)
	refused := layer(LayerPacket, "send", true, false, false, false)
	silent := layer(LayerPeer, "recv", false, false, false, false)
	for _, c := range []struct {
		layers []LayerAnswer
		want   Layer
	}{
		{[]LayerAnswer{allowed, permissive, unknown, refused}, LayerPacket},
		{[]LayerAnswer{allowed, permissive, unknown, silent}, LayerNetif},
		{[]LayerAnswer{allowed, permissive, silent}, LayerPort},
		{[]LayerAnswer{allowed, silent}, ""},
	} {
		got := Layer("")
		if g := Refusing(Groups(c.layers)); g != nil {
			got = g.Layer
		}
		if got != c.want {
			t.Errorf("%s refuses, want %s", got, c.want)
		}
	}
}
