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

// A View computes pages for a policy on a host. Only one goroutine may use it.
type View struct {
	p       *policy.Policy
	name    string
	host    host.Facts
	d       *access.Decider
	subject policy.Context
	pages   []page

	readHeaders func() (*refpolicy.Headers, error)
}

// NewView returns a View of a policy on a host. name is the policy's name in answers.
func NewView(p *policy.Policy, name string, facts host.Facts) *View {
	v := &View{p: p, name: name, host: facts, d: access.NewDecider(p)}
	v.subject = v.anyProcess()
	return v
}

// anyProcess returns the context of some process. Whether a check is made does not depend
// on the process, except for the kernel and for processes from before the policy was
// loaded: their sockets are checked less (sock_has_perm).
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

// live starts the facts of a page.
func (v *View) live() *Live { return &Live{Policy: v.name, Host: v.host} }

// calls returns all calls with rows in package network, in the order in which a program
// makes them.
func calls() []network.Call {
	return []network.Call{
		network.CallSocket, "socketpair", network.CallBind, network.CallListen, network.CallAccept, network.CallConnect,
		network.CallSend, network.CallFastOpen, network.CallReceive, network.CallGetsockname, "getpeername",
		network.CallGetsockopt, network.CallSetsockopt, network.CallShutdown, network.CallIoctl,
		network.CallUse, network.CallInherit, network.CallModule, network.CallEgress, network.CallIngress,
	}
}

// takes reports whether a row's check is possible for a kind of socket.
func takes(row network.Row, s network.Socket) bool {
	switch row.Call {
	case network.CallEgress, network.CallIngress:
		return s.Inet
	case network.CallFastOpen:
		return s.PortProtocol == policy.ProtoTCP
	}
	return true
}
