package remedy

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Beyond lists access other than ports that a fix opens: everything with one label, whatever the
// port. Costs in ports do not include it.
type Beyond struct {
	// Layer is packet, peer, association, netif or node.
	Layer network.Layer
	Type  string // of the label
}

// beyond returns the other access that the rules for the refused layers open.
func (f *finder) beyond() []Beyond {
	var list []Beyond
	for _, l := range f.denied {
		switch l.Layer {
		case network.LayerPacket, network.LayerPeer, network.LayerAssociation, network.LayerNetif, network.LayerNode:
			one := Beyond{l.Layer, f.p.TypeName(policy.TypeID(l.TargetContext.Type))}
			if !slices.Contains(list, one) {
				list = append(list, one)
			}
		}
	}
	return list
}
