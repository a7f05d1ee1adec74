package diagnose

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/classmap"
	"github.com/senet-selinux/senet/network"
)

// A Hook is the place in the kernel or a program that made the check.
type Hook string

// The hooks. All but the last four are in the kernel's network code.
const (
	HookCreate      Hook = "socket-create" // socket(): there is no socket yet, so the record has no address
	HookSocket      Hook = "socket"        // a call on a socket: sock_has_perm
	HookSocketFile  Hook = "socket-file"   // read, write, ioctl on a socket as an open file
	HookNameBind    Hook = "name_bind"
	HookNodeBind    Hook = "node_bind"
	HookNameConnect Hook = "name_connect"
	HookUnix        Hook = "unix" // connectto, and sendto of datagrams: the other socket
	HookNetlink     Hook = "netlink"
	HookNetif       Hook = "netif"
	HookNode        Hook = "node"
	HookPeer        Hook = "peer"
	HookPacket      Hook = "packet"
	HookAssociation Hook = "association"  // packets outside of labelled IPsec
	HookIPsec       Hook = "ipsec"        // polmatch and setcontext: labelled IPsec itself
	HookSCTP        Hook = "sctp"         // a second association with another label
	HookSecmarkRule Hook = "secmark-rule" // loading a rule that labels packets
	HookTun         Hook = "tun"
	HookInfiniband  Hook = "infiniband"
	HookFD          Hook = "fd"         // using a descriptor that another process opened
	HookCapability  Hook = "capability" // of the process
	HookModule      Hook = "module"     // asking the kernel to load a module
	HookError       Hook = "error"      // a SELINUX_ERR record
	HookSymptom     Hook = "symptom"    // no record: a program's own complaint
	HookUserspace   Hook = "userspace"  // a program that enforces the policy: dbus, systemd, X
	HookOther       Hook = "other"      // not the network
)

// Mirrors returns the function of security/selinux/hooks.c that makes the check, or of the named
// file; "" unless there is exactly one.
func (h Hook) Mirrors() string {
	switch h {
	case HookCreate:
		return "selinux_socket_create"
	case HookSocket:
		return "sock_has_perm"
	case HookSocketFile:
		return "file_has_perm"
	case HookNameBind, HookNodeBind:
		return "__selinux_socket_bind"
	case HookNameConnect:
		return "selinux_socket_connect_helper"
	case HookUnix:
		return "selinux_socket_unix_stream_connect, selinux_socket_unix_may_send"
	case HookNetlink:
		return "selinux_netlink_send"
	case HookNetif, HookNode:
		return "selinux_inet_sys_rcv_skb, selinux_ip_postroute"
	case HookPeer:
		return "selinux_socket_sock_rcv_skb"
	case HookPacket:
		return "selinux_socket_sock_rcv_skb, selinux_ip_postroute"
	case HookAssociation:
		return "selinux_xfrm_sock_rcv_skb, selinux_xfrm_postroute_last (xfrm.c)"
	case HookIPsec:
		return "selinux_xfrm_policy_lookup, selinux_xfrm_alloc_user (xfrm.c)"
	case HookSCTP:
		return "selinux_sctp_process_new_assoc"
	case HookSecmarkRule:
		return "selinux_secmark_relabel_packet"
	case HookTun:
		return "selinux_tun_dev_create"
	case HookInfiniband:
		return "selinux_ib_pkey_access, selinux_ib_endport_manage_subnet"
	case HookFD:
		return "file_has_perm, selinux_file_receive"
	case HookCapability:
		return "cred_has_capability"
	case HookModule:
		return "selinux_kernel_module_request"
	}
	return ""
}

// Mirrors returns the function of the kernel that made the check, "" unless there is exactly one.
func (d *Diagnosis) Mirrors() string {
	if d.Call == network.CallFastOpen {
		return "selinux_socket_sendmsg"
	}
	return d.Hook.Mirrors()
}

// Network reports whether the hook belongs to the network code. For a capability it depends on
// which one: net_bind_service, net_raw and net_admin do, as [Diagnosis.Layer] tells.
func (h Hook) Network() bool {
	switch h {
	case HookFD, HookCapability, HookModule, HookError, HookUserspace, HookOther:
		return false
	}
	return true
}

// hookOf finds the hook by features that only it has: the class, the permission, and the fields
// that dump_common_audit_data (security/lsm_audit.c) wrote.
func hookOf(a *audit.AVC) Hook {
	if a.User || classmap.OfPrograms(a.TClass) {
		return HookUserspace
	}
	switch a.TClass {
	case "netif":
		return HookNetif
	case "node":
		return HookNode
	case "peer":
		return HookPeer
	case "packet":
		if a.Has("relabelto") {
			return HookSecmarkRule
		}
		return HookPacket
	case "association":
		if a.Has("polmatch") || a.Has("setcontext") {
			return HookIPsec
		}
		return HookAssociation
	case "infiniband_pkey", "infiniband_endport":
		return HookInfiniband
	case "fd":
		return HookFD
	case "capability", "cap_userns", "capability2", "cap2_userns":
		return HookCapability
	case "system":
		if a.Has("module_request") {
			return HookModule
		}
	}
	if socketClass(a.TClass) {
		return socketHook(a)
	}
	return HookOther
}

func socketClass(class string) bool { return class == "socket" || strings.HasSuffix(class, "_socket") }

// socketHook finds the hook of a check with a socket class.
func socketHook(a *audit.AVC) Hook {
	for _, perm := range a.Permissions {
		switch {
		case perm == "name_bind":
			return HookNameBind
		case perm == "node_bind":
			return HookNodeBind
		case perm == "name_connect":
			return HookNameConnect
		case perm == "connectto", perm == "sendto" && a.TClass == "unix_dgram_socket":
			return HookUnix
		case perm == "create":
			return HookCreate
		case perm == "association":
			return HookSCTP
		case perm == "recvfrom": // NetLabel, if the policy lacks network_peer_controls
			return HookPeer
		case perm == "nlmsg" || strings.HasPrefix(perm, "nlmsg_"):
			return HookNetlink
		}
	}
	switch {
	case a.TClass == "tun_socket":
		return HookTun
	case a.Dev == "sockfs" || strings.HasPrefix(a.Path, "socket:["):
		return HookSocketFile
	}
	return HookSocket
}

// layer returns the layer that a hook belongs to, "" for none.
func (h Hook) layer(a *audit.AVC) network.Layer {
	switch h {
	case HookCreate, HookSocket, HookSocketFile, HookUnix, HookNetlink, HookTun, HookSCTP:
		return network.LayerSocket
	case HookNameBind, HookNameConnect:
		return network.LayerPort
	case HookNodeBind, HookNode:
		return network.LayerNode
	case HookNetif:
		return network.LayerNetif
	case HookPeer:
		return network.LayerPeer
	case HookPacket:
		return network.LayerPacket
	case HookAssociation, HookIPsec:
		return network.LayerAssociation
	case HookCapability:
		if networkCapability(a) != "" {
			return network.LayerCapability
		}
	}
	return ""
}

// networkCapability returns the capability of a record if the network code checks it, else "".
func networkCapability(a *audit.AVC) string {
	for _, perm := range a.Permissions {
		switch perm {
		case "net_bind_service", "net_raw", "net_admin":
			return perm
		}
	}
	return ""
}
