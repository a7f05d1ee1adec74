// Package check says which operations of a daemon SELinux will refuse, before the daemon starts: it
// reads units and configuration files, finds the domain of each process, and asks the policy the
// questions of "senet can".
//
// Start here: [New], then [Checker.Unit], [Checker.Program], [Checker.File] or [Checker.All].
package check

import (
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// A Service is one program as it would be started, with its endpoints and their verdicts.
type Service struct {
	// Name is the name of the unit or of the file.
	Name string
	// Program is the project whose configuration was read, "" if it is not known.
	Program string
	// Subject is the process; Unknown says why it is not known.
	Subject subject.Subject
	Unknown error
	Items   []Item
	Objects []Object // files and UNIX sockets
	// Problems are the reasons why the answer is not complete.
	Problems []daemonconf.Problem
	// Read are the files that were read.
	Read []string
	// Same counts the endpoints that [Checker.Changed] took away, and Gone are the sockets that it
	// found.
	Same int
	Gone []Gone
}

// An Item is one endpoint with its verdict.
type Item struct {
	daemonconf.Endpoint
	// Who is the process whose label decides.
	Who subject.Subject
	// Verdict is Depends if the port, the process or a fact of the machine is not known.
	Verdict network.Verdict
	// Question and Answer are for the port that decides; Answer is nil if no question was possible.
	Question network.Question
	Answer   *network.Answer
	// Fix is the first fix of a refused endpoint, nil if there is none.
	Fix *remedy.Fix
}

// Verdict returns the verdict of a service: Denied if an endpoint is denied, else Depends if an
// endpoint depends or something could not be read.
func (s *Service) Verdict() network.Verdict {
	worst := network.Allowed
	if len(s.Problems) > 0 || s.Unknown != nil && len(s.Items) > 0 {
		worst = network.Depends
	}
	for i := range s.Objects {
		if s.Objects[i].Verdict == network.Denied {
			return network.Denied
		}
	}
	for i := range s.Items {
		switch s.Items[i].Verdict {
		case network.Denied:
			return network.Denied
		case network.Depends:
			worst = network.Depends
		}
	}
	return worst
}

// Worst returns the worst verdict of several services.
func Worst(list []*Service) network.Verdict {
	worst := network.Allowed
	for _, s := range list {
		if v := s.Verdict(); v == network.Denied || worst == network.Allowed {
			worst = v
		}
		if worst == network.Denied {
			break
		}
	}
	return worst
}
