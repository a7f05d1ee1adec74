package doc

import (
	"net/netip"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
)

// An Expr is a constraint's expression, or a part of it, with its value under
// two contexts.
type Expr struct {
	// Op is and, or, not, or compare for a single comparison.
	Op   access.ExprOp `json:"op"`
	Args []*Expr       `json:"args,omitempty"`
	// Text is a comparison in the policy's language: "h1 dom h2",
	// "t1 == mcs_exempt".
	Text  string `json:"text,omitempty"`
	Value bool   `json:"value"`
	// Failing marks a comparison of the failing part of a constraint that does
	// not hold: as it is, it does not help the constraint to hold.
	Failing bool `json:"failing,omitempty"`
}

// A Need is what has to be different for a constraint to hold. Where the
// expression has parts that hold already they are left out, and negations are
// resolved: either Args or one comparison is set.
type Need struct {
	// All says that every one of Args is needed, else one of them is.
	All  bool    `json:"all,omitempty"`
	Args []*Need `json:"args,omitempty"`
	// Compare is a comparison, and Want the value it should have.
	Compare *Expr `json:"compare,omitempty"`
	Want    bool  `json:"want,omitempty"`
}

// A Note is something that the record alone does not show.
type Note struct {
	Code diagnose.NoteCode `json:"code"`
	Text string            `json:"text"`
}

// An Effect is the domains that gain and lose ports of a protocol, in one way.
type Effect struct {
	Protocol network.Protocol  `json:"protocol"`
	Action   network.Operation `json:"action"`
	Gain     []DomainPorts     `json:"gain"`
	Lose     []DomainPorts     `json:"lose"`
	// Addr is the one address that it holds for; absent where it holds for any.
	Addr *netip.Addr `json:"address,omitempty"`
}

// An Assumption is something that an answer takes for granted. It has a page of
// senet explain under its code.
type Assumption struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// A PortSet is ranges of ports in ascending order; [] is none.
type PortSet []PortRange

// A PortRange is the ports from Low to High, both included.
type PortRange struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
}

// DomainPorts is a set of ports of one domain.
type DomainPorts struct {
	Domain string  `json:"domain"`
	Ports  PortSet `json:"ports"`
}

// BeyondPorts is what a fix opens besides ports: all that has one label, whichever port
// it is on. Costs in ports say nothing of it.
type BeyondPorts struct {
	// Layer is packet, peer, association, netif or node.
	Layer network.Layer `json:"layer"`
	Type  string        `json:"type"` // of the label
}

// A Cause is something outside of the policy by which an operation that SELinux
// allows may still fail.
type Cause struct {
	// Code is stable: SN-E-CAPABILITY, SN-E-ADDRESS-IN-USE and others.
	Code string `json:"code"`
	// Errno is what the program sees then, "" where it sees nothing but a timeout.
	Errno string `json:"errno,omitempty"`
	Text  string `json:"text"` // one sentence
}

// A PortChoice is a port that may be used instead.
type PortChoice struct {
	Port uint16 `json:"port"`
	Type string `json:"type"` // of its label
}

// A SubjectStep is one conclusion on the way from what was asked for to a context.
type SubjectStep struct {
	// Code is a stable name of the kind of step: process, unit, exec, label,
	// file_contexts, init, selinuxcontext, transition, no-transition, nnp, check.
	Code string `json:"code"`
	// From is the file or rule that the step rests on, "" where it rests on the
	// steps before it.
	From string `json:"from,omitempty"`
	Text string `json:"text"`
}
