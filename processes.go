package senet

import (
	"context"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// ProcessOptions choose processes of the running system.
type ProcessOptions struct {
	KernelThreads bool // also list them
	OnlyPorts     bool // list only processes with an internet socket
	NoSockets     bool // do not look for sockets
	// Policy opens the policy for questions about ports; it is called once, and may return nil for
	// none. A nil function means none.
	Policy func(*ProcessList) (*policy.Policy, error)
}

// A ProcessList is a list of processes with their ports.
type ProcessList struct {
	Host host.Facts
	// Labelled says that at least one process shows a context.
	Labelled  bool
	Processes []Process
	// Unseen are sockets that wait for peers, in processes that are not visible.
	Unseen []Socket
	// Notes name the sockets that could not be read.
	Notes []string
}

// A Process has its domain and its sockets.
type Process struct {
	host.Process
	Domain     string // the type of the context
	Permissive bool   // by the policy
	Sockets    []Socket
}

// A Socket is an internet socket, with the policy's answer about waiting at its port.
type Socket struct {
	host.Socket
	// Operation is the operation that made it wait, Listen or Bind; "" if it does not wait.
	Operation network.Operation
	// Answer says whether the process may wait there; nil if this was not asked.
	Answer *network.Answer
	Label  string // the type of the port, if Answer is set
	// OtherNetNS says that the socket is in another network namespace than the facts.
	OtherNetNS bool
	// Err says why the question has no answer.
	Err error
}

// Processes lists the processes of the running system by id, and asks about the
// ports at which they wait.
func Processes(ctx context.Context, o ProcessOptions) (*ProcessList, error) {
	root, err := host.OpenRoot("")
	if err != nil {
		return nil, err
	}
	l := &ProcessList{}
	if l.Host, err = host.Read(host.Options{}); err != nil {
		return nil, &MachineError{err}
	}
	processes, err := root.Processes()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var sockets []host.Socket
	if !o.NoSockets {
		sockets, l.Notes = root.Sockets(processes)
	}
	l.Labelled = slices.ContainsFunc(processes, func(p host.Process) bool { return p.Context != "" })
	var d *access.Decider
	if o.Policy != nil {
		p, err := o.Policy(l)
		if err != nil {
			return nil, err
		}
		if p != nil {
			d = access.NewDecider(p)
		}
	}
	held := l.hold(sockets)
	for _, p := range processes {
		if p.Kernel && !o.KernelThreads || o.OnlyPorts && len(held[p.PID]) == 0 {
			continue
		}
		l.Processes = append(l.Processes, newProcess(d, &l.Host, p, held[p.PID]))
	}
	return l, nil
}

// hold returns the sockets of each process, and stores waiting ones whose process is not visible.
func (l *ProcessList) hold(sockets []host.Socket) map[int][]host.Socket {
	held := make(map[int][]host.Socket)
	for _, s := range sockets {
		if len(s.PIDs) == 0 && s.Waiting() {
			l.Unseen = append(l.Unseen, Socket{Socket: s, Operation: waitingAs(s)})
		}
		for _, pid := range s.PIDs {
			held[pid] = append(held[pid], s)
		}
	}
	return held
}

// newProcess asks about the ports of one process; d may be nil.
func newProcess(d *access.Decider, facts *host.Facts, p host.Process, held []host.Socket) Process {
	out := Process{Process: p}
	if parts := strings.SplitN(p.Context, ":", 4); len(parts) >= 3 {
		out.Domain = parts[2]
	}
	var who *policy.Context
	if d != nil && p.Context != "" {
		if c, err := d.Policy().ParseContext(p.Context); err == nil {
			who = &c
			out.Permissive = d.Policy().IsPermissive(policy.TypeID(c.Type))
		}
	}
	for _, s := range held {
		socket := Socket{Socket: s}
		if s.Waiting() {
			socket.Operation = waitingAs(s)
			if who != nil {
				socket.ask(d, facts, *who)
			}
		}
		out.Sockets = append(out.Sockets, socket)
	}
	return out
}

// waitingAs returns the operation by which a program made a socket wait.
func waitingAs(s host.Socket) network.Operation {
	if s.State == "LISTEN" {
		return network.Listen
	}
	return network.Bind
}

// ask asks whether a process may wait at the socket's port.
func (s *Socket) ask(d *access.Decider, facts *host.Facts, who policy.Context) {
	q := network.Question{
		Subject: who, Operation: s.Operation, Protocol: network.Protocol(s.Protocol),
		Port: s.Local.Port(), Addr: s.Local.Addr(), Machine: network.Machine{Host: *facts},
	}
	if c, err := d.Policy().ParseContext(s.Context); err == nil && s.Context != "" {
		q.SocketLabel = &c
	}
	s.OtherNetNS = facts.NetNS != nil && s.NetNS != 0 && s.NetNS != facts.NetNS.Inode
	a, err := network.Ask(d, q)
	if err != nil {
		s.Err = err // a protocol without questions
		return
	}
	s.Answer, s.Label = &a, d.Policy().TypeName(policy.TypeID(a.Port.Context.Type))
}
