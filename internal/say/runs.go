package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/semanage"
)

// Labels lists the types that label a range of ports: one, or several with their ports, the type
// with the most ports first.
func Labels(runs []records.Run) string {
	types, ports := byLabel(runs)
	switch len(types) {
	case 0:
		return ""
	case 1:
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
			texts = append(texts, t+" ("+Plural(ports[t].Len(), "port")+")")
			continue
		}
		texts = append(texts, t+" ("+Ports(ports[t])+")")
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
}

// MostLabels returns the label of most of the ports, and the number of the other labels.
func MostLabels(runs []records.Run) string {
	types, ports := byLabel(runs)
	if len(types) == 0 {
		return ""
	}
	best := slices.MaxFunc(types, func(a, b string) int { return ports[a].Len() - ports[b].Len() })
	if others := len(types) - 1; others > 0 {
		return best + " and " + Plural(others, "other type")
	}
	return best
}

// byLabel groups the ports by label, in the order of their first ports.
func byLabel(runs []records.Run) (types []string, ports map[string]portset.Set) {
	ports = make(map[string]portset.Set)
	for _, r := range runs {
		name := records.Label(r.Context)
		if _, known := ports[name]; !known {
			types = append(types, name)
		}
		ports[name] = ports[name].Union(portset.Set{r.Range})
	}
	return types, ports
}

// portOutcome describes the label of ports in a policy, and the record that sets it.
func portOutcome(p *policy.Policy, r semanage.Port, local bool) string {
	runs := records.Runs(p, r.Protocol, r.Range())
	text := words.Sprintf("%s is %s", r.Key(), Labels(runs))
	if len(runs) != 1 {
		return text
	}
	if n := runs[0].Record; local && n >= 0 && p.Port(n).Low == uint32(r.Low) && p.Port(n).High == uint32(r.High) {
		return text + " (local record)"
	}
	return text + " (" + PortStatement(p, runs[0].Record) + ")"
}

// winsOver names the records of a policy that no longer label ports of a range because of a local
// record, except the one for exactly this range.
func winsOver(p *policy.Policy, r semanage.Port) string {
	const several = 4
	var names []string
	more := 0
	seen := make(map[int]bool)
	for _, run := range records.Runs(p, r.Protocol, r.Range()) {
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
			names = append(names, words.Sprintf("%s (%s)", Portcon(c), records.Label(run.Context)))
		}
	}
	if len(names) == 0 {
		return ""
	}
	text := "a local record wins over " + strings.Join(names, ", ")
	if more > 0 {
		text += words.Sprintf(" and %s of the policy", Plural(more, "more record"))
	}
	return text
}
