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
		return label + l.grantedBy(&d.Checks[0])
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

// grantedBy names the rule that grants a permission.
func (l *Log) grantedBy(pc *access.PermCheck) string {
	if pc.Reason.Code == access.Granted {
		return "granted by " + Rule(l.policy(), pc.Reason.Rules[0], ^policy.AccessVector(0)) + " [" +
			string(access.Granted) + "]"
	}
	return "the policy does not define " + pc.Name + ", and allows undefined permissions [" +
		string(pc.Reason.Code) + "]"
}
