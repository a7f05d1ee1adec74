package access

import (
	"iter"
	"slices"

	"github.com/senet-selinux/senet/policy"
)

// coldRules answers a Decider's first questions by [policy.Policy.RulesFor], which indexes one
// class for all Deciders of a policy. This is fast for a command, which asks about a few classes.
type coldRules struct {
	asked   int
	classes []policy.ClassID // the classes of questions so far, nil for too many
	many    bool             // there are too many classes
	target  policy.TypeID    // the target of the last question
	attrs   policy.Set[policy.TypeID]
}

// coldDecisions is the number of decisions that take about as long as making the index.
const coldDecisions = 20_000

// fewClasses is the largest number of classes that get an index of their own; with more, all
// classes are indexed. It is enough for questions about the network.
const fewClasses = 16

// suffices reports whether one more question about a class is answered faster without the index.
func (c *coldRules) suffices(class policy.ClassID) bool {
	c.asked++
	if !c.many && !slices.Contains(c.classes, class) {
		if c.classes = append(c.classes, class); len(c.classes) > fewClasses {
			c.classes, c.many = nil, true
		}
	}
	return c.asked <= coldDecisions
}

func (c *coldRules) decide(p *policy.Policy, source, target policy.TypeID, class policy.ClassID) teDecision {
	te := teDecision{auditDeny: ^policy.AccessVector(0)}
	for r := range p.RulesFor(source, class, c.names(p, target)) {
		if p.Enabled(r) {
			te.add(r.Kind, policy.AccessVector(r.Data))
		}
	}
	return te
}

// names returns a target with its attributes. The set is valid until the next call.
func (c *coldRules) names(p *policy.Policy, target policy.TypeID) policy.Set[policy.TypeID] {
	if c.target != target || target == 0 {
		c.target = target
		p.AttributesInto(&c.attrs, target)
	}
	return c.attrs
}

// add joins one rule's datum; rules other than access rules have none.
func (te *teDecision) add(kind policy.RuleKind, data policy.AccessVector) {
	switch kind {
	case policy.Allow:
		te.allowed |= data
	case policy.AuditAllow:
		te.auditAllow |= data
	case policy.DontAudit:
		te.auditDeny &= data
	}
}

// rulesBetween yields the rules between two types, of every kind, including disabled ones, in no
// particular order. The loop must not use the Decider.
func (d *Decider) rulesBetween(source, target policy.TypeID, class policy.ClassID) iter.Seq[policy.Rule] {
	return d.p.RulesFor(source, class, d.cold.names(d.p, target))
}
