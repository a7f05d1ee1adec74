package cli

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/semanage"
)

// A labelRun is a run of ports that one record of a policy labels.
type labelRun struct {
	reach.Interval
	Label   string // see contextName
	Record  int    // as in policy.Label
	Context semanage.Context
}

// contextIn is a context of a policy as records have it.
func contextIn(p *policy.Policy, c policy.Context) semanage.Context {
	context, err := semanage.ParseContext(p.FormatContext(c))
	if err != nil {
		return semanage.Context{Type: p.TypeName(policy.TypeID(c.Type))}
	}
	return context
}

// labelName is the type of a label, with the range where it is not s0.
func labelName(p *policy.Policy, c policy.Context) string {
	return contextName(contextIn(p, c))
}

// labelsWithin returns the labels of a range of ports.
func labelsWithin(p *policy.Policy, protocol semanage.Protocol, low, high uint16) []labelRun {
	var runs []labelRun
	for _, s := range p.PortSegments(uint8(protocol)) {
		if s.Low <= high && s.High >= low {
			in := reach.Interval{Low: max(s.Low, low), High: min(s.High, high)}
			context := contextIn(p, s.Label.Context)
			runs = append(runs, labelRun{in, contextName(context), s.Label.Record, context})
		}
	}
	return runs
}

// labelsText says which types label a range: one, or several with their ports.
func labelsText(runs []labelRun) string {
	var types []string
	ports := make(map[string]reach.Ports)
	for _, r := range runs {
		if _, known := ports[r.Label]; !known {
			types = append(types, r.Label)
		}
		ports[r.Label] = ports[r.Label].Union(reach.Ports{r.Interval})
	}
	if len(types) == 1 {
		return types[0]
	}
	slices.SortStableFunc(types, func(a, b string) int { return ports[b].Len() - ports[a].Len() })
	const several = 5
	texts := make([]string, 0, len(types))
	for i, t := range types {
		if i == several && len(types) > several+1 {
			texts = append(texts, words.Sprintf("%d more types", len(types)-several))
			break
		}
		if i == 0 && ports[t].Len() > 1 {
			texts = append(texts, t+" ("+say.Plural(ports[t].Len(), "port")+")")
			continue
		}
		texts = append(texts, t+" ("+say.Ports(ports[t])+")")
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
}

// portSentence says what a record of ports changes for whom, and over what it
// wins.
func (a *changeAnswer) portSentence(d semanage.Difference, r semanage.Port) string {
	was, is := a.change.Before, a.change.After
	old := labelsText(labelsWithin(was, r.Protocol, r.Low, r.High))
	changed := labelsText(labelsWithin(is, r.Protocol, r.Low, r.High))
	name := r.Key().String()
	switch {
	case old == changed && d.After == nil:
		return words.Sprintf("%s is %s, and stays so without the local record", name, old)
	case old == changed:
		return words.Sprintf("%s is %s, and stays so", name, old)
	case d.After == nil:
		return words.Sprintf("%s is %s; without the local record it is %s: %s", name, old, changed, a.gainsPort(r))
	}
	return words.Sprintf("%s is %s; as %s %s", name, old, changed, a.gainsPort(r))
}

// gainsPort says how many domains gain and lose ports.
func (a *changeAnswer) gainsPort(r semanage.Port) string {
	what := "it"
	if r.Low != r.High {
		what = "ports"
	}
	gain, lose := impact.Gainers(a.effects), impact.Losers(a.effects)
	return say.Count(gain, "domain gains", "domains gain") + " " + what + ", " + say.Count(lose, "loses", "lose") +
		" " + what
}

// portOutcome says what a policy labels ports, and by which record.
func portOutcome(p *policy.Policy, r semanage.Port, local bool) string {
	runs := labelsWithin(p, r.Protocol, r.Low, r.High)
	text := words.Sprintf("%s is %s", r.Key(), labelsText(runs))
	if len(runs) != 1 {
		return text
	}
	if n := runs[0].Record; local && n >= 0 && p.Port(n).Low == uint32(r.Low) && p.Port(n).High == uint32(r.High) {
		return text + " (local record)"
	}
	return text + " (" + say.PortStatement(p, runs[0].Record) + ")"
}

func labelsJSON(p *policy.Policy, r semanage.Port) []doc.PortLabel {
	var list []doc.PortLabel
	for _, run := range labelsWithin(p, r.Protocol, r.Low, r.High) {
		list = append(list, newPortLabelJSON(run.Interval, run.Context, say.PortStatement(p, run.Record)))
	}
	return list
}

// winsOver names the records of the policy that label ports of a range and will no
// longer, because a local record wins. The one of the same range is not named.
func winsOver(p *policy.Policy, r semanage.Port) string {
	const several = 4
	var names []string
	more := 0
	seen := make(map[int]bool)
	for _, run := range labelsWithin(p, r.Protocol, r.Low, r.High) {
		if run.Record < 0 || seen[run.Record] {
			continue
		}
		seen[run.Record] = true
		c := p.Port(run.Record)
		switch {
		case c.Low == uint32(r.Low) && c.High == uint32(r.High):
		case len(names) == several:
			more++
		default:
			names = append(names, words.Sprintf("%s (%s)", say.PortStatement(p, run.Record), run.Label))
		}
	}
	if len(names) == 0 {
		return ""
	}
	text := "a local record wins over " + strings.Join(names, ", ")
	if more > 0 {
		text += words.Sprintf(" and %s of the policy", say.Plural(more, "more record"))
	}
	return text
}
