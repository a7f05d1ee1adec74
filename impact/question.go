package impact

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// A question is one whose answer a record may change.
type question struct {
	query  reach.Query
	within portset.Set // nil for all ports
}

// questions returns the questions that records may affect. The kernel checks an interface
// only with labelled networking, and no socket check involves InfiniBand.
func (c *Comparison) questions(list []semanage.Difference) []question {
	if len(list) == 0 {
		return nil
	}
	var out []question
	if slices.ContainsFunc(list, func(d semanage.Difference) bool { return d.Kind == semanage.Booleans }) {
		out = onPorts(nil)
	} else {
		out = onPorts(list)
	}
	for _, d := range list {
		n, ok := d.Record().(semanage.Node)
		if !ok {
			continue
		}
		for _, addr := range c.Witnesses(n) {
			for _, protocol := range []network.Protocol{network.TCP, network.UDP} {
				out = append(out, question{query: reach.Query{Protocol: protocol, Operation: network.Bind, Addr: addr}})
			}
		}
	}
	return out
}

// onPorts returns questions about the ports of records, or about all ports if list is
// nil.
func onPorts(list []semanage.Difference) []question {
	var out []question
	for _, protocol := range []semanage.Protocol{semanage.TCP, semanage.UDP, semanage.DCCP, semanage.SCTP} {
		ports := portsOf(list, protocol)
		if list != nil && len(ports) == 0 {
			continue
		}
		for _, op := range []network.Operation{network.Connect, network.Bind} {
			out = append(out, question{reach.Query{Protocol: network.Protocol(protocol.String()), Operation: op},
				ports})
		}
	}
	return out
}

// portsOf returns the ports of a protocol in records.
func portsOf(list []semanage.Difference, protocol semanage.Protocol) portset.Set {
	var ports portset.Set
	for _, d := range list {
		for _, r := range []semanage.Record{d.Before, d.After} {
			if p, ok := r.(semanage.Port); ok && p.Protocol == protocol {
				ports = ports.Union(portset.Set{p.Range()})
			}
		}
	}
	return ports
}
