package access

import "github.com/senet-selinux/senet/policy"

// SocketContext returns the label of a socket that a process makes: its own,
// but for what a type_transition, role_transition or range_transition from its
// type to itself says for the socket's class. It mirrors socket_sockcreate_sid
// and what security_compute_sid does for sockets, where these rules are looked
// up by exactly the process's type: attributes in them were expanded by the
// compiler.
func (d *Decider) SocketContext(process policy.Context, class string) policy.Context {
	id, ok := d.p.Class(class)
	if !ok {
		return process
	}
	socket := process
	own := policy.TypeID(process.Type)
	if t, ok := d.typeTransition(own, own, id); ok {
		socket.Type = uint32(t)
	}
	for _, rt := range d.p.DB().RoleTransitions {
		if rt.Role == process.Role && rt.Type == process.Type && policy.ClassID(rt.Class) == id {
			socket.Role = rt.NewRole
			break
		}
	}
	for i := range d.p.DB().RangeTrans {
		rt := &d.p.DB().RangeTrans[i]
		if rt.Source == process.Type && rt.Target == process.Type && policy.ClassID(rt.Class) == id {
			socket.Range = rt.Range
			break
		}
	}
	return socket
}

// typeTransition returns the type that a type_transition for exactly these two
// types gives: that of an unconditional rule, else of a conditional one in
// force.
func (d *Decider) typeTransition(source, target policy.TypeID, class policy.ClassID) (policy.TypeID, bool) {
	only := policy.NewSet(d.p.MaxType())
	only.Add(target)
	for r := range d.p.RulesFrom(source, class, only) {
		// Unconditional rules come first in the policy's order.
		if r.Kind == policy.TypeTransition && d.p.Enabled(r) {
			return r.Default, true
		}
	}
	return 0, false
}
