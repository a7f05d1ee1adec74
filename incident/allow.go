package incident

import (
	"cmp"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy"
)

// A Rule is an allow rule, with its allowxperm rules, that would allow refused accesses.
type Rule struct {
	Source, Target policy.TypeID
	// Self says that source and target are the same type, which a rule writes as self.
	Self  bool
	Class string
	// Permissions are sorted; there are none if only allowxperm rules are missing.
	Permissions []string
	// Commands are the commands that need an allowxperm rule, by kind and number.
	Commands []diagnose.Command
	// Refused are the refused checks that the rule allows, one for each permission.
	Refused []*access.PermCheck
	// Findings are the findings that the rule is for; Count is the number of their records.
	Findings []*Finding
	Count    int64
}

// A Refusal says why there is no allow rule for a finding.
type Refusal string

// The refusals.
const (
	// Granted: the policy allows it today.
	Granted Refusal = "granted"
	// NotInPolicy: the policy lacks a name of the record.
	NotInPolicy Refusal = "not-in-policy"
	// NoRuleHelps: an allow rule would not allow the access.
	NoRuleHelps Refusal = "no-rule-helps"
	// LabelLost: the label of the file tells nothing about the file; a rule would apply to all such
	// files.
	LabelLost Refusal = "label-lost"
	// WithoutClass: the record lacks the class, and a rule is for one.
	WithoutClass Refusal = "without-class"
	// NotNeeded: programs do without it (Denial.Harmless), for an object with the label of a process.
	NotNeeded Refusal = "not-needed"
	// BoundedBy: a type that bounds the source does not have the access, so that
	// compilers refuse such a rule.
	BoundedBy Refusal = "bounded-by"
)

// A LeftOut is a finding, or a part of its permissions, without an allow rule.
type LeftOut struct {
	*Finding
	Why   Refusal
	Bound policy.TypeID // for BoundedBy
}

// AllowRules returns the rules for all accesses in a report that a policy refuses today, by source,
// target and class, as audit2allow would write them; and the accesses without a rule, those that
// the policy allows today last.
func (r *Report) AllowRules(p *policy.Policy) (rules []*Rule, left []LeftOut) {
	var past []LeftOut // it comes last
	for i := range r.Findings {
		f := &r.Findings[i]
		d := f.Denial
		if f.AVC == nil || d == nil {
			continue
		}
		refused := d.Refused()
		if refused == nil || d.Verdict == diagnose.UnknownHere {
			why := Granted
			if refused != nil || len(d.Checks) == 0 {
				why = NotInPolicy
			}
			if one := (LeftOut{Finding: f, Why: why}); d.Verdict == diagnose.UnknownHere {
				left = append(left, one)
			} else {
				past = append(past, one)
			}
			continue
		}
		if d.Harmless && d.Class == "filesystem" {
			left = append(left, LeftOut{Finding: f, Why: NotNeeded})
			continue
		}
		if !ruleHelps(refused) {
			left = append(left, LeftOut{Finding: f, Why: NoRuleHelps})
			if !slices.ContainsFunc(d.Checks, func(pc access.PermCheck) bool { return !pc.Allowed && ruleHelps(&pc) }) {
				continue
			}
		}
		if f.AVC.LacksClass() {
			left = append(left, LeftOut{Finding: f, Why: WithoutClass})
			continue
		}
		if file := d.File; file != nil && file.Lost {
			left = append(left, LeftOut{Finding: f, Why: LabelLost})
			continue
		}
		if parent, exceeds := exceedsBounds(p, d); exceeds {
			left = append(left, LeftOut{Finding: f, Why: BoundedBy, Bound: parent})
			continue
		}
		rules = addRule(rules, f)
	}
	for _, rule := range rules {
		slices.Sort(rule.Permissions)
		slices.SortFunc(rule.Commands, func(x, y diagnose.Command) int {
			return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Number, y.Number))
		})
	}
	slices.SortFunc(rules, func(x, y *Rule) int {
		return cmp.Or(cmp.Compare(p.TypeName(x.Source), p.TypeName(y.Source)),
			cmp.Compare(x.TargetName(p), y.TargetName(p)), cmp.Compare(x.Class, y.Class))
	})
	return rules, append(left, past...)
}

// TargetName returns the target as a rule names it.
func (r *Rule) TargetName(p *policy.Policy) string {
	if r.Self {
		return "self"
	}
	return p.TypeName(r.Target)
}

// ruleHelps reports whether an allow rule would grant the refused permission.
func ruleHelps(pc *access.PermCheck) bool {
	return pc.Reason.Code == access.NoRule || pc.Reason.Code == access.BoolOff
}

// exceedsBounds reports whether the rule for a denial would give the source more than the type that
// bounds it: compilers refuse a policy with such a rule.
func exceedsBounds(p *policy.Policy, d *diagnose.Diagnosis) (parent policy.TypeID, exceeds bool) {
	class, ok := p.Class(d.Class)
	if !ok {
		return 0, false
	}
	var perms policy.AccessVector
	for i := range d.Checks {
		if bit, ok := p.Perm(class, d.Checks[i].Name); ok && !d.Checks[i].Allowed {
			perms |= bit
		}
	}
	return remedy.ExceedsBounds(p, policy.TypeID(d.Source.Type), policy.TypeID(d.Target.Type), class, perms)
}

func addRule(rules []*Rule, f *Finding) []*Rule {
	d := f.Denial
	source, target := policy.TypeID(d.Source.Type), policy.TypeID(d.Target.Type)
	at := slices.IndexFunc(rules, func(x *Rule) bool {
		return x.Source == source && x.Target == target && x.Class == d.Class
	})
	if at < 0 {
		at = len(rules)
		rules = append(rules, &Rule{Source: source, Target: target, Self: source == target, Class: d.Class})
	}
	r := rules[at]
	r.Count += f.Count
	r.Findings = append(r.Findings, f)
	c := d.Command
	if c != nil && !slices.ContainsFunc(r.Commands, func(x diagnose.Command) bool {
		return x.Kind == c.Kind &&
			x.Number == c.Number
	}) {
		r.Commands = append(r.Commands, *c)
	}
	for i := range d.Checks {
		pc := &d.Checks[i]
		if c != nil && c.Only && pc.Name == c.Kind.String() {
			continue
		}
		if !pc.Allowed && ruleHelps(pc) && !slices.Contains(r.Permissions, pc.Name) {
			r.Permissions = append(r.Permissions, pc.Name)
			r.Refused = append(r.Refused, pc)
		}
	}
	return rules
}

// Ports returns the ports that the rule allows to bind or to connect to: those with the target's
// label that the kernel checks. local are the ports that bind allows for everybody.
func (r *Rule) Ports(p *policy.Policy, bind bool, local portset.Range) portset.Set {
	s, ok := network.SocketOf(r.Findings[0].Denial.Protocol)
	if !ok {
		return nil
	}
	var ports portset.Set
	for _, seg := range p.PortSegments(s.PortProtocol) {
		if policy.TypeID(seg.Label.Context.Type) == r.Target {
			ports = ports.Append(portset.Range{Low: seg.Low, High: seg.High})
		}
	}
	if bind { // for port 0 the kernel chooses a port, without a check
		ports = ports.Minus(portset.Of(portset.Range{}, local))
	}
	return ports
}
