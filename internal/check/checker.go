package check

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/subject"
)

// A Checker checks services of one system under one policy. Only one goroutine may use it.
type Checker struct {
	session *senet.Session
	root    host.Root
	system  subject.System
	d       *access.Decider
	machine senet.Machine
	// domain replaces the process of every service, if the caller named one.
	domain *subject.Subject
	fixes  map[question]*remedy.Fix
	// segments are the labels of ports by the number of their protocol, as far as they were needed.
	segments map[uint8][]policy.PortSegment
}

// A question identifies a refusal: endpoints with equal questions have the same fixes.
type question struct {
	who      policy.Context
	op       network.Operation
	protocol network.Protocol
	port     uint16
}

func (item *Item) key() question {
	q := &item.Question
	return question{q.Subject, q.Operation, q.Protocol, q.Port}
}

// Options choose what is checked.
type Options struct {
	// Root is the directory of another system, "" for the running one.
	Root string
	// Domain names the process to check, for files that do not tell it; "" to find it.
	Domain string
}

// New returns a Checker for the policy and the machine of a session. It takes the machine's facts
// from [senet.Session.Asked], as questions about operations do.
func New(ctx context.Context, s *senet.Session, o Options) (*Checker, error) {
	root, err := host.OpenRoot(o.Root)
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	p, machine, err := s.Asked(ctx)
	if err != nil {
		return nil, err
	}
	c := &Checker{
		session: s, root: root, system: subject.System{Root: root}.Keep(), d: access.NewDecider(p), machine: machine,
		fixes: map[question]*remedy.Fix{},
	}
	if o.Domain != "" {
		who, err := s.Subject(ctx, o.Domain)
		if err != nil {
			return nil, err
		}
		c.domain = &who
	}
	return c, nil
}

// Policy returns the policy that is asked.
func (c *Checker) Policy() *policy.Policy { return c.d.Policy() }

// Decider returns the Decider of the checks.
func (c *Checker) Decider() *access.Decider { return c.d }

// Machine returns the facts of the machine that the answers use.
func (c *Checker) Machine() *senet.Machine { return &c.machine }

// ask adds the endpoints of a result to a service, each with its verdict.
func (c *Checker) ask(s *Service, r *daemonconf.Result) error {
	s.Problems = append(s.Problems, r.Problems...)
	c.objects(s, r)
	s.Read = append(s.Read, r.Read...)
	for _, e := range r.Endpoints {
		item, err := c.item(s, e)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", e.File, e.Line, err)
		}
		s.Items = append(s.Items, item)
	}
	return nil
}

// item answers for one endpoint.
func (c *Checker) item(s *Service, e daemonconf.Endpoint) (Item, error) {
	item := Item{Endpoint: e, Who: s.Subject, Verdict: network.Depends}
	unknown := s.Unknown
	if e.By == daemonconf.Runtime {
		item.Who, unknown = c.runtime(s)
	} else if e.Worker.File != "" && unknown == nil {
		item.Who = c.worker(s, e.Worker)
	}
	item.Question = network.Question{
		Subject: item.Who.Context, Operation: network.Operation(e.Op), Protocol: network.Protocol(e.Protocol),
		Port: e.Low, Machine: c.machine.Machine,
	}
	if e.Open != "" || unknown != nil {
		return item, nil
	}
	if addr, err := netip.ParseAddr(e.Host); err == nil {
		item.Question.Addr = addr.WithZone("")
	}
	if e.By == daemonconf.Manager {
		manager, err := c.system.Manager(c.d)
		if err != nil {
			return item, nil // the policy does not define what opens sockets
		}
		item.Question.Maker = &manager
	}
	if err := c.choose(&item); err != nil {
		return item, err
	}
	answer, err := network.Ask(c.d, item.Question)
	if err != nil {
		return item, err
	}
	item.Answer, item.Verdict = &answer, answer.Verdict
	if e.If != "" && item.Verdict == network.Denied {
		item.Verdict = network.Depends // the condition of the endpoint decides
	}
	return item, nil
}

// Fix finds the first fix of every refused endpoint.
func (c *Checker) Fix(services []*Service) error {
	for _, s := range services {
		for i := range s.Items {
			item := &s.Items[i]
			if item.Answer == nil || item.Answer.Verdict != network.Denied || item.Question.Maker != nil {
				continue
			}
			key := item.key()
			fix, known := c.fixes[key]
			if !known {
				best, ok, err := remedy.Best(c.d, c.problem(item))
				if err != nil {
					return err
				}
				if ok {
					fix = &best
				}
				c.fixes[key] = fix
			}
			item.Fix = fix
		}
	}
	return nil
}

func (c *Checker) problem(item *Item) remedy.Problem {
	return remedy.Problem{
		Question: item.Question, Name: c.Policy().TypeName(policy.TypeID(item.Who.Context.Type)),
	}
}

// runtime finds the process that binds published ports: the container runtime.
func (c *Checker) runtime(s *Service) (subject.Subject, error) {
	if c.domain != nil {
		return *c.domain, nil
	}
	for _, typ := range []string{"container_runtime_exec_t", "docker_exec_t"} {
		if who, err := c.system.Started(c.d, typ); err == nil {
			return who, nil
		}
	}
	return s.Subject, errNoRuntime
}

// worker finds the process of a program that the main one starts. It is the main one's own if the policy has no type
// for it, or the caller named the process.
func (c *Checker) worker(s *Service, w daemonconf.Worker) subject.Subject {
	if c.domain != nil {
		return *c.domain
	}
	file := w.File
	if w.Label != "" && c.foreign() {
		file = "" // the files have the labels of another policy
	}
	who, err := c.system.Child(c.d, s.Subject, file, w.Label)
	if err != nil {
		return s.Subject
	}
	return who
}

// foreign reports whether the policy is another than that of the system whose files are read.
func (c *Checker) foreign() bool { return c.root.Live() && !c.session.Source().Installed }

var errNoRuntime = errors.New("the policy has no type for container runtimes")

// process finds the process of a program: by the files of the system, else by the label that the
// policy has for such a program. If the policy is not the system's, the files have labels of
// another policy, and the label of the program comes first.
func (c *Checker) process(s *Service, p *daemonconf.Program, find func() (subject.Subject, error)) {
	if c.domain != nil {
		s.Subject = *c.domain
		return
	}
	if who, ok := c.byLabel(p); ok && c.foreign() {
		s.Subject = who
		return
	}
	if s.Subject, s.Unknown = find(); s.Unknown == nil {
		return
	}
	if who, ok := c.byLabel(p); ok {
		s.Subject, s.Unknown = who, nil
	}
}

// byLabel finds the process of a program by the label that policies have for it.
func (c *Checker) byLabel(p *daemonconf.Program) (subject.Subject, bool) {
	if p != nil {
		for _, typ := range p.Labels {
			if who, err := c.system.Started(c.d, typ); err == nil {
				return who, true
			}
		}
	}
	return subject.Subject{}, false
}
