package explain

import (
	"slices"

	"github.com/senet-selinux/senet/network"
)

// layerOrder returns the layers in the order in which a packet passes them, from the
// program outwards.
func layerOrder() []network.Layer {
	return []network.Layer{
		network.LayerSocket, network.LayerPort, network.LayerNode, network.LayerCapability, network.LayerNetif,
		network.LayerPeer, network.LayerPacket, network.LayerAssociation,
	}
}

// Layers returns the checks that the kernel makes for a TCP client and a TCP server, from
// the program outwards, with their state under the policy and on the host. Checks that
// apply to other policies only are not included.
func (v *View) Layers() []LayerRow {
	client := []network.Call{network.CallSocket, network.CallConnect, network.CallSend, network.CallReceive,
		network.CallEgress, network.CallIngress}
	server := []network.Call{network.CallSocket, network.CallBind, network.CallListen, network.CallAccept,
		network.CallReceive, network.CallSend, network.CallEgress, network.CallIngress}
	var list []LayerRow
	for _, layer := range layerOrder() {
		for _, call := range slices.Concat(client, server) {
			r := LayerRow{Layer: layer, Client: slices.Contains(client, call), Server: slices.Contains(server, call)}
			list = v.addLayer(list, r, call)
		}
	}
	return list
}

func (v *View) addLayer(list []LayerRow, r LayerRow, call network.Call) []LayerRow {
	for _, row := range network.Rows(call) {
		if row.Layer != r.Layer || v.foreign(row) {
			continue
		}
		c := v.checkFor(row, []network.Protocol{network.TCP})
		r.Source, r.Target, r.When, r.Asked, r.Class = row.Source, row.Target, row.When, c.Asked, row.Class
		if r.Class == "" {
			r.Class = "tcp_socket"
		}
		r.Why = nil
		for _, not := range c.Not {
			r.Why = append(r.Why, not.Why)
		}
		at := slices.IndexFunc(list, func(l LayerRow) bool { return l.joins(r) })
		if at < 0 {
			r.Perms = []string{row.Perm}
			list = append(list, r)
		} else if !slices.Contains(list[at].Perms, row.Perm) {
			list[at].Perms = append(list[at].Perms, row.Perm)
		}
	}
	return list
}

// foreign reports whether a row's check is only for other sockets than TCP's, or for other
// policies, which package network leaves out of answers.
func (v *View) foreign(row network.Row) bool {
	a, err := network.Ask(v.d, network.Question{
		Subject: v.subject, Calls: []network.Call{row.Call}, Protocol: network.TCP, Port: 443,
		Machine:   network.Machine{Host: v.host},
		PeerLabel: &v.subject,
	})
	return err != nil || !slices.ContainsFunc(a.Layers, func(l network.LayerAnswer) bool {
		return l.Perm == row.Perm && l.Layer == row.Layer && l.When == row.When
	})
}

func (l *LayerRow) joins(r LayerRow) bool {
	return l.Layer == r.Layer && l.Class == r.Class && l.When == r.When && l.Asked == r.Asked &&
		l.Source == r.Source && l.Target == r.Target && l.Client == r.Client && l.Server == r.Server
}
