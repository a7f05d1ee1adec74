package diagnose

import (
	"net/netip"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
)

// call returns the system call, or the passage of a packet, in which the hook made the check; "" if
// the record does not tell.
func (d *Diagnosis) call(a *audit.AVC, e *audit.Event) network.Call {
	switch d.Hook {
	case HookCreate:
		return network.CallSocket
	case HookNameBind, HookNodeBind:
		return network.CallBind
	case HookNameConnect:
		if fastOpen(a, e) {
			return network.CallFastOpen
		}
		return network.CallConnect
	case HookNetlink:
		return network.CallSend
	case HookNetif, HookNode, HookPacket, HookAssociation, HookPeer:
		return packetCall(a)
	case HookUnix:
		if a.Has("connectto") || e.Syscall != nil && e.Syscall.Name == "connect" {
			return network.CallConnect
		}
		return network.CallSend
	case HookSocket, HookSocketFile:
		call := socketCall(a)
		if call == network.CallConnect && fastOpen(a, e) {
			return network.CallFastOpen
		}
		return call
	case HookCapability:
		if a.Has("net_bind_service") {
			return network.CallBind
		}
		if a.Has("net_raw") {
			return network.CallSocket
		}
	}
	return ""
}

// fastOpen reports whether a check of connect() was made in a call that sends: TCP Fast Open
// (MSG_FASTOPEN), which selinux_socket_sendmsg checks. SCTP also connects by sending, and is
// checked as in connect() (selinux_sctp_bind_connect).
func fastOpen(a *audit.AVC, e *audit.Event) bool {
	if e.Syscall == nil || a.TClass != "tcp_socket" {
		return false
	}
	switch e.Syscall.Name {
	case "sendto", "sendmsg", "sendmmsg":
		return true
	}
	return false
}

func packetCall(a *audit.AVC) network.Call {
	for _, perm := range a.Permissions {
		switch perm {
		case "egress", "sendto", "send":
			return network.CallEgress
		case "ingress", "recvfrom", "recv":
			return network.CallIngress
		}
	}
	return ""
}

// socketCall returns the call that needs the permissions of the socket layer.
func socketCall(a *audit.AVC) network.Call {
	for _, perm := range a.Permissions {
		switch perm {
		case "bind":
			return network.CallBind
		case "connect":
			return network.CallConnect
		case "listen":
			return network.CallListen
		case "accept":
			return network.CallAccept
		case "write", "append":
			return network.CallSend
		case "read":
			return network.CallReceive
		case "getattr":
			return network.CallGetsockname
		case "getopt":
			return network.CallGetsockopt
		case "setopt":
			return network.CallSetsockopt
		case "shutdown":
			return network.CallShutdown
		case "ioctl":
			return network.CallIoctl
		}
	}
	return ""
}

// operationOf returns the operation that includes a call, "" if there is none.
func operationOf(call network.Call) network.Operation {
	switch call {
	case network.CallConnect, network.CallFastOpen:
		return network.Connect
	case network.CallBind:
		return network.Bind
	case network.CallListen, network.CallAccept:
		return network.Listen
	case network.CallSend, network.CallEgress:
		return network.Send
	case network.CallReceive, network.CallIngress:
		return network.Recv
	}
	return ""
}

// protocolOf returns the kind of socket with a class, "" if there is none or several. MPTCP cannot
// be distinguished from TCP.
func protocolOf(class string) network.Protocol {
	for _, p := range network.Protocols() {
		if s, _ := network.SocketOf(p); s.Class == class {
			if class == "rawip_socket" {
				return network.Raw
			}
			return p
		}
	}
	return ""
}

// endpoint sets the address and port of the operation.
func (g *Diagnoser) endpoint(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	switch d.Hook {
	case HookNameBind:
		d.Port = a.Src
	case HookNodeBind:
		d.Port, d.Addr = a.Src, a.SAddr
	case HookNameConnect:
		d.Port = a.Dest
	case HookSocket:
		if d.Call == network.CallConnect || d.Call == network.CallFastOpen {
			d.Port, d.Addr = a.FPort, a.FAddr
		} else {
			d.Port, d.Addr = a.LPort, a.LAddr
		}
	case HookNetif, HookNode, HookPeer, HookPacket, HookAssociation:
		d.Port = g.servicePort(d.Call, a)
		if d.Call == network.CallEgress {
			d.Addr = a.DAddr
		} else {
			d.Addr = a.SAddr
		}
		return
	}
	d.argument(e)
}

// servicePort returns the port of the service in a packet: the listener's. The other end usually
// has a port of the local range. If both have one, or neither, an arriving packet counts as one for
// a listener here, and a leaving packet as one for a listener there.
func (g *Diagnoser) servicePort(call network.Call, a *audit.AVC) uint16 {
	switch local := g.host.LocalPorts; {
	case a.Src == 0 || a.Dest == 0:
		return a.Src | a.Dest
	case local.Contains(a.Dest) && !local.Contains(a.Src):
		return a.Src
	case call == "" && !local.Contains(a.Src):
		return min(a.Src, a.Dest)
	}
	return a.Dest
}

// argument uses the argument of bind() or connect() from the SOCKADDR record, unless it contradicts
// the AVC.
func (d *Diagnosis) argument(e *audit.Event) {
	s := e.Sockaddr
	if s == nil || s.Port > 0xffff || d.Call != network.CallBind && d.Call != network.CallConnect &&
		d.Call != network.CallFastOpen {
		return
	}
	if s.Family != "inet" && s.Family != "inet6" {
		return
	}
	if d.Port != 0 && uint32(d.Port) != s.Port {
		return
	}
	d.Port = uint16(s.Port)
	if !d.Addr.IsValid() {
		d.Addr = s.Addr.WithZone("")
	}
}

// unspecified returns the addresses that the kernel does not write into records.
func unspecified() [2]netip.Addr {
	return [2]netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
}
