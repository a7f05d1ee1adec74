package network

import "slices"

// An Operation is what a program does with a socket.
type Operation string

// The operations.
const (
	Connect Operation = "connect" // socket() and connect()
	Bind    Operation = "bind"    // socket() and bind()
	Listen  Operation = "listen"  // socket(), bind(), listen() and accept()
)

// A Layer is the kind of object that a check is about.
type Layer string

// The layers, from the program outwards.
const (
	LayerSocket     Layer = "socket"     // the program's own socket
	LayerPort       Layer = "port"       // the port, by its portcon
	LayerNode       Layer = "node"       // the address, by its nodecon
	LayerCapability Layer = "capability" // a capability of the process
	LayerNetif      Layer = "netif"      // the interface, by its netifcon
	LayerPeer       Layer = "peer"       // the other end, by the label its packets carry
	LayerPacket     Layer = "packet"     // the packet, by its SECMARK label
)

// A Party is whose label is the source or target of a check.
type Party string

const (
	PartyTask   Party = "task"   // the process
	PartySocket Party = "socket" // the socket, which need not have the process's label
	PartyPort   Party = "port"
	PartyNode   Party = "node"   // the address bound, or that of the other end
	PartyNetif  Party = "netif"  // the interface that packets pass
	PartyPeer   Party = "peer"   // the label that arriving packets carry
	PartyPacket Party = "packet" // the SECMARK label of packets
)

// A Condition says when the kernel makes a check.
type Condition string

const (
	Always                Condition = "always"
	ConnectionOriented    Condition = "the protocol has name_connect: TCP, DCCP, SCTP"
	OutsideLocalPortRange Condition = "the port is not 0 and outside of ip_local_port_range"
	PrivilegedPort        Condition = "the port is not 0 and below ip_unprivileged_port_start"
	PeerLabelling         Condition = "NetLabel, labelled IPsec or always_check_network"
	SecmarkRules          Condition = "SECMARK rules or always_check_network"
)

// A Row is one check of the kernel.
type Row struct {
	Operation Operation
	Layer     Layer
	Source    Party
	Target    Party
	// Class is the class of the check, "" for that of the socket.
	Class string
	Perms []string
	When  Condition
	// Mirrors is the kernel function that makes the check, in
	// security/selinux/hooks.c.
	Mirrors string
}

// Rows returns the checks of an operation in the order the kernel makes them.
// The rows of packets come last: they are made when the first packet is sent or
// received.
func Rows(op Operation) []Row {
	create := Row{op, LayerSocket, PartyTask, PartySocket, "", []string{"create"}, Always, "selinux_socket_create"}
	bind := []Row{
		{op, LayerSocket, PartyTask, PartySocket, "", []string{"bind"}, Always, "selinux_socket_bind"},
		{op, LayerPort, PartySocket, PartyPort, "", []string{"name_bind"}, OutsideLocalPortRange, "__selinux_socket_bind"},
		{op, LayerNode, PartySocket, PartyNode, "", []string{"node_bind"}, Always, "__selinux_socket_bind"},
		{op, LayerCapability, PartyTask, PartyTask, "capability", []string{"net_bind_service"}, PrivilegedPort, "selinux_capable"},
	}
	// Sending comes before receiving for a client, whose SYN is the first packet,
	// and after it for a server.
	out := []Row{
		{op, LayerPacket, PartySocket, PartyPacket, "packet", []string{"send"}, SecmarkRules, "selinux_ip_postroute"},
		{op, LayerNetif, PartySocket, PartyNetif, "netif", []string{"egress"}, PeerLabelling, "selinux_ip_postroute"},
		{op, LayerNode, PartySocket, PartyNode, "node", []string{"sendto"}, PeerLabelling, "selinux_ip_postroute"},
	}
	in := []Row{
		{op, LayerNetif, PartyPeer, PartyNetif, "netif", []string{"ingress"}, PeerLabelling, "selinux_inet_sys_rcv_skb"},
		{op, LayerNode, PartyPeer, PartyNode, "node", []string{"recvfrom"}, PeerLabelling, "selinux_inet_sys_rcv_skb"},
		{op, LayerPeer, PartySocket, PartyPeer, "peer", []string{"recv"}, PeerLabelling, "selinux_socket_sock_rcv_skb"},
		{op, LayerPacket, PartySocket, PartyPacket, "packet", []string{"recv"}, SecmarkRules, "selinux_socket_sock_rcv_skb"},
	}
	switch op {
	case Connect:
		return slices.Concat([]Row{
			create,
			{op, LayerSocket, PartyTask, PartySocket, "", []string{"connect"}, Always, "selinux_socket_connect_helper"},
			{op, LayerPort, PartySocket, PartyPort, "", []string{"name_connect"}, ConnectionOriented, "selinux_socket_connect_helper"},
		}, out, in)
	case Bind:
		return append([]Row{create}, bind...)
	case Listen:
		return slices.Concat([]Row{create}, bind, []Row{
			{op, LayerSocket, PartyTask, PartySocket, "", []string{"listen"}, Always, "selinux_socket_listen"},
			{op, LayerSocket, PartyTask, PartySocket, "", []string{"accept"}, Always, "selinux_socket_accept"},
		}, in, out)
	}
	return nil
}
