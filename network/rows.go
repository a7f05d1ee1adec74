package network

// A Call is a system call on a socket, or the passage of packets.
type Call string

// The calls.
const (
	CallSocket      Call = "socket"
	CallSocketpair  Call = "socketpair" // the checks of socket twice, and no check of the pair
	CallBind        Call = "bind"
	CallListen      Call = "listen"
	CallAccept      Call = "accept"
	CallConnect     Call = "connect"
	CallSend        Call = "send"     // sendto, sendmsg, write
	CallFastOpen    Call = "fastopen" // sendto with MSG_FASTOPEN
	CallReceive     Call = "recv"     // recvfrom, recvmsg, read
	CallGetsockname Call = "getsockname"
	CallGetpeername Call = "getpeername"
	CallGetsockopt  Call = "getsockopt"
	CallSetsockopt  Call = "setsockopt"
	CallShutdown    Call = "shutdown"
	CallIoctl       Call = "ioctl"
	CallUse         Call = "use"     // a descriptor of another process arrives: by execve or SCM_RIGHTS
	CallInherit     Call = "inherit" // the further checks if the descriptor of CallUse is a socket
	CallModule      Call = "module"  // the kernel wants to load a module for the process
	CallEgress      Call = "egress"  // a packet leaves
	CallIngress     Call = "ingress" // a packet arrives
)

// A Layer is the kind of object of a check.
type Layer string

// The layers, from the program outwards.
const (
	LayerSocket      Layer = "socket"      // the program's own socket
	LayerPort        Layer = "port"        // the port, by its portcon
	LayerNode        Layer = "node"        // the address, by its nodecon
	LayerCapability  Layer = "capability"  // a capability of the process
	LayerNetif       Layer = "netif"       // the interface, by its netifcon
	LayerPeer        Layer = "peer"        // the other end, by the label its packets carry
	LayerPacket      Layer = "packet"      // the packet, by its SECMARK label
	LayerAssociation Layer = "association" // IPsec, if the policy lacks network_peer_controls
	LayerFile        Layer = "file"        // the directories and the file of a unix socket's path
	LayerDescriptor  Layer = "descriptor"  // an open file that another process passes on
	LayerModule      Layer = "module"      // a request for a kernel module
)

// A Party is the object whose label is the source or target of a check.
type Party string

// The parties.
const (
	PartyTask   Party = "task"   // the process
	PartySocket Party = "socket" // the socket, whose label may differ from the process's
	PartyPort   Party = "port"   // the bound port, or the port of the other end
	PartyNode   Party = "node"   // the bound address, or the address of the other end
	PartyNetif  Party = "netif"  // the interface of packets
	PartyPeer   Party = "peer"   // the label that arriving packets carry; between unix sockets the other socket's
	PartyPacket Party = "packet" // the SECMARK label of packets
	// PartyUnlabeled is the initial SID unlabeled: the association of packets
	// that IPsec does not label.
	PartyUnlabeled Party = "unlabeled"
	PartyGiver     Party = "giver"  // the process that opened a descriptor
	PartyKernel    Party = "kernel" // the initial SID kernel
	PartyFile      Party = "file"   // a directory or the file of a unix socket's path
)

// An Errno is the error that a program gets from a denial.
type Errno string

// The visible effects of a denial.
const (
	EACCES       Errno = "EACCES"       // "Permission denied"
	EPERM        Errno = "EPERM"        // "Operation not permitted"
	ENOENT       Errno = "ENOENT"       // "No such file or directory"
	ENOSPC       Errno = "ENOSPC"       // "No space left on device"
	ECONNREFUSED Errno = "ECONNREFUSED" // "Connection refused", although nobody refused
	// "Protocol not supported": the error of socket() if its module is missing.
	EPROTONOSUPPORT Errno = "EPROTONOSUPPORT"
	Silence         Errno = "silence" // the packet is dropped; the other end times out
)

// A Row is one check of the kernel.
type Row struct {
	Call   Call
	Layer  Layer
	Source Party
	Target Party
	// Class is the class of the check, "" for the class of the socket.
	Class string
	Perm  string
	When  Condition
	// Errno is the error of a denial. For leaving packets it depends on the sender; see
	// LayerAnswer.
	Errno Errno
	// Mirrors is the function of security/selinux/hooks.c that makes the check, or of another named
	// file.
	Mirrors string
}

