package cli

import (
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// switchedClasses returns the classes that rules are for which hold under one of
// two states of one policy's booleans and not under the other.
func switchedClasses(before, after *policy.Policy) map[policy.ClassID]bool {
	classes := make(map[policy.ClassID]bool)
	add := func(t policydb.AVTab) {
		for off := uint32(0); off < t.Size(); off = t.Next(off) {
			classes[policy.ClassID(t.Key(off).Class())] = true
		}
	}
	conditionals := before.DB().Conditionals
	for i := range conditionals {
		id := policy.CondID(i + 1)
		if before.BranchEnabled(id, true) != after.BranchEnabled(id, true) {
			add(conditionals[i].True)
		}
		if before.BranchEnabled(id, false) != after.BranchEnabled(id, false) {
			add(conditionals[i].False)
		}
	}
	return classes
}

// concerns reports whether a check that the kernel makes for a protocol's sockets
// is of one of the classes.
func concerns(p *policy.Policy, protocol network.Protocol, classes map[policy.ClassID]bool) bool {
	socket, _ := network.SocketOf(protocol)
	for _, name := range []string{socket.Class, socket.ClassPlain, "capability", "packet", "netif", "node", "peer", "association"} {
		if id, ok := p.Class(name); ok && classes[id] {
			return true
		}
	}
	return false
}
