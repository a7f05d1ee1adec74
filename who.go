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

// WhoQuery asks for domains: which may do OPERATION to TARGET?
type WhoQuery struct {
	Operation network.Operation
	Target    Target
	// Packets has the properties of packets that the facts of the machine do not determine.
	Packets Packets
	// Would also asks for domains that may only with other values of booleans.
	Would bool
}

// Domains lists the domains that may do an operation.
type Domains struct {
	Query WhoQuery
	// Labels are the types of the requested ports, in the order of the ports.
	Labels []string
	// May are the domains that may use at least one of the ports, by name.
	May []Domain
	// Would are the domains that may use none of the ports, but at least one with other values of
	// booleans, by name; nil if [WhoQuery.Would] is not set. Their Check is the one that denies
	// today; its reason has the settings.
	Would []Domain
	// Permissive are the domains that may use none of the ports, but whose denials are only logged
	// today, since their types are permissive, by name. There are none with Options.AsIs.
	Permissive []string
	// Depends are the domains for which an unknown fact decides, for at least one of the ports; by
	// name. A domain may also be in May, with other ports.
	Depends []DependentDomain
	Machine Machine
	// Assumptions are the facts that the answer assumes.
	Assumptions []network.Assumption
}

// A Domain is a domain that may use some ports.
type Domain struct {
	Name  string
	Ports portset.Set
	// Check is the check of the port's label, for the first of Ports; nil if there is no such
	// check.
	Check *network.LayerAnswer
}

// A DependentDomain is a domain that may use some ports, depending on unknown facts.
type DependentDomain struct {
	Name  string
	Ports portset.Set
	// On are the facts that decide, each once; empty if that is a fact of the machine that could
	// not be read.
	On []string
}

// Who returns the domains that may do an operation, each in the context of a system service.
func (s *Session) Who(ctx context.Context, q WhoQuery) (*Domains, error) {
	if err := checkOperation(q.Operation, q.Target); err != nil {
		return nil, err
	}
	m, err := s.Machine(ctx)
	if err != nil {
		return nil, err
	}
	facts, err := s.packets(ctx, q.Packets)
	if err != nil {
		return nil, err
	}
	m = s.enforcing(m)
	w := &who{Domains: Domains{Query: q, Labels: s.labels(q.Target), Machine: m}, d: s.asker(), facts: facts}
	query := reach.Query{Protocol: q.Target.Protocol, Operation: q.Operation, Addr: q.Target.Addr, Machine: m.Machine}
	facts.reach(w.d, &query)
	rows, err := reach.New(w.d).Among(portset.Set{q.Target.Ports}, query)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		had := len(w.May)
		if err := w.add(&rows[i]); err != nil {
			return nil, err
		}
		if id := rows[i].Domain; len(w.May) == had && s.onlyLogs(id) {
			w.Permissive = append(w.Permissive, s.policy.TypeName(id))
		}
	}
	slices.Sort(w.Permissive)
	byName := func(a, b Domain) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(w.May, byName)
	slices.SortFunc(w.Would, byName)
	slices.SortFunc(w.Depends, func(a, b DependentDomain) int { return strings.Compare(a.Name, b.Name) })
	w.Assumptions = append(m.Assumptions(), network.AssumeServiceContexts())
	return &w.Domains, nil
}

// A who collects Domains.
type who struct {
	Domains
	d     *access.Decider
	facts PacketFacts
}

// add adds a domain to May, Would or Depends, or to none.
func (w *who) add(row *reach.Row) error {
	name, asked := w.d.Policy().TypeName(row.Domain), portset.Set{w.Query.Target.Ports}
	if open := row.Access.Depends.Intersect(asked); len(open) > 0 {
		on, err := w.dependsOn(row, open[0].Low)
		if err != nil {
			return err
		}
		w.Depends = append(w.Depends, DependentDomain{Name: name, Ports: open, On: on})
	}
	if may := row.Access.Allowed.Intersect(asked); len(may) > 0 {
		check, err := portCheck(w.ask(row, may[0].Low))
		w.May = append(w.May, Domain{Name: name, Ports: may, Check: check})
		return err
	}
	if !w.Query.Would {
		return nil
	}
	check, err := w.switched(row)
	if check != nil {
		w.Would = append(w.Would, Domain{Name: name, Check: check})
	}
	return err
}

// dependsOn returns the facts that decide for a port.
func (w *who) dependsOn(row *reach.Row, port uint16) ([]string, error) {
	answer, err := w.ask(row, port)
	var on []string
	for i := range answer.Layers {
		if l := &answer.Layers[i]; l.Unknown && !l.Check.Allowed {
			on = append(on, l.DependsOn...)
		}
	}
	slices.Sort(on)
	return slices.Compact(on), err
}

// switched returns the check that denies a domain if booleans would allow the access. They may help
// only on some ports of a range: it asks about each sub-range with one label until they do.
func (w *who) switched(row *reach.Row) (*network.LayerAnswer, error) {
	ports := w.Query.Target.Ports
	kind, _ := network.SocketOf(w.Query.Target.Protocol)
	for _, seg := range w.d.Policy().PortSegments(kind.PortProtocol) {
		port := max(seg.Low, ports.Low)
		if port > min(seg.High, ports.High) {
			continue
		}
		answer, err := w.ask(row, port)
		if err != nil {
			return nil, err
		}
		first := answer.FirstDenied()
		if first != nil && first.Check.Reason.Code == access.BoolOff && len(first.Check.Reason.Switches) > 0 {
			return first, nil
		}
	}
	return nil, nil
}

func (w *who) ask(row *reach.Row, port uint16) (network.Answer, error) {
	q := question(w.Query.Operation, w.Query.Target, row.Access.Subject, port, w.Machine)
	w.facts.apply(w.d, &q)
	return network.Ask(w.d, q)
}

// portCheck returns the check of the port's label, nil if the kernel makes none.
func portCheck(answer network.Answer, err error) (*network.LayerAnswer, error) {
	var check *network.LayerAnswer
	for i := range answer.Layers {
		if l := &answer.Layers[i]; l.Layer == network.LayerPort && l.Consulted {
			check = l // the last one, as for a server
		}
	}
	return check, err
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
