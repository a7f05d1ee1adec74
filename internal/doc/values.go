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
	// Failing marks a comparison that makes a constraint fail.
	Failing bool `json:"failing,omitempty"`
}

// A Need is a change that would make a constraint true. Parts of the expression that are already
// true are left out, and negations are resolved: either Args or one comparison is set.
type Need struct {
	// All says that all Args are needed, else one of them is enough.
	All  bool    `json:"all,omitempty"`
	Args []*Need `json:"args,omitempty"`
	// Compare is a comparison, and Want the value that it should have.
	Compare *Expr `json:"compare,omitempty"`
	Want    bool  `json:"want,omitempty"`
}

// A Note is a fact that the record alone does not show.
type Note struct {
	Code diagnose.NoteCode `json:"code"`
	Text string            `json:"text"`
}

// An Effect lists the domains that gain and lose ports of a protocol, for one operation.
type Effect struct {
	Protocol network.Protocol  `json:"protocol"`
	Action   network.Operation `json:"action"`
	Gain     []DomainPorts     `json:"gain"`
	Lose     []DomainPorts     `json:"lose"`
	// Addr is the address that it applies to; absent if it applies to any.
	Addr *netip.Addr `json:"address,omitempty"`
}

// An Assumption is an assumption of an answer. senet explain has a page about its code.
type Assumption struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// A PortSet is ranges of ports in ascending order; [] is none.
type PortSet []PortRange

// A PortRange is a range of ports, with both ends.
type PortRange struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
}

// DomainPorts is a set of ports of one domain.
type DomainPorts struct {
	Domain string  `json:"domain"`
	Ports  PortSet `json:"ports"`
}

// BeyondPorts is access other than ports that a fix opens: everything with one label, whatever the
// port. Costs in ports do not include it.
type BeyondPorts struct {
	// Layer is packet, peer, association, netif or node.
	Layer network.Layer `json:"layer"`
	Type  string        `json:"type"` // of the label
}

// A Cause is a reason, outside of the policy, why an operation that SELinux allows may still fail.
type Cause struct {
	// Code does not change: SN-E-CAPABILITY, SN-E-ADDRESS-IN-USE and others.
	Code string `json:"code"`
	// Errno is the error that the program then gets, "" if it sees only a timeout.
	Errno string `json:"errno,omitempty"`
	Text  string `json:"text"` // one sentence
}

// A PortChoice is a port that can be used instead.
type PortChoice struct {
	Port uint16 `json:"port"`
	Type string `json:"type"` // of its label
}

// A SubjectStep is one step from the word of the question to a context.
type SubjectStep struct {
	// Code is the fixed name of the kind of step: process, unit, exec, label, file_contexts, init,
	// selinuxcontext, transition, no-transition, nnp, check.
	Code string `json:"code"`
	// From is the file or rule of the step, "" if it follows from the steps before it.
	From string `json:"from,omitempty"`
	Text string `json:"text"`
}
