package remedy

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// directions are the two operations for which costs are counted.
var directions = [...]network.Operation{network.Connect, network.Bind}

// A census is all domains under one policy: the subject first, then the others by type. Domains are
// evaluated when they are needed.
type census struct {
	d        *access.Decider
	p        *policy.Policy
	problem  *Problem
	domains  []policy.TypeID
	contexts []policy.Context
	judges   [2]judges // by direction
	err      error     // the first error
}

// judges evaluates domains for one direction.
type judges struct {
	kept    []*network.Judge // by domain, nil until needed; always nil if they are not kept
	next    *network.Judge   // its memory is used for the next domain
	domain  int              // the domain of next, if judges are not kept; -1 for none
	refusal network.Judge    // of domains that may use no port: most have no socket
}

// newCensus lists the domains. The subject has the context, socket and packets of the problem; the
// others have the contexts of system services and their own sockets.
func newCensus(d *access.Decider, problem *Problem) *census {
	c := &census{d: d, p: d.Policy(), problem: problem}
	own := policy.TypeID(problem.Subject.Type)
	c.domains, c.contexts = append(c.domains, own), append(c.contexts, problem.Subject)
	for _, id := range reach.Domains(c.p) {
		if context, ok := subject.FromType(c.p, id); ok && id != own {
			c.domains, c.contexts = append(c.domains, id), append(c.contexts, context)
		}
	}
	for direction := range directions {
		c.judges[direction].kept = make([]*network.Judge, len(c.domains))
	}
	return c
}

// under returns the same domains under a policy that has all of them. It keeps one domain at a
// time: ask for all ports of one before those of the next.
func (c *census) under(d *access.Decider) *census {
	next := &census{d: d, p: d.Policy(), problem: c.problem, domains: c.domains, contexts: c.contexts}
	for direction := range directions {
		next.judges[direction].domain = -1
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

// question returns the question for a domain and a direction.
func (c *census) question(direction, i int) network.Question {
	q := network.Question{Subject: c.contexts[i], Protocol: c.problem.Protocol, Addr: c.problem.Addr,
		Machine: c.problem.Machine}
	if i == 0 {
		q = c.problem.Question
		q.Calls = nil
	}
	q.Operation = directions[direction]
	return q
}

// may reports whether a domain may use a port with a label.
func (c *census) may(direction, i int, port uint16, label policy.Context) bool {
	j, err := c.judge(direction, i)
	if err != nil {
		if c.err == nil {
			c.err = err
		}
		return false
	}
	return j.Port(port, label) != network.Denied
}

func (c *census) judge(direction, i int) (*network.Judge, error) {
	js := &c.judges[direction]
	switch {
	case js.kept != nil && js.kept[i] != nil:
		return js.kept[i], nil
	case js.kept == nil && js.domain == i:
		return js.next, nil
	case js.next == nil:
		js.next = &network.Judge{}
	}
	js.domain = i
	if err := js.next.Turn(c.d, c.question(direction, i)); err != nil {
		js.domain = -1
		return nil, err
	}
	j := js.next
	if js.kept != nil {
		if j.Refuses() {
			j = &js.refusal
		} else {
			js.next = nil
		}
		js.kept[i] = j
	}
	return j, nil
}

// A usage lists the domains that may use a port with some label.
type usage struct {
	c     *census
	port  uint16
	label policy.Context
	// known and is are sets of the census's domains, by direction: the earlier answers, if judges
	// are kept.
	known, is [2]policy.Set[uint32]
}

// at returns the domains that may use a port with a label.
func (c *census) at(port uint16, label policy.Context) *usage {
	u := &usage{c: c, port: port, label: label}
	for direction := range directions {
		if c.judges[direction].kept != nil {
			u.known[direction] = policy.NewSet(uint32(len(c.domains)))
			u.is[direction] = policy.NewSet(uint32(len(c.domains)))
		}
	}
	return u
}

func (u *usage) may(direction, i int) bool {
	if u.c.judges[direction].kept == nil {
		return u.c.may(direction, i, u.port, u.label)
	}
	n := uint32(i)
	if !u.known[direction].Has(n) {
		u.known[direction].Add(n)
		if u.c.may(direction, i, u.port, u.label) {
			u.is[direction].Add(n)
		}
	}
	return u.is[direction].Has(n)
}

// A cut is a set of ports for all of which before and after apply.
type cut struct {
	ports         portset.Set
	before, after *usage
}

// A tally collects the changes, by direction and domain of the census: numbers of sums.
type tally struct {
	c          *census
	who        []int // the domains to compare
	gain, lose [2][]int
	sums       sums
}

func newTally(c *census, who []int) *tally {
	t := &tally{c: c, who: who}
	for direction := range directions {
		t.gain[direction], t.lose[direction] = make([]int, len(c.domains)), make([]int, len(c.domains))
	}
	return t
}

// compare adds the changes of some cuts.
func (t *tally) compare(cuts []cut) {
	for direction := range directions {
		for _, i := range t.who {
			for n, c := range cuts {
				was, is := c.before.may(direction, i), c.after.may(direction, i)
				to := &t.gain[direction][i]
				switch {
				case was == is:
					continue
				case was:
					to = &t.lose[direction][i]
				}
				*to = t.sums.with(*to, n, c.ports)
			}
		}
	}
}

// into stores the sums in a fix.
func (t *tally) into(f *Fix) {
	f.SubjectConnect, f.SubjectBind = t.sums.ports(t.gain[0][0]), t.sums.ports(t.gain[1][0])
	f.SubjectLosesConnect, f.SubjectLosesBind = t.sums.ports(t.lose[0][0]), t.sums.ports(t.lose[1][0])
	f.Gain = Effect{Connect: t.others(t.gain[0]), Bind: t.others(t.gain[1])}
	f.Lose = Effect{Connect: t.others(t.lose[0]), Bind: t.others(t.lose[1])}
}

// others returns the domains other than the subject that have ports, by name.
func (t *tally) others(numbers []int) []reach.DomainPorts {
	var list []reach.DomainPorts
	for i, sum := range numbers {
		if i > 0 && sum > 0 {
			list = append(list, reach.DomainPorts{Domain: t.c.p.TypeName(t.c.domains[i]), Ports: t.sums.ports(sum)})
		}
	}
	slices.SortFunc(list, func(a, b reach.DomainPorts) int { return strings.Compare(a.Domain, b.Domain) })
	return list
}
