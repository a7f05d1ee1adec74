package access

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
)

// coldRules is how a Decider answers its first questions: by
// [policy.Policy.RulesFor], which scans the policy once for each source. That
// suits a command that asks a handful.
type coldRules struct {
	asked   int
	sources [policy.RecentSources]policy.TypeID
	scanned int           // how many of them came before the first question
	target  policy.TypeID // asked about last
	attrs   policy.Set[policy.TypeID]
}

// The scans and decisions that cost about as much as the index.
const (
	coldSources   = 4
	coldDecisions = 500
)

// Expect says which types the first questions will be about as sources. Their
// rules are found in one scan, now, instead of one for each. Of more types than
// [policy.RecentSources] an index is made, at the question about the fifth.
func (d *Decider) Expect(sources ...policy.TypeID) {
	if d.idx != nil || len(sources) > policy.RecentSources {
		return
	}
	d.p.ScanSources(sources...)
	d.cold.scanned = copy(d.cold.sources[:], sources)
}

// suffices reports whether one more question about a source is better answered
// without the index.
func (c *coldRules) suffices(source policy.TypeID) bool {
	c.asked++
	if c.asked > coldDecisions {
		return false
	}
	for i := range max(coldSources, c.scanned) {
		if c.sources[i] == 0 {
			c.sources[i] = source
		}
		if c.sources[i] == source {
			return true
		}
	}
	return false
}

func (c *coldRules) decide(p *policy.Policy, source, target policy.TypeID, class policy.ClassID) teDecision {
	if c.target != target || target == 0 {
		c.target, c.attrs = target, p.Attributes(target)
	}
	te := teDecision{auditDeny: ^policy.AccessVector(0)}
	for r := range p.RulesFor(source, class, c.attrs) {
		if p.Enabled(r) {
			te.add(r.Kind, policy.AccessVector(r.Data))
		}
	}
	return te
}

// add joins one rule's datum; rules of other kinds than access rules have none.
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

// rulesBetween yields the rules between two types, of every kind, those that are
// switched off included, in no particular order.
func (d *Decider) rulesBetween(source, target policy.TypeID, class policy.ClassID) iter.Seq[policy.Rule] {
	targets := d.p.Attributes(target)
	if d.idx == nil && d.cold.suffices(source) {
		return d.p.RulesFor(source, class, targets)
	}
	return func(yield func(policy.Rule) bool) {
		for a := range d.p.Attributes(source).All() {
			for r := range d.p.RulesFrom(a, class, targets) {
				if !yield(r) {
					return
				}
			}
		}
	}
}
