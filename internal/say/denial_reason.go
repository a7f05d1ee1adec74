package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Reason returns the reason of a denial in a sentence, "" if the policy lacks a name of it.
func (l *Log) Reason(d *diagnose.Diagnosis) string {
	if len(d.Missing) > 0 && len(d.Checks) == 0 {
		return ""
	}
	label := ""
	if d.Label != nil {
		switch d.Layer {
		case network.LayerPort:
			label = PortLabel(l.policy(), d.Protocol, d.Port, *d.Label) + "; "
		case network.LayerNode:
			label = NodeLabel(l.policy(), d.Addr, *d.Label) + "; "
		}
	}
	refused := d.Refused()
	if refused == nil {
		if len(d.Checks) == 0 {
			return ""
		}
		return label + l.grantedBy(d.Checks)
	}
	g := &network.Group{LayerAnswer: network.LayerAnswer{SourceContext: d.Source, TargetContext: d.Target,
		Consulted: true}}
	g.Layer, g.Class = d.Layer, d.Class
	source, object := l.policy().TypeName(policy.TypeID(d.Source.Type)),
		l.policy().TypeName(policy.TypeID(d.Target.Type))
	if source == object && l.policy().FormatContext(d.Source) == l.policy().FormatContext(d.Target) {
		object = "self"
	}
	o := &Operation{Decider: l.Decider}
	var causes []string
	for _, group := range refusals(d) {
		pc := group[0]
		cause := ""
		if c := d.Command; c != nil && pc.Name == c.Kind.String() {
			cause = commandCause(d, source, object)
		}
		if c := d.Command; c == nil || !c.Only || pc.Name != c.Kind.String() {
			if pc.Reason.Code == access.NoRule && len(group) > 1 {
				pc.Name = Perms(names(group))
			}
			cause = joinReasons(o.Cause(g, &pc, source, object), cause)
		}
		causes = append(causes, cause+" ["+string(pc.Reason.Code)+"]")
	}
	return label + strings.Join(causes, "; and ")
}

// refusals returns the refused permissions, grouped by reason, the reason with the most necessary
// changes first.
func refusals(d *diagnose.Diagnosis) [][]access.PermCheck {
	groups := [][]access.PermCheck{{*d.Refused()}}
	for _, pc := range d.Checks {
		if pc.Allowed || pc.Name == groups[0][0].Name {
			continue
		}
		at := slices.IndexFunc(groups, func(g []access.PermCheck) bool {
			return g[0].Reason.Code == pc.Reason.Code && (d.Command == nil || d.Command.Kind.String() != pc.Name &&
				d.Command.Kind.String() != g[0].Name)
		})
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], pc)
	}
	return groups
}

func names(checks []access.PermCheck) []string {
	list := make([]string, len(checks))
	for i := range checks {
		list[i] = checks[i].Name
	}
	return list
}

func joinReasons(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "; and " + second
}

// commandCause says that rules of extended permissions deny a command, "" if none does.
func commandCause(d *diagnose.Diagnosis, source, object string) string {
	c := d.Command
	if c == nil {
		return ""
	}
	what := words.Sprintf("the command %#x", c.Number)
	if c.Kind == access.Nlmsg {
		what = words.Sprintf("the message type %d", c.Number)
	}
	if c.Only {
		return words.Sprintf("a rule allows %s %s:%s %s, but not %s: allowxperm rules limit the commands", source,
			object, d.Class, c.Kind, what)
	}
	return words.Sprintf("%s also needs an allowxperm rule, because such rules limit the commands", what)
}

// maxGranting bounds the rules that are named for one set of permissions.
const maxGranting = 2

// grantedBy names the rules that together grant permissions: one if it grants all of them.
func (l *Log) grantedBy(checks []access.PermCheck) string {
	left := slices.DeleteFunc(slices.Clone(checks), func(pc access.PermCheck) bool {
		return pc.Reason.Code != access.Granted || len(pc.Reason.Rules) == 0
	})
	if len(left) == 0 {
		return "the policy does not define " + checks[0].Name + ", and allows undefined permissions [" +
			string(checks[0].Reason.Code) + "]"
	}
	text, n := "", 0
	for ; len(left) > 0; n++ {
		rule := widest(left)
		left = slices.DeleteFunc(left, func(pc access.PermCheck) bool { return slices.Contains(pc.Reason.Rules, rule) })
		switch {
		case n == 0:
			text = "granted by " + Rule(l.policy(), rule, ^policy.AccessVector(0))
		case n < maxGranting:
			text += " and " + Rule(l.policy(), rule, ^policy.AccessVector(0))
		}
	}
	if n > maxGranting {
		text += words.Sprintf(" and %s", Plural(n-maxGranting, "more rule"))
	}
	return text + " [" + string(access.Granted) + "]"
}

// widest returns the rule that grants the most of some permissions, the first in the policy's order of several.
func widest(checks []access.PermCheck) (best policy.Rule) {
	most := 0
	for i := range checks {
		for _, rule := range checks[i].Reason.Rules {
			n := 0
			for j := range checks {
				if slices.Contains(checks[j].Reason.Rules, rule) {
					n++
				}
			}
			if n > most {
				best, most = rule, n
			}
		}
	}
	return best
}
