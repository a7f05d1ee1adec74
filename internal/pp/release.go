package pp

import "github.com/senet-selinux/senet/policydb"

// A Release is a release of libsepol: 4 is 3.4. The text that hll/pp writes differs between
// releases.
type Release uint8

// Release34 is the release of Debian 12; 3.5 writes the same text. The others are the releases with
// which the text changed.
const (
	Release34  Release = 4
	Release36  Release = 6  // another order of tables, initial SIDs, notself
	Release37  Release = 7  // no rules without permissions
	Release38  Release = 8  // all roles are declared, permissions of netlink messages
	Release39  Release = 9  // types that are not audited
	Release310 Release = 10 // required users, the order of initial SIDs
	Release311 Release = 11 // constraints without levels, tunables, empty conditionals
)

func (r Release) hash() policydb.SymbolHash {
	if r >= Release36 {
		return policydb.HashDJB2a
	}
	return policydb.HashShift
}

// capabilities are the policy capabilities by number. Each release knows the first ones.
var capabilities = []string{"network_peer_controls", "open_perms", "extended_socket_class", "always_check_network",
	"cgroup_seclabel", "nnp_nosuid_transition", "genfs_seclabel_symlinks", "ioctl_skip_cloexec",
	"userspace_initial_context", "netlink_xperm", "netif_wildcard", "genfs_seclabel_wildcard", "functionfs_seclabel",
	"memfd_class", "bpf_token_perms"}

const genfsWildcard = 11 // of capabilities

// sids are the names of the kernel's initial SIDs, by number: a module has only the numbers.
var sids = []string{"null", "kernel", "security", "unlabeled", "fs", "file", "file_labels", "init", "any_socket",
	"port", "netif", "netmsg", "node", "igmp_packet", "icmp_socket", "tcp_socket", "sysctl_modprobe", "sysctl",
	"sysctl_fs", "sysctl_kernel", "sysctl_net", "sysctl_net_unix", "sysctl_vm", "sysctl_dev", "kmod", "policy",
	"scmp_packet", "devnull"}

// oldSIDs are those that have had no name since 3.6.
var oldSIDs = [28]bool{0: true, 4: true, 6: true, 13: true, 14: true, 15: true, 16: true, 17: true, 18: true,
	19: true, 20: true, 21: true, 22: true, 23: true, 24: true, 25: true, 26: true}
