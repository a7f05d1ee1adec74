package senet

import (
	"context"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// Domains says which domains may do an operation.
type Domains struct {
	Operation network.Operation
	Target    Target
	// Labels are the types of the ports asked about, in the order of the ports.
	Labels []string
	// May are the domains that may use at least one of the ports, by name.
	May     []Domain
	Machine Machine
	// Assumptions are what was taken for granted.
	Assumptions []network.Assumption
}

// A Domain may use some ports.
type Domain struct {
	Name  string
	Ports portset.Set
	// Check is the check of the port's label, for the first of Ports; nil where
	// none is made.
	Check *network.LayerAnswer
}

// Who says which domains may do an operation, each in the context of a system
// service.
func (s *Session) Who(ctx context.Context, op network.Operation, t Target) (*Domains, error) {
	if err := checkOperation(op, t); err != nil {
		return nil, err
	}
	m, err := s.Machine(ctx)
	if err != nil {
		return nil, err
	}
	w := &Domains{Operation: op, Target: t, Labels: s.labels(t), Machine: m}
	d := s.decider()
	rows, err := reach.New(d).Who(portset.Set{t.Ports}, reach.Query{Protocol: t.Protocol, Operation: op, Addr: t.Addr, Machine: m.Machine})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		domain := Domain{Name: s.policy.TypeName(row.Domain), Ports: row.Access.Allowed}
		if len(domain.Ports) == 0 {
			continue // it depends
		}
		if domain.Check, err = portCheck(d, question(op, t, row.Access.Subject, domain.Ports[0].Low, m)); err != nil {
			return nil, err
		}
		w.May = append(w.May, domain)
	}
	slices.SortFunc(w.May, func(a, b Domain) int { return strings.Compare(a.Name, b.Name) })
	w.Assumptions = assumptionsOfMany(m, network.AssumeServiceContexts())
	return w, nil
}

// portCheck returns the check of the port's label, nil where none is made.
func portCheck(d *access.Decider, q network.Question) (*network.LayerAnswer, error) {
	answer, err := network.Ask(d, q)
	if err != nil {
		return nil, err
	}
	for i := range answer.Layers {
		if l := &answer.Layers[i]; l.Layer == network.LayerPort && l.Consulted {
			return l, nil
		}
	}
	return nil, nil
}

// labels returns the types of a target's ports.
func (s *Session) labels(t Target) []string {
	var list []string
	kind, _ := network.SocketOf(t.Protocol)
	for _, seg := range s.policy.PortSegments(kind.PortProtocol) {
		name := s.policy.TypeName(policy.TypeID(seg.Label.Context.Type))
		if seg.Low <= t.Ports.High && seg.High >= t.Ports.Low && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// assumptionsOfMany are those of an answer about many ports or domains.
func assumptionsOfMany(m Machine, more ...network.Assumption) []network.Assumption {
	var list []network.Assumption
	if m.Host.Assumed {
		list = append(list, network.AssumeHost(&m.Host))
	}
	list = append(append(list, m.Notes...), more...)
	network.SortAssumptions(list)
	return list
}
