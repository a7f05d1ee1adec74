package cli

import (
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// refusing returns the layer that refuses the operation, or would if it were
// not permissive; nil if none does.
func (q *canAnswer) refusing(groups []layerGroup) *layerGroup {
	for _, unknown := range []bool{false, true} {
		for i := range groups {
			if groups[i].Consulted && groups[i].refused() != nil && !groups[i].Permissive && groups[i].Unknown == unknown {
				return &groups[i]
			}
		}
	}
	for i := range groups {
		if groups[i].Consulted && groups[i].refused() != nil {
			return &groups[i]
		}
	}
	return nil
}

// why is the reason in a sentence or two.
func (q *canAnswer) why(groups []layerGroup) string {
	g := q.refusing(groups)
	if g == nil {
		return "every check the kernel makes is granted; " + q.portLabel()
	}
	refused := g.refused()
	source := q.p.TypeName(policy.TypeID(g.SourceContext.Type))
	object := q.p.TypeName(policy.TypeID(g.TargetContext.Type))
	text := ""
	switch g.Layer {
	case network.LayerPort:
		text = q.portLabel() + "; "
	case network.LayerNode:
		text = q.nodeLabel() + "; "
	}
	if q.answer.Verdict == network.Depends && len(g.DependsOn) > 0 {
		return "it depends: " + strings.Join(g.DependsOn, "; or ") + "; " + q.cause(g, refused, source, object) + " [" + string(refused.Reason.Code) + "]"
	}
	if g.LabelledBy != "" {
		text += g.LabelledBy + "; "
	}
	text += q.cause(g, refused, source, object)
	if g.Permissive {
		who := source
		if !q.p.IsPermissive(policy.TypeID(g.SourceContext.Type)) {
			who = "SELinux" // on the whole machine
		}
		text += "; the kernel only logs this: " + who + " is permissive"
	}
	if len(refused.Reason.DontAudit) > 0 {
		text += "; a dontaudit rule keeps the denial out of the log"
	}
	return text + " [" + string(refused.Reason.Code) + "]"
}

// cause says why one permission is refused.
func (q *canAnswer) cause(g *layerGroup, refused *access.PermCheck, source, object string) string {
	reason := &refused.Reason
	what := words.Sprintf("%s %s:%s %s", source, object, g.Class, refused.Name)
	switch reason.Code {
	case access.NoRule:
		if g.Layer == network.LayerPort {
			return q.elsewhere(g, refused, source)
		}
		return "no rule allows " + what
	case access.BoolOff:
		if g.Layer == network.LayerPort {
			return q.elsewhere(g, refused, source) + " unless a boolean is changed"
		}
		return words.Sprintf("the rule that allows %s holds only if %s", what, say.Condition(q.p, reason.Rules[0]))
	case access.Constrained:
		constraint := q.d.ExplainConstraint(reason.Constraints[0], g.SourceContext, g.TargetContext)
		return "a rule allows " + what + ", but a constraint refuses it: " + constraint.Sentence(refused.Name)
	case access.RoleRefused:
		return "a rule allows " + what + ", but no role allow rule permits the change of roles"
	case access.Bounded:
		return words.Sprintf("a rule allows %s, but %s, which bounds %s, may not", what, q.p.TypeName(reason.Bound), source)
	case network.LabelUnknown:
		return words.Sprintf("%s %s is asked of a label that is not known", g.Class, refused.Name)
	case network.NetLabelDrops:
		return "the kernel drops the packet: " + g.LabelledBy
	case network.SocketLabelInvalid:
		return "the policy gives the socket a label that it does not allow: " + q.p.FormatContext(g.TargetContext)
	case access.UnknownDenied:
		return words.Sprintf("the policy does not define %s %s, and denies what it does not define", g.Class, refused.Name)
	}
	return what + " is refused"
}

// elsewhere says on how many port types the permission is granted instead.
func (q *canAnswer) elsewhere(g *layerGroup, refused *access.PermCheck, source string) string {
	class, _ := q.p.Class(g.Class)
	perm, _ := q.p.Perm(class, refused.Name)
	n := q.d.TargetTypes(policy.TypeID(g.SourceContext.Type), class, perm).Len()
	switch n {
	case 0:
		return words.Sprintf("%s has %s on no port type", source, refused.Name)
	case 1:
		return words.Sprintf("%s has %s on 1 port type, not on this one", source, refused.Name)
	}
	return words.Sprintf("%s has %s on %d port types, not on this one", source, refused.Name, n)
}

// portLabel says what the port is labelled and which record wins.
func (q *canAnswer) portLabel() string {
	return say.PortLabel(q.p, q.target.protocol, q.port, q.answer.Port)
}

func (q *canAnswer) nodeLabel() string { return say.NodeLabel(q.p, q.target.addr, q.answer.Node) }

// switches returns the settings of booleans that would make the whole operation
// succeed: those that help the refusing layer and leave none that refuses.
func (q *canAnswer) switches() [][]policy.BoolSetting {
	return remedy.Switches(q.d, q.question(), &q.answer)
}
