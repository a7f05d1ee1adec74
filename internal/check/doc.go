// Package check says before a daemon is started what SELinux will refuse it: it reads
// units and configuration, finds the domain of each process, and asks the policy what
// senet can would ask.
//
// Start here: [New], then [Checker.Unit], [Checker.Program], [Checker.File] or
// [Checker.All].
package check

import (
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// A Service is one program as it would be started, with what becomes of its endpoints.
type Service struct {
	// Name is that of the unit, or the file that was read.
	Name string
	// Program is the project whose configuration was read, "" where it is not known.
	Program string
	// Subject is the process; Unknown says why it is not known.
	Subject subject.Subject
	Unknown error
	Items   []Item
	Sockets []daemonconf.Socket
	Files   []daemonconf.File
	// Problems are the reasons why the answer is not complete.
	Problems []daemonconf.Problem
	// Read are the files that were read.
	Read []string
}

// An Item is one endpoint with its verdict.
type Item struct {
	daemonconf.Endpoint
	// Who is the process whose label decides.
	Who subject.Subject
	// Verdict is Depends where the port, the process or a fact of the machine is not known.
	Verdict network.Verdict
	// Question and Answer are for the port that decides; Answer is nil where nothing could
	// be asked.
	Question network.Question
	Answer   *network.Answer
	// Fix is the first fix of a refused one, nil where there is none.
	Fix *remedy.Fix
}

// Verdict is that of a service: denied where an endpoint is, else Depends where one is or
// something could not be read.
func (s *Service) Verdict() network.Verdict {
	worst := network.Allowed
	if len(s.Problems) > 0 || s.Unknown != nil && len(s.Items) > 0 {
		worst = network.Depends
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

// Worst is the verdict of several services together.
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
