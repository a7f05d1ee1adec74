package remedy

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// affected returns the numbers of the domains whose access may change when rules with
// sources of the given types change, the subject always first. A check depends on the
// type of the process or of its socket, and on types that bound these; for incoming
// packets also on the type of their label, which affects all domains.
func (f *finder) affected(sources policy.Set[policy.TypeID]) []int {
	if f.census == nil {
		return nil
	}
	if unlabeled, ok := f.p.InitialSID(policy.SIDUnlabeled); ok && f.bounded(sources, policy.TypeID(unlabeled.Type)) ||
		f.problem.PeerLabel != nil && f.bounded(sources, policy.TypeID(f.problem.PeerLabel.Type)) {
		return f.census.everyone()
	}
	if f.problem.Protocol == network.SMC || f.problem.Protocol == network.MPTCP { // the kernel handles their packets
		if kernel, ok := f.p.InitialSID(policy.SIDKernel); ok && f.bounded(sources, policy.TypeID(kernel.Type)) {
			return f.census.everyone()
		}
	}
	who := []int{0}
	for i, id := range f.census.domains {
		if i > 0 && (f.bounded(sources, id) || f.bounded(sources, f.socketType(i))) {
			who = append(who, i)
		}
	}
	return who
}

// bounded reports whether a type, or one that bounds it, is in a set.
func (f *finder) bounded(set policy.Set[policy.TypeID], id policy.TypeID) bool {
	for range maxBounds {
		if id == 0 || set.Has(id) {
			break
		}
		id = f.p.Bounds(id)
	}
	return id != 0 && set.Has(id)
}

// maxBounds is larger than the longest chain of bounds that decisions follow.
const maxBounds = 8

// socketType returns the type of a domain's sockets: its own, unless there are
// transitions from it to itself.
func (f *finder) socketType(i int) policy.TypeID {
	if f.sockets == nil {
		f.sockets = slices.Clone(f.census.domains)
		class, _ := f.p.Class(f.answer.Class)
		classes := policy.NewSet(f.p.MaxClass())
		classes.Add(class)
		changes := f.noTypes()
		for r := range f.p.Rules(policy.RuleFilter{Kinds: policy.TypeTransition, Classes: &classes}) {
			changes.Add(r.Source)
		}
		for i, c := range f.census.contexts {
			if changes.Has(f.sockets[i]) {
				f.sockets[i] = policy.TypeID(f.d.SocketContext(c, f.answer.Class).Type)
			}
		}
		f.sockets[0] = policy.TypeID(f.answer.Socket.Type)
	}
	return f.sockets[i]
}

// noTypes returns an empty set of types.
func (f *finder) noTypes() policy.Set[policy.TypeID] { return policy.NewSet(f.p.MaxType()) }
