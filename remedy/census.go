package remedy

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// directions are the two operations that costs are counted in.
var directions = [...]network.Operation{network.Connect, network.Bind}

// A census is every domain under one policy: the subject first, then all others
// by type. Domains are judged when they are asked about.
type census struct {
	d        *access.Decider
	p        *policy.Policy
	problem  *Problem
	domains  []policy.TypeID
	contexts []policy.Context
	judges   [2][]*network.Judge // by direction and domain, nil until asked for
	err      error               // the first
}

// newCensus lists the domains. The subject is asked what the problem asks of it,
// its own context, socket and packets; the others have the contexts of system
// services and sockets of their own.
func newCensus(d *access.Decider, problem *Problem) *census {
	c := &census{p: d.Policy(), problem: problem}
	own := policy.TypeID(problem.Subject.Type)
	c.domains, c.contexts = append(c.domains, own), append(c.contexts, problem.Subject)
	for _, id := range reach.Domains(c.p) {
		if context, ok := subject.FromType(c.p, id); ok && id != own {
			c.domains, c.contexts = append(c.domains, id), append(c.contexts, context)
		}
	}
	return c.under(d)
}

// under returns the same domains under a policy that has them all.
func (c *census) under(d *access.Decider) *census {
	next := &census{d: d, p: d.Policy(), problem: c.problem, domains: c.domains, contexts: c.contexts}
	for direction := range directions {
		next.judges[direction] = make([]*network.Judge, len(c.domains))
	}
	return next
}

// everyone returns the numbers of all domains.
func (c *census) everyone() []int {
	all := make([]int, len(c.domains))
	for i := range all {
		all[i] = i
	}
	return all
}

// question asks a domain for one direction.
func (c *census) question(direction, i int) network.Question {
	q := network.Question{Subject: c.contexts[i], Protocol: c.problem.Protocol, Addr: c.problem.Addr, Machine: c.problem.Machine}
	if i == 0 {
		q = c.problem.Question
		q.Calls = nil
	}
	q.Operation = directions[direction]
	return q
}

// may reports whether a domain may use a port with a label.
func (c *census) may(direction, i int, port uint16, label policy.Context) bool {
	j := c.judges[direction][i]
	if j == nil {
		var err error
		if j, err = network.NewJudge(c.d, c.question(direction, i)); err != nil {
			if c.err == nil {
				c.err = err
			}
			return false
		}
		c.judges[direction][i] = j
	}
	return j.Port(port, label) != network.Denied
}

// A usage is who may use a port with some label, by direction and domain, as far
// as anyone asked.
type usage struct {
	c     *census
	port  uint16
	label policy.Context
	// known and is are sets of the census's domains, by direction.
	known, is [2]policy.Set[uint32]
}

// at returns who may use a port with a label.
func (c *census) at(port uint16, label policy.Context) *usage {
	u := &usage{c: c, port: port, label: label}
	for direction := range directions {
		u.known[direction], u.is[direction] = policy.NewSet(uint32(len(c.domains))), policy.NewSet(uint32(len(c.domains)))
	}
	return u
}

func (u *usage) may(direction, i int) bool {
	n := uint32(i)
	if !u.known[direction].Has(n) {
		u.known[direction].Add(n)
		if u.c.may(direction, i, u.port, u.label) {
			u.is[direction].Add(n)
		}
	}
	return u.is[direction].Has(n)
}

// A tally gathers what changes, by direction and the census's domains: sets of
// ports in no order.
type tally struct {
	c          *census
	who        []int // the domains that it is about
	gain, lose [2][]reach.Ports
}

func newTally(c *census, who []int) *tally {
	t := &tally{c: c, who: who}
	for direction := range directions {
		t.gain[direction] = make([]reach.Ports, len(c.domains))
		t.lose[direction] = make([]reach.Ports, len(c.domains))
	}
	return t
}

// compare counts what changes for ports, all of which before and after hold for.
func (t *tally) compare(ports reach.Ports, before, after *usage) {
	for direction := range directions {
		for _, i := range t.who {
			was, is := before.may(direction, i), after.may(direction, i)
			switch {
			case was == is:
			case is:
				t.gain[direction][i] = append(t.gain[direction][i], ports...)
			default:
				t.lose[direction][i] = append(t.lose[direction][i], ports...)
			}
		}
	}
}

// into puts the sums into a fix.
func (t *tally) into(f *Fix) {
	f.SubjectConnect, f.SubjectBind = t.gain[0][0].Union(nil), t.gain[1][0].Union(nil)
	f.SubjectLosesConnect, f.SubjectLosesBind = t.lose[0][0].Union(nil), t.lose[1][0].Union(nil)
	f.Gain = Effect{Connect: t.others(t.gain[0]), Bind: t.others(t.gain[1])}
	f.Lose = Effect{Connect: t.others(t.lose[0]), Bind: t.others(t.lose[1])}
}

// others returns the domains but the subject that have ports, by name.
func (t *tally) others(sets []reach.Ports) []reach.DomainPorts {
	var list []reach.DomainPorts
	for i, ports := range sets {
		if i > 0 && len(ports) > 0 {
			list = append(list, reach.DomainPorts{Domain: t.c.p.TypeName(t.c.domains[i]), Ports: ports.Union(nil)})
		}
	}
	slices.SortFunc(list, func(a, b reach.DomainPorts) int { return strings.Compare(a.Domain, b.Domain) })
	return list
}
