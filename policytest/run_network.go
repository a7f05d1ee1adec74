package policytest

import (
	"context"
	"maps"
	"slices"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
)

// may asks each question: a domain may use every port of a range, or none. Ports for which the answer is "depends"
// fail both may and may_not.
func (r *runner) may(ctx context.Context, t *Test) (list []Failure, err error) {
	bad := network.Denied
	if t.Kind == MayNot {
		bad = network.Allowed
	}
	for _, o := range t.Operations {
		a, err := r.s.Can(ctx, senet.Query{Subject: o.Subject, Operation: o.Operation, Target: o.Target})
		if err != nil {
			return nil, err
		}
		f := Failure{
			Domain: r.p.TypeName(policy.TypeID(a.Subject.Context.Type)), Do: o.Deed, Answer: a,
			Surplus: t.Kind == MayNot, Check: portCheck(a),
		}
		if f.Ports = portsWith(a, bad); len(f.Ports) > 0 {
			one := f
			if a.Port != f.Ports[0].Low { // the answer is about another port
				one.Answer, one.Check = nil, nil
			}
			list = append(list, one)
		}
		if f.Ports = portsWith(a, network.Depends); len(f.Ports) > 0 {
			f.Depends = true
			list = append(list, f)
		}
	}
	return list, nil
}

// portsWith returns the ports of a question whose answer is a verdict.
func portsWith(a *senet.Answer, v network.Verdict) (set portset.Set) {
	if a.Pieces == nil && a.Verdict == v {
		return portset.Set{a.Query.Target.Ports}
	}
	for _, piece := range a.Pieces {
		if piece.Verdict == v {
			set = set.Append(portset.Range{Low: piece.Low, High: piece.High})
		}
	}
	return set
}

// portCheck returns the check of the port's label, nil if the kernel makes none.
func portCheck(a *senet.Answer) *network.LayerAnswer {
	for i := range a.Layers {
		if l := &a.Layers[i]; l.Layer == network.LayerPort && l.Consulted {
			return l
		}
	}
	return nil
}

// only compares the domains that may with the expected ones. A named type must be able to use all ports of a range,
// and some port where the operation names none; a member of an attribute need not.
func (r *runner) only(ctx context.Context, t *Test) (list []Failure, err error) {
	all, named, err := r.expand(t.Domains)
	if err != nil {
		return nil, err
	}
	list, may, err := r.surplus(ctx, t.Do, func(name string) bool { return !all[name] })
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		lacks := portset.Set{t.Do.Target.Ports}.Minus(may[name])
		if len(lacks) == 0 || len(may[name]) > 0 && t.Do.Target.Ports.High-t.Do.Target.Ports.Low >= 65534 {
			continue
		}
		f, err := r.missing(ctx, name, t.Do, lacks)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// surplus returns the domains that may, or possibly may, but should not; may has all that may.
func (r *runner) surplus(
	ctx context.Context, do Deed, shouldNot func(name string) bool,
) (list []Failure, may map[string]portset.Set, err error) {
	answer, err := r.domains(ctx, do)
	if err != nil {
		return nil, nil, err
	}
	may = make(map[string]portset.Set)
	for i := range answer.May {
		d := &answer.May[i]
		if may[d.Name] = d.Ports; shouldNot(d.Name) {
			list = append(list, Failure{Domain: d.Name, Do: do, Ports: d.Ports, Surplus: true, Check: d.Check})
		}
	}
	for i := range answer.Depends {
		if d := &answer.Depends[i]; shouldNot(d.Name) {
			list = append(list, Failure{Domain: d.Name, Do: do, Ports: d.Ports, Surplus: true, Depends: true})
		}
	}
	return list, may, nil
}

// missing explains why a domain may not use the first of some ports.
func (r *runner) missing(ctx context.Context, name string, d Deed, ports portset.Set) (Failure, error) {
	target := d.Target
	target.Ports = portset.Range{Low: ports[0].Low, High: ports[0].Low}
	a, err := r.s.Can(ctx, senet.Query{Subject: name, Operation: d.Operation, Target: target})
	f := Failure{Domain: name, Do: d, Ports: ports, Answer: a}
	if err == nil {
		f.Depends = a.Verdict == network.Depends
	}
	return f, err
}

func (r *runner) nobodyBut(ctx context.Context, t *Test) ([]Failure, error) {
	all, _, err := r.expand(t.Domains)
	if err != nil {
		return nil, err
	}
	list, _, err := r.surplus(ctx, t.Do, func(name string) bool { return !all[name] })
	return list, err
}

// exactly compares the ports that domains may use with the expected ones.
func (r *runner) exactly(ctx context.Context, t *Test) (list []Failure, err error) {
	all, _, err := r.expand(t.Domains)
	if err != nil {
		return nil, err
	}
	answer, err := r.domains(ctx, t.Do)
	if err != nil {
		return nil, err
	}
	may, open := make(map[string]*senet.Domain), make(map[string]portset.Set)
	for i := range answer.May {
		may[answer.May[i].Name] = &answer.May[i]
	}
	for i := range answer.Depends {
		open[answer.Depends[i].Name] = answer.Depends[i].Ports
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		var has portset.Set
		var check *network.LayerAnswer
		if d := may[name]; d != nil {
			has, check = d.Ports, d.Check
		}
		if more := has.Minus(t.Ports); len(more) > 0 {
			f := Failure{Domain: name, Do: t.Do, Ports: more, Surplus: true}
			if more[0].Low == has[0].Low { // the check is that of the first port
				f.Check = check
			}
			list = append(list, f)
		}
		if more := open[name].Minus(t.Ports); len(more) > 0 {
			list = append(list, Failure{Domain: name, Do: t.Do, Ports: more, Surplus: true, Depends: true})
		}
		if less := t.Ports.Minus(has); len(less) > 0 {
			f, err := r.missing(ctx, name, t.Do, less)
			if err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	return list, nil
}

// connecting returns the protocols for which connect() checks the label of a port.
func connecting() []network.Protocol {
	return []network.Protocol{network.TCP, network.SCTP, network.DCCP}
}

// listensOnly: a domain may listen on some TCP port, and connect to no port of any
// protocol whose connect() is checked.
func (r *runner) listensOnly(ctx context.Context, t *Test) (list []Failure, err error) {
	all, _, err := r.expand(t.Domains)
	if err != nil {
		return nil, err
	}
	every := portset.Range{High: 65535}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, protocol := range connecting() {
			d := Deed{network.Connect, senet.Target{Protocol: protocol, Ports: every}, true}
			more, _, err := r.surplus(ctx, d, func(other string) bool { return other == name })
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
		d := Deed{network.Listen, senet.Target{Protocol: network.TCP, Ports: every}, true}
		answer, err := r.domains(ctx, d)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(answer.May, func(may senet.Domain) bool { return may.Name == name }) {
			f, err := r.missing(ctx, name, d, portset.Set{every})
			if err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	return list, nil
}
