package policy

import (
	"fmt"
	"iter"
)

// A PolicyCap is the number of a policy capability.
type PolicyCap uint32

// The policy capabilities up to Linux 7.0 (security/selinux/include/policycap.h).
const (
	CapNetworkPeerControls PolicyCap = iota
	CapOpenPerms
	CapExtendedSocketClass
	CapAlwaysCheckNetwork
	CapCgroupSeclabel
	CapNNPNosuidTransition
	CapGenfsSeclabelSymlinks
	CapIoctlSkipCloexec
	CapUserspaceInitialContext
	CapNetlinkXPerm
	CapNetifWildcard
	CapGenfsSeclabelWildcard
	CapFunctionfsSeclabel
	CapMemfdClass
	CapBPFTokenPerms
)

// String returns the capability's name, or "unknown policy capability N" for a
// number that is newer than this package.
func (c PolicyCap) String() string {
	switch c {
	case CapNetworkPeerControls:
		return "network_peer_controls"
	case CapOpenPerms:
		return "open_perms"
	case CapExtendedSocketClass:
		return "extended_socket_class"
	case CapAlwaysCheckNetwork:
		return "always_check_network"
	case CapCgroupSeclabel:
		return "cgroup_seclabel"
	case CapNNPNosuidTransition:
		return "nnp_nosuid_transition"
	case CapGenfsSeclabelSymlinks:
		return "genfs_seclabel_symlinks"
	case CapIoctlSkipCloexec:
		return "ioctl_skip_cloexec"
	case CapUserspaceInitialContext:
		return "userspace_initial_context"
	case CapNetlinkXPerm:
		return "netlink_xperm"
	case CapNetifWildcard:
		return "netif_wildcard"
	case CapGenfsSeclabelWildcard:
		return "genfs_seclabel_wildcard"
	case CapFunctionfsSeclabel:
		return "functionfs_seclabel"
	case CapMemfdClass:
		return "memfd_class"
	case CapBPFTokenPerms:
		return "bpf_token_perms"
	}
	return fmt.Sprintf("unknown policy capability %d", uint32(c))
}

// HasPolicyCap reports whether the policy has a capability on.
func (t *tables) HasPolicyCap(c PolicyCap) bool { return t.db.PolicyCaps.Has(uint32(c)) }

// PolicyCaps yields the enabled capabilities of the policy, by ascending number,
// including those without a name in this package.
func (t *tables) PolicyCaps() iter.Seq[PolicyCap] {
	return func(yield func(PolicyCap) bool) {
		for n := range t.db.PolicyCaps.All() {
			if !yield(PolicyCap(n)) {
				return
			}
		}
	}
}
