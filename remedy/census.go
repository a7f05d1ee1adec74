package remedy

import (
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

// newCensus prepares to judge every domain. The subject keeps its own context;
// the others have those of system services.
func newCensus(d *access.Decider, problem *Problem) (*census, error) {
	c := &census{p: d.Policy()}
	own := policy.TypeID(problem.Subject.Type)
	add := func(id policy.TypeID, context policy.Context) error {
		c.domains = append(c.domains, id)
		for i, op := range directions {
			j, err := network.NewJudge(d, network.Question{Subject: context, Operation: op, Protocol: problem.Protocol, Addr: problem.Addr, Host: problem.Host})
			if err != nil {
				return err
			}
			c.judges[i] = append(c.judges[i], j)
		}
		return nil
	}
	if err := add(own, problem.Subject); err != nil {
		return nil, err
	}
	for _, id := range reach.Domains(c.p) {
		context, ok := subject.FromType(c.p, id)
		if !ok || id == own {
			continue
		}
		if err := add(id, context); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// at returns who may use a port with a label, in one direction.
func (c *census) at(direction int, port uint16, label policy.Context) []bool {
	may := make([]bool, len(c.domains))
	for i, j := range c.judges[direction] {
		may[i] = j.Port(port, label) != network.Denied
	}
	return may
}

// compare counts into f what changes for ports that are in use for both states
// alike: before and after hold, for each direction, who may use them.
func (f *Fix) compare(c *census, ports reach.Ports, before, after [2][]bool) {
	for direction := range directions {
		for i, was := range before[direction] {
			is := after[direction][i]
			switch {
			case was == is:
			case i == 0 && is:
				f.addSubject(direction, ports, &f.SubjectConnect, &f.SubjectBind)
			case i == 0:
				f.addSubject(direction, ports, &f.SubjectLosesConnect, &f.SubjectLosesBind)
			case is:
				f.Gain.add(direction, c.p.TypeName(c.domains[i]), ports)
			default:
				f.Lose.add(direction, c.p.TypeName(c.domains[i]), ports)
			}
		}
	}
}

func (f *Fix) addSubject(direction int, ports reach.Ports, connect, bind *reach.Ports) {
	set := connect
	if direction == 1 {
		set = bind
	}
	*set = set.Union(ports)
}

// add counts ports to a domain. Calls come in an order in which one domain's
// ports are gathered by name.
func (e *Effect) add(direction int, domain string, ports reach.Ports) {
	list := &e.Connect
	if direction == 1 {
		list = &e.Bind
	}
	for i := range *list {
		if (*list)[i].Domain == domain {
			(*list)[i].Ports = (*list)[i].Ports.Union(ports)
			return
		}
	}
	*list = append(*list, DomainPorts{domain, ports})
}
