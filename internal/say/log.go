package say

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// A Log is a report on a log with the values needed to describe it.
type Log struct {
	Report  *incident.Report
	Decider *access.Decider
	Machine network.Machine
	// Again are the flags that select the same policy and machine, PolicyAgain those for commands
	// without a machine.
	Again, PolicyAgain shell.Command
	// Access finds the fixes of a finding that is not about a port, nil if the finding has none. It
	// is nil if no fixes are wanted.
	Access func(*incident.Finding) *AccessFixes
	// Image is the directory of another system, whose files the log is about, and ImageType its policy type; "" for the
	// running one.
	Image, ImageType string
	// Name is the name of the log, for messages; Args are the arguments that name it again, nil if
	// it can be read only once.
	Name string
	Args []string
	// Since is the time that a person gave, zero where what was left out is older than the last
	// boot; SinceFlag is how it was given.
	Since     time.Time
	SinceFlag string
	// Modules finds the statements that rules come from; nil where they are not asked for.
	Modules *provenance.Finder
	// Cover finds the interfaces of refpolicy that grant what is refused; nil where their headers are not known.
	Cover func([]remedy.Need) (*senet.Cover, error)
	// Cut says that reading stopped before the end of the log.
	Cut bool
}

func (l *Log) policy() *policy.Policy { return l.Decider.Policy() }

// Operation returns a whole operation, nil for none.
func (l *Log) Operation(whole *incident.Whole) *Operation {
	if whole == nil {
		return nil
	}
	return l.operation(whole)
}

func (l *Log) operation(whole *incident.Whole) *Operation {
	q := &whole.Question
	return &Operation{
		Decider: l.Decider, Question: *q, Answer: &whole.Answer,
		Name: subject.NameOf(l.policy(), q.Subject), Target: targetOf(q.Protocol, q.Addr, q.Port),
	}
}

// refused returns the whole operation of a finding if it is refused, else nil.
func (l *Log) refused(f *incident.Finding) *Operation { return l.Operation(f.Refused()) }

func targetOf(protocol network.Protocol, addr netip.Addr, port uint16) string {
	return senet.Target{Protocol: protocol, Addr: addr, Ports: portset.Range{Low: port, High: port}}.String()
}
