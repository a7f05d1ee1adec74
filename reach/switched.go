package reach

import (
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// switchesOnly reports whether two policies differ only in the states of booleans and the labels of
// ports.
func switchesOnly(before, after *policy.Policy) bool {
	return before.DB() == after.DB() && same(before.Nodes(), after.Nodes()) &&
		same(before.Nodes6(), after.Nodes6()) && same(before.Netifs(), after.Netifs())
}

// same reports whether two slices share their memory.
func same[T any](a, b []T) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// switched returns the classes of the rules that are active under only one of two states of a
// policy's booleans.
func switched(before, after *policy.Policy) map[policy.ClassID]bool {
	classes := make(map[policy.ClassID]bool)
	for r := range before.Rules(policy.RuleFilter{Kinds: ^policy.RuleKind(0)}) {
		if r.Cond != 0 && before.BranchEnabled(r.Cond, r.Branch) != after.BranchEnabled(r.Cond, r.Branch) {
			classes[r.Class] = true
		}
	}
	return classes
}

// concerns reports whether a check for a protocol's sockets has one of the classes.
func concerns(p *policy.Policy, s network.Socket, classes map[policy.ClassID]bool) bool {
	for _, name := range append(otherClasses(), s.Class, s.ClassPlain) {
		if id, ok := p.Class(name); ok && classes[id] {
			return true
		}
	}
	return false
}

// otherClasses returns the classes of checks that are not the class of a socket.
func otherClasses() []string {
	return []string{"capability", "cap_userns", "packet", "netif", "node", "peer", "association"}
}