// rows has every check, in the order in which the kernel makes them within one call.
var rows = [...]Row{
	{CallSocket, LayerSocket, PartyTask, PartySocket, "", "create", Always, EACCES, "selinux_socket_create"},
	{CallSocket, LayerCapability, PartyTask, PartyTask, "capability", "net_raw", RawSocket, EPERM,
		"cred_has_capability"},
	{CallSocketpair, LayerSocket, PartyTask, PartySocket, "", "create", Always, EACCES, "selinux_socket_create"},

	{CallBind, LayerSocket, PartyTask, PartySocket, "", "bind", Always, EACCES, "__selinux_socket_bind"},
	{CallBind, LayerPort, PartySocket, PartyPort, "", "name_bind", OutsideLocalPortRange, EACCES,
		"__selinux_socket_bind"},
	{CallBind, LayerNode, PartySocket, PartyNode, "", "node_bind", InetSocket, EACCES, "__selinux_socket_bind"},
	{CallBind, LayerCapability, PartyTask, PartyTask, "capability", "net_bind_service", PrivilegedPort, EACCES,
		"cred_has_capability"},

	{CallListen, LayerSocket, PartyTask, PartySocket, "", "listen", Always, EACCES, "selinux_socket_listen"},
	{CallAccept, LayerSocket, PartyTask, PartySocket, "", "accept", Always, EACCES, "selinux_socket_accept"},

	{CallConnect, LayerSocket, PartyTask, PartySocket, "", "connect", Always, EACCES, "selinux_socket_connect_helper"},
	{CallConnect, LayerPort, PartySocket, PartyPort, "", "name_connect", HasNameConnect, EACCES,
		"selinux_socket_connect_helper"},
	{CallConnect, LayerSocket, PartySocket, PartyPeer, "", "connectto", UnixStreamSocket, EACCES,
		"selinux_socket_unix_stream_connect"},
	{CallConnect, LayerSocket, PartySocket, PartyPeer, "", "sendto", UnixDgramSocket, EACCES,
		"selinux_socket_unix_may_send"},

	{CallSend, LayerSocket, PartyTask, PartySocket, "", "write", Always, EACCES, "selinux_socket_sendmsg"},
	{CallSend, LayerSocket, PartySocket, PartyPeer, "", "sendto", UnixDgramSocket, EACCES,
		"selinux_socket_unix_may_send"},
	{CallSend, LayerSocket, PartyTask, PartySocket, "", "nlmsg_read", NetlinkPerms, EACCES, "selinux_netlink_send"},
	{CallSend, LayerSocket, PartyTask, PartySocket, "", "nlmsg", NetlinkXPerm, EACCES, "selinux_netlink_send"},
	{CallSend, LayerCapability, PartyTask, PartyTask, "capability", "net_admin", NetlinkAdmin, EPERM,
		"netlink_net_capable (net/netlink/af_netlink.c)"},
	{CallSend, LayerCapability, PartyTask, PartyTask, "capability", "audit_control", NetlinkAuditControl, EPERM,
		"audit_netlink_ok (kernel/audit.c)"},
	{CallSend, LayerCapability, PartyTask, PartyTask, "capability", "audit_write", NetlinkAuditWrite, EPERM,
		"audit_netlink_ok (kernel/audit.c)"},
	{CallFastOpen, LayerSocket, PartyTask, PartySocket, "", "write", Always, EACCES, "selinux_socket_sendmsg"},
	{CallFastOpen, LayerSocket, PartyTask, PartySocket, "", "connect", FastOpenChecked, EACCES,
		"selinux_socket_sendmsg"},
	{CallFastOpen, LayerPort, PartySocket, PartyPort, "", "name_connect", FastOpenChecked, EACCES,
		"selinux_socket_sendmsg"},
	{CallReceive, LayerSocket, PartyTask, PartySocket, "", "read", Always, EACCES, "selinux_socket_recvmsg"},
	{CallGetsockname, LayerSocket, PartyTask, PartySocket, "", "getattr", Always, EACCES, "selinux_socket_getsockname"},
	{CallGetpeername, LayerSocket, PartyTask, PartySocket, "", "getattr", Always, EACCES, "selinux_socket_getpeername"},
	{CallGetsockopt, LayerSocket, PartyTask, PartySocket, "", "getopt", Always, EACCES, "selinux_socket_getsockopt"},
	{CallSetsockopt, LayerSocket, PartyTask, PartySocket, "", "setopt", Always, EACCES, "selinux_socket_setsockopt"},
	{CallSetsockopt, LayerCapability, PartyTask, PartyTask, "capability", "net_raw", OptionNetRaw, EPERM,
		"sockopt_ns_capable (net/core/sock.c)"},
	{CallSetsockopt, LayerCapability, PartyTask, PartyTask, "capability", "net_admin", OptionNetAdmin, EPERM,
		"sockopt_ns_capable (net/core/sock.c)"},
	{CallShutdown, LayerSocket, PartyTask, PartySocket, "", "shutdown", Always, EACCES, "selinux_socket_shutdown"},
	{CallIoctl, LayerSocket, PartyTask, PartySocket, "", "ioctl", Always, EACCES, "selinux_file_ioctl"},

	{CallUse, LayerDescriptor, PartyTask, PartyGiver, "fd", "use", OtherGiver, EACCES, "file_has_perm"},
	{CallInherit, LayerSocket, PartyTask, PartySocket, "", "read", Always, EACCES, "file_has_perm"},
	{CallInherit, LayerSocket, PartyTask, PartySocket, "", "write", Always, EACCES, "file_has_perm"},
	{CallModule, LayerModule, PartyTask, PartyKernel, "system", "module_request", Always, EPROTONOSUPPORT,
		"selinux_kernel_module_request"},

	{CallEgress, LayerPacket, PartySocket, PartyPacket, "packet", "send", SecmarkRules, ECONNREFUSED,
		"selinux_ip_postroute"},
	{CallEgress, LayerNetif, PartySocket, PartyNetif, "netif", "egress", PeerLabelling, ECONNREFUSED,
		"selinux_ip_postroute"},
	{CallEgress, LayerNode, PartySocket, PartyNode, "node", "sendto", PeerLabelling, ECONNREFUSED,
		"selinux_ip_postroute"},
	{CallEgress, LayerAssociation, PartySocket, PartyUnlabeled, "association", "sendto", NoPeerControls, ECONNREFUSED,
		"selinux_xfrm_postroute_last (xfrm.c)"},

	{CallIngress, LayerNetif, PartyPeer, PartyNetif, "netif", "ingress", PeerLabelling, Silence,
		"selinux_inet_sys_rcv_skb"},
	{CallIngress, LayerNode, PartyPeer, PartyNode, "node", "recvfrom", PeerLabelling, Silence,
		"selinux_inet_sys_rcv_skb"},
	{CallIngress, LayerPeer, PartySocket, PartyPeer, "peer", "recv", PeerLabelling, Silence,
		"selinux_socket_sock_rcv_skb"},
	{CallIngress, LayerPacket, PartySocket, PartyPacket, "packet", "recv", SecmarkRules, Silence,
		"selinux_socket_sock_rcv_skb"},
	{CallIngress, LayerPeer, PartySocket, PartyPeer, "", "recvfrom", NetLabelCompat, Silence,
		"selinux_netlbl_sock_rcv_skb (netlabel.c)"},
	{CallIngress, LayerAssociation, PartySocket, PartyUnlabeled, "association", "recvfrom", NoPeerControls, Silence,
		"selinux_xfrm_sock_rcv_skb (xfrm.c)"},
}

// asksTaskOfSocket reports whether the row is a check of sock_has_perm, which skips sockets with the kernel's own
// label. Other functions check create, before the socket exists, ioctl, on the inode, and a descriptor that
// arrives.
func (r *Row) asksTaskOfSocket() bool {
	return r.Source == PartyTask && r.Target == PartySocket && r.Perm != "create" && r.Perm != "ioctl" &&
		r.Call != CallInherit
}

// Rows returns the checks of a call in the kernel's order.
func Rows(call Call) []Row {
	var list []Row
	for _, r := range rows {
		if r.Call == call {
			list = append(list, r)
		}
	}
	return list
}
