package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
)

// ProcessesOf returns the document of processes. policyName is "" where no policy was
// asked.
func ProcessesOf(l *senet.ProcessList, policyName string, notes []string) Processes {
	out := Processes{
		Head:      HeadOf("senet.ps/1", policyName, &l.Host, assumptionsOf(&l.Host)),
		Processes: make([]Process, len(l.Processes)), Unseen: socketsOf(l.Unseen), Notes: OrEmpty(notes),
	}
	for i := range l.Processes {
		p := &l.Processes[i]
		out.Processes[i] = Process{
			Process: p.Process, Domain: p.Domain, Permissive: p.Permissive, Sockets: socketsOf(p.Sockets),
		}
	}
	return out
}

func socketsOf(list []senet.Socket) []Socket {
	out := make([]Socket, len(list))
	for i := range list {
		s := &list[i]
		out[i] = Socket{Socket: s.Socket, Action: s.Operation, PortLabel: s.Label, Reason: say.SocketReason(s)}
		if s.Answer != nil {
			out[i].Verdict = s.Answer.Verdict
		}
	}
	return out
}

// HostOf returns the document of a machine's facts.
func HostOf(f *host.Facts) Host {
	return Host{Schema: "senet.host/1", Host: *f, Assumptions: AssumptionsOf(assumptionsOf(f))}
}

// assumptionsOf returns the assumptions for facts that could not be read.
func assumptionsOf(f *host.Facts) []network.Assumption {
	list := []network.Assumption{}
	if f.Assumed {
		list = append(list, network.Assumption{Code: network.AssumedHost, Text: "a standard host"})
	}
	for _, u := range f.Unknown {
		list = append(list, network.AssumeFact(u))
	}
	return list
}
