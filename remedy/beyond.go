package remedy

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Beyond lists the rights besides ports that a fix opens: all that has one label, whichever port
// it is on. Costs in ports say nothing of it.
type Beyond struct {
	// Layer is packet, peer, association, netif or node.
	Layer network.Layer
	Type  string // of the label
}

// beyond returns what the rules that grant what layers refuse open besides ports.
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
