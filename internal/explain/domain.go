package explain

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// domainFacts summarizes what a domain may do; it returns nil if no process can have the
// type.
func (v *View) domainFacts(id policy.TypeID) (*DomainFacts, error) {
	if !slices.Contains(reach.Domains(v.p), id) {
		return nil, nil
	}
	c, ok := subject.FromType(v.p, id)
	if !ok {
		return nil, nil
	}
	f := &DomainFacts{Context: v.p.FormatContext(c), Permissive: v.p.IsPermissive(id)}
	if bounds := v.p.Bounds(id); bounds != 0 {
		f.Bounds = v.p.TypeName(bounds)
	}
	var err error
	if f.Client, err = v.may(c, network.CallSocket, network.CallConnect); err != nil {
		return nil, err
	}
	if f.Server, err = v.may(c, network.CallSocket, network.CallListen, network.CallAccept); err != nil {
		return nil, err
	}
	r := reach.New(v.d)
	for _, q := range [...]struct {
		protocol network.Protocol
		op       network.Operation
		to       *int
	}{{network.TCP, network.Connect, &f.TCPConnect}, {network.TCP, network.Bind, &f.TCPBind}, {network.UDP,
		network.Bind, &f.UDPBind}} {
		a, err := r.Ports(c, reach.Query{Protocol: q.protocol, Operation: q.op, Machine: network.Machine{Host: v.host}})
		if err != nil {
			return nil, err
		}
		*q.to = a.Allowed.Len()
	}
	return f, nil
}

// may reports whether a process may make some calls on its own TCP socket, without regard
// to the port.
func (v *View) may(c policy.Context, calls ...network.Call) (bool, error) {
	a, err := network.Ask(v.d, network.Question{Subject: c, Calls: calls, Protocol: network.TCP, Port: 443,
		Machine: network.Machine{Host: v.host}})
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(a.Layers, func(l network.LayerAnswer) bool {
		return l.Layer == network.LayerSocket && l.Denied()
	}), nil
}
