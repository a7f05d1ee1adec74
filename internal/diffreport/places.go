package diffreport

import (
	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/testreport"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/reach"
)

// A cause says which rules a finding comes from: those that grant a type permissions on another
// type, and that only one of the two policies has.
type cause struct {
	kind   policy.RuleKind // 0 for a finding that does not come from a rule
	source string
	class  string         // "" for the class of socket
	socket network.Socket // of gains and losses of ports
	wanted []wanted       // the finding comes from the first one that only one policy grants
	gone   bool           // the policy before grants it, not the policy after
	// cell is the rule that differs, or nil. With it, rules of the same conditional count, whatever
	// the booleans. Without it, the rules that the booleans enable count.
	cell *policydiff.RuleChange
}

// A wanted is a permission on a target: a type, or the label of a port.
type wanted struct {
	target string // "" for the label of port
	port   uint16
	perm   string
}

// allowed returns the cause for allow rules with some permissions on one target.
func allowed(source, target, class string, perms ...string) cause {
	c := cause{kind: policy.Allow, source: source, class: class}
	for _, perm := range perms {
		c.wanted = append(c.wanted, wanted{target: target, perm: perm})
	}
	return c
}

// portCause returns the cause for a gain or a loss of ports: the permission on the label of the
// first port, or a permission on the domain's own sockets.
func portCause(e *impact.Effect, d *reach.DomainPorts, gone bool) cause {
	c := allowed(d.Domain, d.Domain, "", string(e.Operation), "create")
	c.socket, _ = network.SocketOf(e.Protocol)
	label := wanted{port: d.Ports[0].Low, perm: "name_" + string(e.Operation)}
	c.wanted, c.gone = append([]wanted{label}, c.wanted...), gone
	return c
}

// locate returns the statements that a finding comes from. There are none if the modules are not
// known, or if it does not come from a rule.
func (l *Listing) locate(c *cause) []provenance.Statement {
	has, lacks, finder := l.After, l.Before, l.Modules[1]
	if c.gone {
		has, lacks, finder = l.Before, l.After, l.Modules[0]
	}
	if finder == nil || c.kind == 0 {
		return nil
	}
	for i := range c.wanted {
		w := c.wanted[i]
		if w.target == "" {
			w.target = has.TypeName(policy.TypeID(has.PortLabel(c.socket.PortProtocol, w.port).Context.Type))
		}
		rules := granting(has, c, &w)
		if len(rules) == 0 || len(granting(lacks, c, &w)) > 0 {
			continue
		}
		for _, r := range rules {
			bit, _ := has.Perm(r.Class, w.perm)
			if found := finder.Find(provenance.Of(has, r, bit)); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// granting returns the rules of a policy that count for a cause and grant a permission.
func granting(p *policy.Policy, c *cause, w *wanted) (list []policy.Rule) {
	source, ok := p.Type(c.source)
	target, known := p.Type(w.target)
	name := c.class
	if name == "" {
		name = c.socket.ClassUnder(p)
	}
	class, defined := p.Class(name)
	if !ok || !known || !defined {
		return nil
	}
	bit, _ := p.Perm(class, w.perm)
	sources, targets := p.Attributes(source), p.Attributes(target)
	classes := policy.NewSet(p.MaxClass())
	classes.Add(class)
	for r := range p.Rules(policy.RuleFilter{Kinds: c.kind, Sources: &sources, Targets: &targets, Classes: &classes}) {
		if c.holds(p, &r) && (c.kind != policy.Allow || r.Perms&bit != 0) {
			list = append(list, r)
		}
	}
	return list
}

// holds reports whether a rule counts for a cause, by its conditional.
func (c *cause) holds(p *policy.Policy, r *policy.Rule) bool {
	switch {
	case c.cell == nil:
		return p.Enabled(*r)
	case r.Cond == 0:
		return c.cell.Cond == ""
	}
	return p.CondText(r.Cond) == c.cell.Cond && r.Branch == c.cell.Branch
}

// place sets the location of a finding: the statement that it comes from, else the policy after. A
// statement that is gone is not in the reviewed files, so it becomes a related location.
func (l *Listing) place(c *cause, uri string, p *testreport.Place) {
	p.URI, p.Line = uri, 1
	found := l.locate(c)
	if len(found) == 0 {
		return
	}
	at := testreport.Related{URI: testreport.URI(found[0].File), Line: found[0].Pos.Line, Text: found[0].Text}
	if c.gone {
		at.Text = "before: " + at.Text
		p.Related = append(p.Related, at)
		return
	}
	p.URI, p.Line = at.URI, at.Line
	for _, s := range found[1:] {
		p.Related = append(p.Related, testreport.Related{URI: testreport.URI(s.File), Line: s.Pos.Line, Text: s.Text})
	}
}
