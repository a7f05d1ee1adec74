package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// A labelRun is a run of ports that one record of a policy labels.
type labelRun struct {
	reach.Interval
	Type   string
	Record int // as in policy.Label
}

// labelsWithin returns the labels of a range of ports.
func labelsWithin(p *policy.Policy, protocol semanage.Protocol, low, high uint16) []labelRun {
	var runs []labelRun
	for _, s := range p.PortSegments(uint8(protocol)) {
		if s.Low <= high && s.High >= low {
			in := reach.Interval{Low: max(s.Low, low), High: min(s.High, high)}
			runs = append(runs, labelRun{in, p.TypeName(policy.TypeID(s.Label.Context.Type)), s.Label.Record})
		}
	}
	return runs
}

// labelsText says which types label a range: one, or several with their ports.
func labelsText(runs []labelRun) string {
	var types []string
	ports := make(map[string]reach.Ports)
	for _, r := range runs {
		if _, known := ports[r.Type]; !known {
			types = append(types, r.Type)
		}
		ports[r.Type] = ports[r.Type].Union(reach.Ports{r.Interval})
	}
	if len(types) == 1 {
		return types[0]
	}
	slices.SortStableFunc(types, func(a, b string) int { return ports[b].Len() - ports[a].Len() })
	const several = 5
	texts := make([]string, 0, len(types))
	for i, t := range types {
		if i == several && len(types) > several+1 {
			texts = append(texts, fmt.Sprintf("%d more types", len(types)-several))
			break
		}
		if i == 0 && ports[t].Len() > 1 {
			texts = append(texts, t+" ("+portCount(ports[t].Len())+")")
			continue
		}
		texts = append(texts, t+" ("+portsText(ports[t])+")")
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
}

// portSentence says what a record of ports changes for whom, and over what it
// wins.
func (a *changeAnswer) portSentence(d semanage.Difference, r semanage.Port) string {
	was, is := a.change.before.Decider().Policy(), a.change.after.Decider().Policy()
	old := labelsText(labelsWithin(was, r.Protocol, r.Low, r.High))
	changed := labelsText(labelsWithin(is, r.Protocol, r.Low, r.High))
	name := r.Key().String()
	switch {
	case old == changed && d.After == nil:
		return fmt.Sprintf("%s is %s, and stays so without the local record", name, old)
	case old == changed:
		return fmt.Sprintf("%s is %s, and stays so", name, old)
	case d.After == nil:
		return fmt.Sprintf("%s is %s; without the local record it is %s: %s", name, old, changed, a.gainsPort(r))
	}
	return fmt.Sprintf("%s is %s; as %s %s", name, old, changed, a.gainsPort(r))
}

// gainsPort says how many domains gain and lose ports.
func (a *changeAnswer) gainsPort(r semanage.Port) string {
	what := "it"
	if r.Low != r.High {
		what = "ports"
	}
	gain, lose := gainers(a.effects), losers(a.effects)
	return count(gain, "domain gains", "domains gain") + " " + what + ", " + count(lose, "loses", "lose") + " " + what
}

// portOutcome says what a policy labels ports, and by which record.
func portOutcome(p *policy.Policy, r semanage.Port, local bool) string {
	runs := labelsWithin(p, r.Protocol, r.Low, r.High)
	text := fmt.Sprintf("%s is %s", r.Key(), labelsText(runs))
	if len(runs) != 1 {
		return text
	}
	if local {
		return text + " (local record)"
	}
	return text + " (" + recordOf(p, runs[0].Record) + ")"
}

// recordOf names the statement of the policy that labels a port.
func recordOf(p *policy.Policy, n int) string {
	if n < 0 {
		return "initial SID port"
	}
	c := p.Ports()[n]
	return fmt.Sprintf("portcon %s %s", policy.ProtocolName(c.Protocol), intervalText(reach.Interval{Low: uint16(c.Low), High: uint16(c.High)}))
}

func labelsJSON(p *policy.Policy, r semanage.Port) []portLabelJSON {
	var list []portLabelJSON
	for _, run := range labelsWithin(p, r.Protocol, r.Low, r.High) {
		list = append(list, portLabelJSON{run.Low, run.High, run.Type, recordOf(p, run.Record)})
	}
	return list
}
