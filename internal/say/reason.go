package say

import (
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Why returns the reason of the verdict in a sentence or two.
func (o *Operation) Why() string {
	g := network.Refusing(network.Groups(o.Answer.Layers))
	if g == nil && o.Portless {
		return "every check the kernel makes is granted"
	}
	if g == nil {
		return "every check the kernel makes is granted; " + o.portLabel()
	}
	refused := g.Refused()
	cause := o.Cause(g, refused, o.typeName(g.SourceContext), o.typeName(g.TargetContext))
	code := " [" + string(refused.Reason.Code) + "]"
	label := ""
	switch g.Layer {
	case network.LayerPort:
		label = o.portLabel() + "; "
	case network.LayerNode:
		label = NodeLabel(o.policy(), o.Question.Addr, o.Answer.Node) + "; "
	}
	if o.Answer.Verdict == network.Depends && len(g.DependsOn) > 0 {
		return "it depends: " + strings.Join(g.DependsOn, "; or ") + "; " + cause + code
	}
	if g.LabelledBy != "" {
		label += g.LabelledBy + "; "
	}
	text := label + cause
	if g.Permissive {
		who := o.typeName(g.SourceContext)
		if !o.policy().IsPermissive(policy.TypeID(g.SourceContext.Type)) {
			who = "SELinux" // the whole machine
		}
		text += "; the kernel only logs this: " + who + " is permissive"
	}
	if len(refused.Reason.DontAudit) > 0 {
		text += "; a dontaudit rule keeps the denial out of the log"
	}
	return text + code
}

// portLabel describes the label of the question's port.
func (o *Operation) portLabel() string {
	return PortLabel(o.policy(), o.Question.Protocol, o.Question.Port, o.Answer.Port)
}

// Cause says why a layer denies one permission to a source on an object.
func (o *Operation) Cause(g *network.Group, refused *access.PermCheck, source, object string) string {
	p, reason := o.policy(), &refused.Reason
	what := words.Sprintf("%s %s:%s %s", source, object, g.Class, refused.Name)
	switch reason.Code {
	case access.NoRule:
		if g.Layer == network.LayerPort {
			return o.elsewhere(g, refused, source)
		}
		return "no rule allows " + what
	case access.BoolOff:
		if g.Layer == network.LayerPort {
			return o.elsewhere(g, refused, source) + " unless a boolean is changed"
		}
		return words.Sprintf("the rule that allows %s is active only if %s", what, Condition(p, reason.Rules[0]))
	case access.Constrained:
		constraint := o.Decider.ExplainConstraint(reason.Constraints[0], g.SourceContext, g.TargetContext)
		return "a rule allows " + what + ", but a constraint refuses it: " + constraint.Sentence(refused.Name)
	case access.RoleRefused:
		return "a rule allows " + what + ", but no role allow rule permits the change of roles"
	case access.Bounded:
		return words.Sprintf("a rule allows %s, but %s, which bounds %s, may not", what, p.TypeName(reason.Bound),
			source)
	case network.LabelUnknown:
		return words.Sprintf("%s %s is asked of a label that is not known", g.Class, refused.Name)
	case network.NetLabelDrops:
		return "the kernel drops the packet: " + g.LabelledBy
	case network.NetLabelFails:
		return words.Sprintf("the call %s fails with %s: %s", g.Call, g.Errno, g.LabelledBy)
	case network.SocketLabelInvalid:
		return "the policy computes an invalid label for the socket: " + p.FormatContext(g.TargetContext)
	case access.UnknownDenied:
		return words.Sprintf("the policy does not define %s %s, and denies undefined permissions",
			g.Class, refused.Name)
	}
	return what + " is refused"
}

// elsewhere says on how many port types the permission is granted.
func (o *Operation) elsewhere(g *network.Group, refused *access.PermCheck, source string) string {
	class, _ := o.policy().Class(g.Class)
	perm, _ := o.policy().Perm(class, refused.Name)
	n := o.Decider.TargetTypes(policy.TypeID(g.SourceContext.Type), class, perm).Len()
	switch n {
	case 0:
		return words.Sprintf("%s has %s on no port type", source, refused.Name)
	case 1:
		return words.Sprintf("%s has %s on 1 port type, not on this one", source, refused.Name)
	}
	return words.Sprintf("%s has %s on %d port types, not on this one", source, refused.Name, n)
}
