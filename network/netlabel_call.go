package network

import (
	"net/netip"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

// NetLabelFails is the reason of a call that fails because NetLabel cannot label the
// socket or its packets: it has no entry for the domain, or cannot write the label. It
// comes after the checks of the policy. There is no AVC record, and neither a rule nor a
// permissive domain helps.
const NetLabelFails access.Code = "SN-NETLABEL-FAILS"

// labelsFail returns the step of a call in which NetLabel fails to label the socket or its packets. ok is false if
// it does not fail.
func (a *asking) labelsFail(call Call) (l LayerAnswer, ok bool) {
	n := a.q.Host.NetLabel
	if n == nil || len(n.Domains) == 0 || !a.s.Inet || a.kernelPackets() || a.strictlyUnknown(host.FactNetLabel) {
		return l, false
	}
	label := a.socket
	domain, to := a.p.TypeName(policy.TypeID(label.Type)), a.traffic().remote
	if a.serving || !to.IsValid() {
		to = a.q.Addr.Unmap()
	}
	named, byAddress := entriesOf(n, domain, familyOf(to))
	w := wire{kind: wireFails, errno: ENOENT, why: "NetLabel has no entry for the domain " + domain}
	row := Row{Call: call, Layer: LayerPeer, Source: PartyTask, Target: PartySocket, Class: a.class,
		When: NetLabelDomains}
	switch call {
	case CallSocket:
		if byAddress {
			return l, false // each packet gets its own label
		}
		if row.Perm, row.Mirrors = "create", "selinux_netlbl_socket_post_create"; named {
			w = a.wireOf(label, to)
		}
	case CallConnect:
		if !byAddress || a.q.Disconnect {
			return l, false
		}
		row.Perm, row.Mirrors = "connect", "selinux_netlbl_socket_connect_helper"
		w = a.wireOf(label, to)
	case CallSend:
		if !byAddress || a.s.Stream || a.serving || a.noAddr {
			return l, false
		}
		row.Perm, row.Mirrors = "write", "selinux_ip_output"
		if w = a.wireOf(label, to); w.kind == wireFails {
			w.errno = EPERM // the error for a dropped packet
		}
	default:
		return l, false
	}
	if w.kind != wireFails {
		return l, false
	}
	row.Errno = w.errno
	return LayerAnswer{Row: row, SourceContext: a.label(call, PartyTask), TargetContext: label, Consulted: true,
		LabelledBy: w.why,
		Check:      access.PermCheck{Name: row.Perm, Reason: access.Reason{Code: NetLabelFails}}}, true
}

// entriesOf reports whether NetLabel's domain map has entries for a domain and a family of addresses, under its own
// name or the default, and whether the entries are by address.
func entriesOf(n *host.NetLabel, domain, family string) (named, byAddress bool) {
	for _, name := range [...]string{domain, ""} {
		for _, d := range n.Domains {
			if d.Domain == name && (d.Family == "" || d.Family == family) {
				named, byAddress = true, byAddress || d.Addresses != ""
			}
		}
		if named {
			break
		}
	}
	return named, byAddress
}

// familyOf names the family of an address as DomainMap does.
func familyOf(a netip.Addr) string {
	if a.Is6() {
		return "ip6"
	}
	return "ip"
}
