package kernel

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// An outcome is the result of an operation, in terms in which a model and a kernel can be compared.
type outcome struct {
	// call is the one that was refused and errno how; both "" where none was.
	call  network.Call
	errno network.Errno
	// denials are the AVC denials in their order, each once.
	denials []string
}

func (o *outcome) String() string {
	text := "ok"
	if o.errno != "" {
		text = fmt.Sprintf("%s %s", o.call, o.errno)
	}
	return text + " [" + strings.Join(o.denials, ", ") + "]"
}

// expected returns the outcome that follows from a model's answer.
func expected(p *policy.Policy, a *network.Answer) (o outcome) {
	first := a.FirstDenied()
	if first != nil && !told(first) {
		if o.call, o.errno = first.Call, first.Errno; first.Call == network.CallInherit {
			o.call = network.CallUse // one system call
		}
	}
	for i := range a.Layers {
		l := &a.Layers[i]
		if l.Consulted && !l.Check.Allowed && l.Logged {
			d := Denial{Source: p.FormatContext(l.SourceContext), Target: p.FormatContext(l.TargetContext),
				Class: l.Class, Perms: l.Perm}
			o.deny(d.Key())
		}
		// read and write of a descriptor are one check
		both := first != nil && first.Call == network.CallInherit
		if l == first && !both || both && l.Call == first.Call && l.Perm == "write" {
			break
		}
	}
	return o
}

// told reports whether a program learns of a denial by other ways than the error of the call: by the
// answer to a netlink message, or as socket() does without a module, whether it was asked for or not.
func told(l *network.LayerAnswer) bool {
	return l.Layer == network.LayerModule || l.Call == network.CallSend && l.Layer == network.LayerCapability
}

func (o *outcome) deny(key string) {
	if !slices.Contains(o.denials, key) {
		o.denials = append(o.denials, key)
	}
}

// observed returns what was seen; of has the Call that each result belongs to. helper is the
// context of the helpers, whose denials are not of the question, "" where there are none. Nor
// are, outside of all calls, those of the kernel, which answers for sockets that are closed,
// and of connections that end, which may have another level than the socket.
func observed(q *network.Question, of []network.Call, ran *Ran, helper, kernel, socket string) (o outcome) {
	helpers := helper != ""
	for i, r := range ran.Results {
		if !r.Made || o.errno != "" {
			break
		}
		sends := of[i] == network.CallConnect || of[i] == network.CallSend || of[i] == network.CallFastOpen
		switch {
		case r.Ret == -int64(syscall.EACCES):
			o.call, o.errno = of[i], network.EACCES
		case of[i] == "" && (r.Ret == -int64(syscall.EPERM) || r.Ret == -int64(syscall.ENOENT) ||
			r.Ret == -int64(syscall.ENOSPC)):
			o.call, o.errno = network.CallIngress, network.Silence // the helper cannot send
		case r.Ret == -int64(syscall.EPERM):
			o.call, o.errno = of[i], network.EPERM
		case r.Ret == -int64(syscall.ENOENT) && of[i] != "":
			o.call, o.errno = of[i], network.ENOENT
		case r.Ret == -int64(syscall.ENOSPC) && of[i] != "":
			o.call, o.errno = of[i], network.ENOSPC
		case r.Ret == -int64(syscall.ECONNREFUSED) && sends && helpers:
			o.call, o.errno = network.CallEgress, network.ECONNREFUSED
		case of[i] == "" && r.Ret == 0 && r.Bufs != nil: // poll
			o.call, o.errno = network.CallIngress, network.Silence
		}
	}
	datagram := q.Protocol == network.UDP || q.Protocol == network.UDPLite || q.Protocol == network.Ping ||
		q.Protocol == network.Raw
	serves := slices.Contains(of, network.CallBind)
	for i := range ran.Denials {
		d := &ran.Denials[i]
		if !networkCheck(d) && !questionCheck(q, d) || helpers && helperDenial(d, helper) || d.Call < 0 &&
			(withoutRange(d.Source) == withoutRange(kernel) || d.Source != socket &&
				withoutRange(d.Source) == withoutRange(socket)) {
			continue
		}
		// Datagrams arrive at the helper, if anywhere.
		if datagram && helpers && !serves && (d.Perms == "ingress" || d.Perms == "recv" || d.Perms == "recvfrom") {
			continue
		}
		for perm := range strings.FieldsSeq(d.Perms) {
			one := *d
			one.Perms = perm
			o.deny(one.Key())
		}
	}
	return o
}

// questionCheck reports whether a denial is of a check that a question is about beside those of
// [networkCheck].
func questionCheck(q *network.Question, d *Denial) bool {
	s, _ := network.SocketOf(q.Protocol)
	calls := q.Calls
	if calls == nil {
		calls = q.Operation.Calls(s)
	}
	switch d.Class {
	case "fd":
		return slices.Contains(calls, network.CallUse)
	case "system":
		return d.Perms == "module_request" && slices.Contains(calls, network.CallModule)
	case "dir", "sock_file", "filesystem":
		return len(q.Lookups) > 0
	case "capability", "cap_userns":
		switch d.Perms {
		case "net_admin":
			return q.Option != "" || s.Protocol == network.NetRoute || s.Protocol == network.NetXfrm ||
				s.Protocol == network.NetFilter
		case "audit_control", "audit_write":
			return s.Protocol == network.NetAudit
		}
	}
	return false
}

// helperDenial reports whether a denial is of the helper's socket, or of a
// connection of it, which may have another level. Checks of packets that arrive
// name their sender first, which may be labelled like the helper.
func helperDenial(d *Denial, helper string) bool {
	return withoutRange(d.Source) == withoutRange(helper) && d.Perms != "ingress" &&
		(d.Class != "node" || d.Perms != "recvfrom")
}

// withoutRange returns the user, role and type of a context.
func withoutRange(context string) string {
	return strings.Join(strings.SplitN(context, ":", 4)[:3], ":")
}

// networkCheck reports whether a denial is of a check that package network has.
func networkCheck(d *Denial) bool {
	switch d.Class {
	case "netif", "node", "peer", "packet":
		return true
	case "association":
		return d.Perms != "polmatch" // by which a labelled policy of IPsec is passed over
	case "capability", "cap_userns":
		return d.Perms == "net_raw" || d.Perms == "net_bind_service"
	}
	return d.Class == "socket" || strings.HasSuffix(d.Class, "_socket")
}

func (o *outcome) equal(other *outcome) bool {
	egress := o.errno == network.Silence && other.errno == network.Silence // who dropped it is not seen
	return o.errno == other.errno && (o.call == other.call || egress) && slices.Equal(o.denials, other.denials)
}
