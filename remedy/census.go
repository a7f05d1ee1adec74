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

// A census is the judges of every domain under one policy: the subject first,
// then all others by type.
type census struct {
	p       *policy.Policy
	domains []policy.TypeID
	judges  [2][]*network.Judge // by direction
}

// newCensus prepares to judge every domain. The subject is asked what the
// problem asks of it, its own context, socket and packets; the others have the
// contexts of system services and sockets of their own.
func newCensus(d *access.Decider, problem *Problem) (*census, error) {
	c := &census{p: d.Policy()}
	own := policy.TypeID(problem.Subject.Type)
	if err := c.add(d, own, problem.Question); err != nil {
		return nil, err
	}
	for _, id := range reach.Domains(c.p) {
		context, ok := subject.FromType(c.p, id)
		if !ok || id == own {
			continue
		}
		q := network.Question{Subject: context, Protocol: problem.Protocol, Addr: problem.Addr, Host: problem.Host}
		if err := c.add(d, id, q); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *census) add(d *access.Decider, id policy.TypeID, q network.Question) error {
	c.domains = append(c.domains, id)
	q.Calls = nil
	for i, op := range directions {
		q.Operation = op
		j, err := network.NewJudge(d, q)
		if err != nil {
			return err
		}
		c.judges[i] = append(c.judges[i], j)
	}
	return nil
}

// A usage is who may use some port, by direction and the census's domains.
type usage [2][]bool

// at returns who may use a port with a label.
func (c *census) at(port uint16, label policy.Context) *usage {
	var u usage
	for direction := range directions {
		u[direction] = make([]bool, len(c.domains))
		for i, j := range c.judges[direction] {
			u[direction][i] = j.Port(port, label) != network.Denied
		}
	}
	return &u
}

// A tally gathers what changes, by direction and the census's domains: sets of
// ports in no order.
type tally struct {
	c          *census
	gain, lose [2][]reach.Ports
}

func newTally(c *census) *tally {
	t := &tally{c: c}
	for direction := range directions {
		t.gain[direction] = make([]reach.Ports, len(c.domains))
		t.lose[direction] = make([]reach.Ports, len(c.domains))
	}
	return t
}

// compare counts what changes for ports, all of which before and after hold for.
func (t *tally) compare(ports reach.Ports, before, after *usage) {
	for direction := range directions {
		for i, was := range before[direction] {
			switch is := after[direction][i]; {
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
func (t *tally) others(sets []reach.Ports) []DomainPorts {
	var list []DomainPorts
	for i, ports := range sets {
		if i > 0 && len(ports) > 0 {
			list = append(list, DomainPorts{t.c.p.TypeName(t.c.domains[i]), ports.Union(nil)})
		}
	}
	slices.SortFunc(list, func(a, b DomainPorts) int { return strings.Compare(a.Domain, b.Domain) })
	return list
}
