package remedy

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/reach"
)

// A Result is the fixes of one problem.
type Result struct {
	Answer network.Answer // what the policy says today
	// Fixes are the candidates, the best first; empty if the operation is allowed
	// today or no change of the policy helps.
	Fixes []Fix
}

// Find returns every fix of a problem under the Decider's policy.
func Find(d *access.Decider, problem Problem) (Result, error) {
	answer, err := network.Ask(d, problem.Question)
	if err != nil {
		return Result{}, err
	}
	r := Result{Answer: answer}
	refused := answer.FirstDenied()
	if refused == nil {
		return r, nil
	}
	c, err := newCensus(d, &problem)
	if err != nil {
		return r, err
	}
	f := &finder{d: d, p: d.Policy(), problem: &problem, answer: &answer, refused: refused, census: c}
	if refused.Layer == network.LayerPort {
		f.labels()
		if err := f.ownType(); err != nil {
			return r, err
		}
	}
	if err := f.rule(); err != nil {
		return r, err
	}
	if err := f.booleans(); err != nil {
		return r, err
	}
	for i := range f.fixes {
		f.fixes[i].sort()
		f.fixes[i].grade()
	}
	slices.SortStableFunc(f.fixes, func(a, b Fix) int { return better(&a, &b) })
	r.Fixes = f.fixes
	return r, nil
}

func (f *Fix) sort() {
	for _, list := range []*[]DomainPorts{&f.Gain.Connect, &f.Gain.Bind, &f.Lose.Connect, &f.Lose.Bind} {
		slices.SortFunc(*list, func(a, b DomainPorts) int { return strings.Compare(a.Domain, b.Domain) })
	}
}

type finder struct {
	d       *access.Decider
	p       *policy.Policy
	problem *Problem
	answer  *network.Answer
	refused *network.LayerAnswer
	census  *census
	fixes   []Fix
}

// portTypes returns the types that label ports: the members of port_type where
// the policy has it, else those of the portcons.
func portTypes(p *policy.Policy) []policy.TypeID {
	set := policy.NewSet(p.MaxType())
	if a, ok := p.Attribute("port_type"); ok {
		set.AddAll(p.Members(a))
	}
	for _, c := range p.Ports() {
		set.Add(policy.TypeID(c.Context.Type))
	}
	return slices.Collect(set.All())
}

// labels tries every port type on the port. Only those that make the operation
// succeed are fixes, and the ones that do not are left out: but http_port_t, the
// one that every forum names, is listed where it does not help.
func (f *finder) labels() {
	port := f.problem.Port
	now := f.answer.Port.Context
	before := [2][]bool{f.census.at(0, port, now), f.census.at(1, port, now)}
	ports := reach.Ports{{Low: port, High: port}}
	judge := f.subjectJudge()
	for _, id := range portTypes(f.p) {
		if id == policy.TypeID(now.Type) {
			continue
		}
		label := now
		label.Type = uint32(id)
		works := judge.Port(port, label) == network.Allowed
		name := f.p.TypeName(id)
		if !works && name != "http_port_t" {
			continue
		}
		fix := Fix{Kind: Label, Type: name, Works: works, Exists: f.exactRecord()}
		fix.compare(f.census, ports, before, [2][]bool{f.census.at(0, port, label), f.census.at(1, port, label)})
		f.fixes = append(f.fixes, fix)
	}
}

// subjectJudge judges the operation that is the problem.
func (f *finder) subjectJudge() *network.Judge {
	j, err := network.NewJudge(f.d, f.problem.Question)
	if err != nil {
		panic(err) // Ask has accepted the same question
	}
	return j
}

// exactRecord reports whether a portcon labels this one port.
func (f *finder) exactRecord() bool {
	s, _ := network.SocketOf(f.problem.Protocol)
	return slices.ContainsFunc(f.p.Ports(), func(c policydb.PortCon) bool {
		return c.Protocol == uint32(s.PortProtocol) && c.Low == c.High && c.Low == uint32(f.problem.Port)
	})
}

// booleans tries the settings that put a rule in force.
func (f *finder) booleans() error {
	if f.refused.Check.Reason.Code != access.BoolOff {
		return nil
	}
	before, err := f.runs(f.d, f.census)
	if err != nil {
		return err
	}
	for _, settings := range f.refused.Check.Reason.Switches {
		d := access.NewDecider(f.p.WithBools(settings...))
		c, err := newCensus(d, f.problem)
		if err != nil {
			return err
		}
		answer, err := network.Ask(d, f.problem.Question)
		if err != nil {
			return err
		}
		after, err := f.runs(d, c)
		if err != nil {
			return err
		}
		fix := Fix{Kind: Boolean, Bools: settings, Works: answer.Verdict == network.Allowed}
		for i := range before {
			fix.compare(c, before[i].ports, before[i].may, after[i].may)
		}
		f.fixes = append(f.fixes, fix)
	}
	return nil
}

// A run is ports that no domain can tell apart, and who may use them.
type run struct {
	ports reach.Ports
	may   [2][]bool
}

// runs returns who may use which ports, for all ports. The runs depend on labels
// and host alone, so those of two policies with the same labels are the same.
func (f *finder) runs(d *access.Decider, c *census) ([]run, error) {
	classes, err := reach.New(d).Classes(reach.Query{Protocol: f.problem.Protocol, Host: f.problem.Host})
	if err != nil {
		return nil, err
	}
	list := make([]run, len(classes))
	for i, class := range classes {
		port := class.Ports[0].Low
		list[i] = run{class.Ports, [2][]bool{c.at(0, port, class.Label), c.at(1, port, class.Label)}}
	}
	return list, nil
}
