package say

import (
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// hookText says who asked for what, "" if that adds nothing.
func hookText(d *diagnose.Diagnosis) string {
	text := ""
	switch d.Hook {
	case diagnose.HookNameConnect:
		text = "connect() asks for the label of the port"
		if d.Call == network.CallFastOpen {
			text = "sending with TCP Fast Open asks for the label of the port, as connect() does"
		}
	case diagnose.HookNameBind:
		text = "bind() asks for the label of the port"
	case diagnose.HookNodeBind:
		text = "bind() asks for the label of the address"
	case diagnose.HookCreate:
		text = "socket() asks for a new socket of its own"
	case diagnose.HookSocket:
		text = callName(d.Call) + " asks for the socket itself, before any port"
	case diagnose.HookSocketFile:
		text = "using an open file asks for its object, here a socket"
	case diagnose.HookUnix:
		text = callName(d.Call) + " asks for the socket at the other end"
	case diagnose.HookNetlink:
		text = "sending a netlink message asks for the type of the message"
	case diagnose.HookNetif:
		text = "a packet asks for the interface it passes"
	case diagnose.HookNode:
		text = "a packet asks for the address at the other end"
	case diagnose.HookPeer:
		text = "an arriving packet asks for the label it carries"
	case diagnose.HookPacket:
		text = "a packet asks for the label that a SECMARK rule gave it"
	case diagnose.HookAssociation:
		text = "a packet asks for its IPsec label, unlabeled if it has none"
	case diagnose.HookIPsec:
		text = "labelled IPsec asks for the label of its policy"
	case diagnose.HookSCTP:
		text = "a further SCTP association asks whether its label may join the first"
	case diagnose.HookSecmarkRule:
		text = "loading a packet filter rule asks for the label it gives"
	case diagnose.HookTun:
		text = "opening a tun device asks for the device"
	case diagnose.HookInfiniband:
		text = "InfiniBand asks for the key or the port"
	case diagnose.HookFD:
		text = "using a descriptor asks for whoever opened it"
	case diagnose.HookModule:
		text = "a protocol or device that is not there yet asks for its module"
	case diagnose.HookCapability:
		if d.Layer == network.LayerCapability {
			text = "after SELinux's other checks the kernel asks for a capability"
		}
	}
	if text == "" {
		return ""
	}
	return words.Sprintf("%s (%s)", text, d.Mirrors())
}

func callName(call network.Call) string {
	switch call {
	case network.CallFastOpen:
		return "sending with TCP Fast Open"
	case network.CallSend:
		return "send()"
	case network.CallReceive:
		return "recv()"
	case "":
		return "a call"
	}
	return string(call) + "()"
}
