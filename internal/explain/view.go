package explain

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// A View is a policy on a host, for which pages are computed. It must not be
// used by several goroutines at once.
type View struct {
	p       *policy.Policy
	name    string
	host    host.Facts
	d       *access.Decider
	subject policy.Context
	pages   []page

	readHeaders func() (*refpolicy.Headers, error)
}

// NewView prepares to answer for a policy, called name in answers, on a host.
func NewView(p *policy.Policy, name string, facts host.Facts) *View {
	v := &View{p: p, name: name, host: facts, d: access.NewDecider(p)}
	v.subject = v.anyProcess()
	return v
}

// anyProcess returns the context of some process. Whether a check is made does
// not depend on who it is, as long as it is neither the kernel nor from before
// the policy was loaded: those sockets are checked less (sock_has_perm).
func (v *View) anyProcess() policy.Context {
	kernel, _ := v.p.InitialSID(policy.SIDKernel)
	early, _ := v.p.InitialSID(policy.SIDInit)
	for _, id := range reach.Domains(v.p) {
		if id == policy.TypeID(kernel.Type) || id == policy.TypeID(early.Type) {
			continue
		}
		if c, ok := subject.FromType(v.p, id); ok {
			return c
		}
	}
	c, _ := v.p.InitialSID(policy.SIDUnlabeled)
	return c
}

// live begins what a page adds for the view.
func (v *View) live() *Live { return &Live{Policy: v.name, Host: v.host} }

// calls are all that package network has rows for, in the order a program makes
// them.
func calls() []network.Call {
	return []network.Call{
		network.CallSocket, "socketpair", network.CallBind, network.CallListen, network.CallAccept, network.CallConnect,
		network.CallSend, network.CallFastOpen, network.CallReceive, network.CallGetsockname, "getpeername",
		network.CallGetsockopt, network.CallSetsockopt, network.CallShutdown, network.CallIoctl,
		network.CallEgress, network.CallIngress,
	}
}

// takes reports whether a kind of socket can come to the row's check at all.
func takes(row network.Row, s network.Socket) bool {
	switch row.Call {
	case network.CallEgress, network.CallIngress:
		return s.Inet
	case network.CallFastOpen:
		return s.PortProtocol == policy.ProtoTCP
	}
	return true
}
