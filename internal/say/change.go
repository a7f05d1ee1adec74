package say

import (
	"net/netip"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

// Preview describes the effects of one record: the present label or value of its object, the new
// one, and how many domains gain and lose ports.
func Preview(c *impact.Comparison, effects []impact.Effect, d semanage.Difference) string {
	was, is := c.Before, c.After
	name, verdict := Record(d.Record()), Verdict(effects)
	without, as := "without the local record it is", "as"
	var old, changed string
	switch r := d.Record().(type) {
	case semanage.Port:
		old, changed = Labels(records.Runs(was, r.Protocol, r.Range())), Labels(records.Runs(is, r.Protocol, r.Range()))
		verdict = gainsPorts(effects, r)
	case semanage.Boolean:
		on, _ := records.BooleanIn(was, r.Name)
		then, _ := records.BooleanIn(is, r.Name)
		old, changed, without, as = OnOff(on), OnOff(then), "the policy's own value is", "when"
	case semanage.Node:
		at := c.Witnesses(r)[0]
		if at != r.Addr {
			name = at.String() + " of " + name
		}
		old, changed = nodeLabel(was, at), nodeLabel(is, at)
	case semanage.Interface:
		old, changed = interfaceLabel(was, r), interfaceLabel(is, r)
	default:
		return Difference(d)
	}
	switch {
	case old == changed && d.After == nil:
		return words.Sprintf("%s is %s, and stays so without the local record", name, old)
	case old == changed:
		return words.Sprintf("%s is %s, and stays so", name, old)
	case d.After == nil:
		return words.Sprintf("%s is %s; %s %s: %s", name, old, without, changed, verdict)
	}
	if d.Kind == semanage.Ports {
		return words.Sprintf("%s is %s; %s %s %s", name, old, as, changed, verdict)
	}
	return words.Sprintf("%s is %s; %s %s, %s", name, old, as, changed, verdict)
}

// gainsPorts counts the domains that gain and lose the ports of a record.
func gainsPorts(effects []impact.Effect, r semanage.Port) string {
	what := " it"
	if r.Low != r.High {
		what = " ports"
	}
	return Count(impact.Gainers(effects), "domain gains", "domains gain") + what + ", " +
		Count(impact.Losers(effects), "loses", "lose") + what
}

// Advice returns what a user should know about a changed record, "" if there is nothing.
func Advice(before *policy.Policy, d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Port:
		if d.Before == nil {
			return winsOver(before, r)
		}
	case semanage.Boolean:
		return words.Sprintf("only ports are counted; %s lists its rules",
			shell.New("senet", "search", "-A").Option("-b", r.Name))
	case semanage.Interface:
		return "the kernel checks it only with labelled networking, by NetLabel or IPsec"
	}
	return ""
}

// Outcome describes the label or value of a record's object in a policy, after a change.
func Outcome(p *policy.Policy, c *impact.Comparison, d semanage.Difference) string {
	switch r := d.Record().(type) {
	case semanage.Port:
		return portOutcome(p, r, d.After != nil)
	case semanage.Boolean:
		on, _ := records.BooleanIn(p, r.Name)
		return r.Name + " is " + OnOff(on)
	case semanage.Node:
		return NodeOutcome(p, c.Witnesses(r)[0])
	case semanage.Interface:
		return InterfaceOutcome(p, r)
	}
	return Difference(d)
}

// NodeOutcome describes the label of an address in a policy.
func NodeOutcome(p *policy.Policy, a netip.Addr) string { return a.String() + " is " + nodeLabel(p, a) }

// InterfaceOutcome describes the label of an interface in a policy.
func InterfaceOutcome(p *policy.Policy, i semanage.Interface) string {
	return i.Name + " is " + interfaceLabel(p, i)
}

func nodeLabel(p *policy.Policy, a netip.Addr) string { return label(p, p.NodeLabel(a).Context) }

func interfaceLabel(p *policy.Policy, i semanage.Interface) string {
	return label(p, p.NetifLabel(i.Name).Context)
}

// label returns the type of a label, with the range if it is not s0.
func label(p *policy.Policy, c policy.Context) string { return records.Label(records.ContextIn(p, c)) }
