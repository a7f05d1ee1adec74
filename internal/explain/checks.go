package explain

import (
	"slices"

	"github.com/senet-selinux/senet/network"
)

// checksOf returns the rows that ask for a permission of the class, or of any class if it
// is "", with their state.
func (v *View) checksOf(perm, class string) []Check {
	var list []Check
	for _, call := range calls() {
		for _, row := range network.Rows(call) {
			if row.Perm != perm || !v.mayConcern(row, class) {
				continue
			}
			if c, ok := v.check(row, class); ok {
				list = append(list, c)
			}
		}
	}
	return list
}

// mayConcern reports whether a row can ask for a permission of the class.
func (v *View) mayConcern(row network.Row, class string) bool {
	if class == "" || row.Class == class {
		return true
	}
	return row.Class == "" && isSocketClass(class)
}

// check computes whether the kernel makes the row's check, for every kind of socket, or
// for those of a class if it is not "". ok is false if no kind of socket in package
// network has the class.
func (v *View) check(row network.Row, class string) (c Check, ok bool) {
	var kinds []network.Protocol
	for _, protocol := range network.Protocols() {
		s, _ := network.SocketOf(protocol)
		if takes(row, s) && (row.Class != "" || class == "" || s.ClassUnder(v.p) == class) {
			kinds = append(kinds, protocol)
		}
	}
	return v.checkFor(row, kinds), len(kinds) > 0
}

func (v *View) checkFor(row network.Row, kinds []network.Protocol) Check {
	c := Check{
		Call: row.Call, Layer: row.Layer, Source: row.Source, Target: row.Target, Class: row.Class, Perm: row.Perm,
		When: row.When, Errno: row.Errno, Mirrors: row.Mirrors, Sockets: []network.Protocol{},
	}
	unknown := false
	for _, protocol := range kinds {
		for _, port := range v.tellingPorts(row) {
			state, why := v.asked(row, protocol, port)
			switch state {
			case AskedUnknown:
				unknown = true
			case AskedYes:
				c.Sockets = addOnce(c.Sockets, protocol)
			case AskedNo:
				c.not(why, protocol)
			}
		}
	}
	switch {
	case unknown && len(c.Sockets) == 0:
		c.Asked = AskedUnknown
	case len(c.Sockets) == 0:
		c.Asked = AskedNo
	case len(c.Not) > 0:
		c.Asked = AskedPartly
	default:
		c.Asked = AskedYes
	}
	return c
}

func (c *Check) not(why string, protocol network.Protocol) {
	for i := range c.Not {
		if c.Not[i].Why == why {
			c.Not[i].Sockets = addOnce(c.Not[i].Sockets, protocol)
			return
		}
	}
	c.Not = append(c.Not, NotAsked{Why: why, Sockets: []network.Protocol{protocol}})
}

func addOnce(list []network.Protocol, protocol network.Protocol) []network.Protocol {
	if slices.Contains(list, protocol) {
		return list
	}
	return append(list, protocol)
}

// tellingPorts returns ports at which the conditions of a row can change.
func (v *View) tellingPorts(row network.Row) []uint16 {
	if row.Call != network.CallBind {
		return []uint16{443}
	}
	ports := []uint16{1, v.host.LocalPorts.Low, v.host.LocalPorts.High, v.host.UnprivilegedPortStart}
	if v.host.LocalPorts.Low > 0 {
		ports = append(ports, v.host.LocalPorts.Low-1)
	}
	if v.host.LocalPorts.High < 65535 {
		ports = append(ports, v.host.LocalPorts.High+1)
	}
	return append(ports, 0)
}

// OtherCase begins the reason why a check is not made if its condition is for other
// policies or other kinds of sockets; the condition follows.
const OtherCase = "its condition does not hold: "

// asked returns whether the check is made for one kind of socket and one port, and if
// not, why.
func (v *View) asked(row network.Row, protocol network.Protocol, port uint16) (Asked, string) {
	a, err := network.Ask(v.d, network.Question{
		Subject: v.subject, Calls: []network.Call{row.Call}, Protocol: protocol, Port: port,
		Machine:   network.Machine{Host: v.host},
		PeerLabel: &v.subject, // there must be some other end
	})
	if err != nil {
		return AskedNo, err.Error()
	}
	for i := range a.Layers {
		l := &a.Layers[i]
		if l.Perm != row.Perm || l.Layer != row.Layer || l.When != row.When || l.Target != row.Target {
			continue
		}
		switch {
		case l.Unknown:
			return AskedUnknown, ""
		case l.Consulted:
			return AskedYes, ""
		}
		return AskedNo, l.NotConsulted
	}
	return AskedNo, OtherCase + string(row.When)
}
