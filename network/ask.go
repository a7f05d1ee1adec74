package network

import (
	"fmt"
	"net/netip"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

// A Protocol is a transport protocol that sockets are made for.
type Protocol string

// The protocols.
const (
	TCP Protocol = "tcp"
	UDP Protocol = "udp"
)

// Class returns the class of the protocol's sockets (socket_type_to_security_class).
func (p Protocol) Class() string { return string(p) + "_socket" }

// Number returns the IP protocol number, by which portcons are looked up.
func (p Protocol) Number() uint8 {
	if p == UDP {
		return policy.ProtoUDP
	}
	return policy.ProtoTCP
}

// A Question is one operation of a process on one host.
type Question struct {
	Subject   policy.Context // of the process
	Operation Operation
	Protocol  Protocol
	Port      uint16
	// Addr is the address that is bound or connected to. The zero Addr is the
	// IPv4 address 0.0.0.0 for Bind and Listen.
	Addr netip.Addr
	Host host.Facts
}

// A Verdict is what becomes of an operation.
type Verdict string

// The verdicts.
const (
	Allowed Verdict = "allowed"
	Denied  Verdict = "denied"
	Depends Verdict = "depends" // on a fact of the host that is not known
)

// An Answer is a verdict with everything it rests on.
type Answer struct {
	Verdict Verdict
	Layers  []LayerAnswer  // in the kernel's order
	Class   policy.ClassID // of the socket, 0 if the policy does not define it
	Socket  policy.Context // the label of the socket
	Port    policy.Label
	Node    policy.Label // for Bind and Listen
	// Permissive says that the policy denies, and the kernel only logs it:
	// because the source's type is permissive, or the system.
	Permissive bool
	// Assumptions are the codes of what was taken for granted, in a fixed order.
	Assumptions []Assumption
}

// An Assumption is something that an answer takes for granted.
type Assumption struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// A LayerAnswer is what one row of the table came to.
type LayerAnswer struct {
	Row
	SourceContext, TargetContext policy.Context
	// Consulted is false where the row's condition does not hold; NotConsulted
	// says why.
	Consulted    bool
	NotConsulted string
	Check        access.Check
	// Permissive says that a refusal is only logged.
	Permissive bool
}

// Denied reports whether the layer refuses the operation.
func (l *LayerAnswer) Denied() bool { return l.Consulted && !l.Check.Allowed() && !l.Permissive }

// FirstDenied returns the first layer that refuses the operation, nil if none
// does: the one whose denial is in the log.
func (a *Answer) FirstDenied() *LayerAnswer {
	for i := range a.Layers {
		if a.Layers[i].Denied() {
			return &a.Layers[i]
		}
	}
	return nil
}

// Ask answers a question under the Decider's policy.
func Ask(d *access.Decider, q Question) (Answer, error) {
	rows := Rows(q.Operation)
	if rows == nil {
		return Answer{}, fmt.Errorf("unknown operation %q", q.Operation)
	}
	if q.Protocol != TCP && q.Protocol != UDP {
		return Answer{}, fmt.Errorf("unknown protocol %q", q.Protocol)
	}
	p := d.Policy()
	if !q.Addr.IsValid() {
		q.Addr = netip.IPv4Unspecified()
	}
	a := Answer{
		Verdict: Allowed,
		Socket:  d.SocketContext(q.Subject, q.Protocol.Class()),
		Port:    p.PortLabel(q.Protocol.Number(), q.Port),
		Node:    p.NodeLabel(q.Addr),
	}
	a.Class, _ = p.Class(q.Protocol.Class())
	unlabeled, _ := p.InitialSID(policy.SIDUnlabeled)
	netif, _ := p.InitialSID(policy.SIDNetif)
	contexts := map[Party]policy.Context{
		PartyTask: q.Subject, PartySocket: a.Socket, PartyPort: a.Port.Context, PartyNode: a.Node.Context,
		PartyNetif: netif, PartyPeer: unlabeled, PartyPacket: unlabeled,
	}
	for _, row := range rows {
		if row.Layer == LayerSocket && len(row.Perms) == 1 && row.Perms[0] == "accept" && q.Protocol == UDP {
			continue // accept() on a datagram socket is refused by the protocol
		}
		l := LayerAnswer{Row: row, SourceContext: contexts[row.Source], TargetContext: contexts[row.Target]}
		if l.Class == "" {
			l.Class = q.Protocol.Class()
		}
		l.Consulted, l.NotConsulted = row.When.holds(p, q)
		if l.Consulted {
			l.Check = d.Check(l.SourceContext, l.TargetContext, l.Class, l.Perms...)
			l.Permissive = !q.Host.Enforcing || p.IsPermissive(policy.TypeID(l.SourceContext.Type))
			if !l.Check.Allowed() && l.Permissive {
				a.Permissive = true
			}
		}
		a.Layers = append(a.Layers, l)
	}
	if a.FirstDenied() != nil {
		a.Verdict = Denied
	}
	a.Assumptions = assumptions(p, q)
	return a, nil
}

// holds reports whether the kernel makes a check on this host, and if not, why.
func (c Condition) holds(p *policy.Policy, q Question) (bool, string) {
	always := p.HasPolicyCap(policy.CapAlwaysCheckNetwork)
	switch c {
	case ConnectionOriented:
		return q.Protocol == TCP, "UDP has no check of the port a program sends to"
	case OutsideLocalPortRange:
		if q.Port == 0 {
			return false, "port 0: the kernel chooses the port and asks nothing"
		}
		return !q.Host.LocalPorts.Contains(q.Port), fmt.Sprintf("the port is in ip_local_port_range %d-%d, which any program may bind",
			q.Host.LocalPorts.Low, q.Host.LocalPorts.High)
	case PrivilegedPort:
		return q.Port != 0 && q.Port < q.Host.UnprivilegedPortStart, fmt.Sprintf("only ports below %d take a capability", q.Host.UnprivilegedPortStart)
	case PeerLabelling:
		return always || q.Host.PeerLabelling, "no labelled networking on this host"
	case SecmarkRules:
		return always || q.Host.Secmark, "no SECMARK rules on this host"
	}
	return true, ""
}

func assumptions(p *policy.Policy, q Question) []Assumption {
	if !q.Host.Assumed {
		return nil
	}
	list := []Assumption{
		{"SN-A-HOST", fmt.Sprintf("a standard host: ip_local_port_range %d-%d, ip_unprivileged_port_start %d, enforcing, no labelled networking, no SECMARK rules",
			q.Host.LocalPorts.Low, q.Host.LocalPorts.High, q.Host.UnprivilegedPortStart)},
	}
	if q.Operation != Connect && q.Port != 0 && q.Port < q.Host.UnprivilegedPortStart {
		list = append(list, Assumption{"SN-A-CAPABILITY", "the process holds the capability net_bind_service"})
	}
	if p.HasPolicyCap(policy.CapAlwaysCheckNetwork) {
		list = append(list, Assumption{"SN-A-PACKETS", "packets pass an interface without a netifcon and carry no label"})
	}
	return list
}
