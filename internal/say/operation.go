package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// An Operation is a question about an operation with its answer.
type Operation struct {
	Decider  *access.Decider
	Question network.Question
	Answer   *network.Answer
	Name     string // of the subject, as commands accept it
	Target   string // as commands accept it
	// OnlyLogged says that a denial is only logged today: the machine or the subject is permissive.
	OnlyLogged bool
	// Portless says that the operation is about no port.
	Portless bool
	// Modules finds the statements of rules; nil if they are not wanted.
	Modules *provenance.Finder
	// Calls are the interfaces that grant what layers refuse.
	Calls []senet.Call
}

// OperationOf returns the operation of an answer, to describe it in words.
func OperationOf(a *senet.Answer) *Operation {
	return &Operation{
		Decider: access.NewDecider(a.Policy()), Question: a.Question(), Answer: &a.Answer, Name: a.Subject.Name,
		Target: a.TargetText(), OnlyLogged: a.OnlyLogged, Portless: a.Named != "", Calls: a.Calls,
	}
}

// PeerOf returns the answer for the process at the other end, nil if it was not asked.
func PeerOf(a *senet.Answer) *Operation {
	if a.Other == nil {
		return nil
	}
	return &Operation{
		Decider: access.NewDecider(a.Policy()), Question: a.OtherQuestion(), Answer: a.Other,
		Name: a.Packets.Peer.Name, Target: a.Query.Target.String(), Calls: a.Calls,
	}
}

func (o *Operation) policy() *policy.Policy { return o.Decider.Policy() }

func (o *Operation) typeName(c policy.Context) string {
	return o.policy().TypeName(policy.TypeID(c.Type))
}

// Headline returns the verdict in a line.
func (o *Operation) Headline() words.Lines {
	action := Action(o.Question.Operation)
	switch o.Answer.Verdict {
	case network.Denied:
		return words.Format("NO    %s", words.WrapFormat(6, "%s may not %s %s%s", o.Name, action, o.Target,
			onlyLogged(o.OnlyLogged)))
	case network.Depends:
		return words.Format("?     %s", words.WrapFormat(6,
			"it depends whether %s may %s %s", o.Name, action, o.Target))
	}
	return words.Format("YES   %s", words.WrapFormat(6, "%s may %s %s", o.Name, action, o.Target))
}

// onlyLogged returns the remark for a denial that is only logged today.
func onlyLogged(yes bool) string {
	if yes {
		return " (permissive now: only logged)"
	}
	return ""
}

// Action returns an operation as words before its target.
func Action(op network.Operation) string {
	switch op {
	case network.Connect:
		return "connect to"
	case network.Listen:
		return "listen on"
	case network.Send:
		return "send to"
	case network.Recv:
		return "receive on"
	}
	return string(op)
}

// Layers adds a line for each layer, with the rules that grant its permissions.
func (o *Operation) Layers(b *words.Page) {
	groups := network.Groups(o.Answer.Layers)
	texts := make([]string, len(groups))
	width := 0
	for i := range groups {
		if groups[i].Consulted {
			texts[i] = o.Check(&groups[i])
			width = max(width, len(texts[i]))
		}
	}
	var silent []words.Lines // layers that are not consulted, by reason
	for i := range groups {
		g := &groups[i]
		if !g.Consulted && o.Portless && (g.Layer == network.LayerPort || g.Layer == network.LayerCapability) {
			continue
		}
		if !g.Consulted {
			line := words.Format("      %-10s not consulted: %s\n", g.Layer, words.Wrap(g.NotConsulted, 32))
			if !slices.Contains(silent, line) {
				silent = append(silent, line)
				b.Printf("%s", line)
			}
			continue
		}
		b.Printf("      %-10s %s\n", g.Layer, words.Cells(texts[i], width, State(g), 17))
		if g.LabelledBy != "" {
			b.Printf("                 %s\n", words.Wrap(g.LabelledBy, 17))
		}
		for _, line := range append(o.granting(g), o.switchedOff(g)...) {
			b.Printf("                 %s\n", line)
		}
		if c := CallFor(o.Calls, g); c != nil {
			b.Printf("                 %s\n", words.Wrap(callText(c), 17))
		}
	}
}

// Check describes who asks for which permission on what.
func (o *Operation) Check(g *network.Group) string {
	source, object := o.typeName(g.SourceContext), o.typeName(g.TargetContext)
	switch {
	case g.Layer == network.LayerSocket && g.Target == network.PartyPeer && g.Refused() != nil &&
		g.Refused().Reason.Code == network.LabelUnknown:
		object = "?"
	case object == source:
		object = "self"
	}
	return source + " " + object + ":" + g.Class + " " + Perms(g.Names)
}

// Fix returns the command that lists the fixes of the check that refuses an operation on no port.
func (o *Operation) Fix(again shell.Command) shell.Command {
	l := network.Refusing(network.Groups(o.Answer.Layers))
	var perms []string
	for i := range l.Checks {
		if !l.Checks[i].Allowed {
			perms = append(perms, l.Names[i])
		}
	}
	source, object := o.typeName(l.SourceContext), o.typeName(l.TargetContext)
	if source == object {
		object = "self"
	}
	return shell.New("senet", "fix").Arg(source, l.Class+":"+strings.Join(perms, ","), object).With(again)
}

// Perms writes permissions as in rules.
func Perms(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "{ " + strings.Join(names, " ") + " }"
}

// State describes the result of a layer in a few words.
func State(g *network.Group) string {
	refused := g.Refused()
	switch {
	case refused != nil && refused.Reason.Code == network.LabelUnknown:
		return "depends on the label"
	case refused != nil && g.Unknown && len(g.DependsOn) > 0:
		return "depends"
	case refused != nil && g.Excused:
		return "denied, but the next one is enough"
	case refused != nil && g.Unknown:
		return "would be denied"
	case refused != nil && g.Permissive:
		return "denied, only logged (permissive)"
	case refused != nil:
		return "DENIED"
	}
	for i := range g.Checks {
		if g.Checks[i].Reason.Code == access.UnknownAllowed {
			return "undefined, allowed"
		}
	}
	return "allowed"
}

// granting returns the first rule for each granted permission, each rule once, with its statements.
func (o *Operation) granting(g *network.Group) []string {
	p := o.policy()
	class, _ := p.Class(g.Class)
	asked := policy.AccessVector(0)
	for _, name := range g.Names {
		perm, _ := p.Perm(class, name)
		asked |= perm
	}
	var rules []string
	var seen []policy.RuleAddr
	for i := range g.Checks {
		if g.Checks[i].Reason.Code != access.Granted {
			continue
		}
		first := g.Checks[i].Reason.Rules[0]
		if !slices.Contains(seen, first.Addr()) {
			seen = append(seen, first.Addr())
			rules = append(rules, "by "+Rule(p, first, asked))
			rules = append(rules, Origins(o.Modules, p, first, asked)...)
		}
	}
	return rules
}

// CallFor returns the interface that grants what a layer refuses, nil for none.
func CallFor(calls []senet.Call, g *network.Group) *senet.Call {
	if g.Refused() == nil {
		return nil
	}
	for i := range calls {
		c := &calls[i]
		if uint32(c.Source) == g.SourceContext.Type && uint32(c.Target) == g.TargetContext.Type && c.Class == g.Class {
			return c
		}
	}
	return nil
}

// callText says what an interface would do.
func callText(c *senet.Call) string {
	text := c.Text + " would allow it"
	switch {
	case c.Ports > 0:
		text += ", and " + Plural(c.Ports, "more port")
	case c.Permissions > 0:
		text += ", and " + Plural(c.Permissions, "more permission")
	}
	return text
}

// switchedOff returns the rules that would grant the access with other values of booleans, with
// their statements.
func (o *Operation) switchedOff(g *network.Group) []string {
	if o.Modules == nil {
		return nil
	}
	p := o.policy()
	var lines []string
	for i := range g.Checks {
		if g.Checks[i].Reason.Code != access.BoolOff {
			continue
		}
		for _, r := range g.Checks[i].Reason.Rules {
			asked, _ := p.Perm(r.Class, g.Checks[i].Name)
			lines = append(lines, "off "+Rule(p, r, asked))
			lines = append(lines, Origins(o.Modules, p, r, asked)...)
		}
	}
	return lines
}

// Command returns a command of senet about the same operation, with the flags that select the
// policy and the machine again.
func (o *Operation) Command(verb string, again shell.Command) shell.Command {
	return shell.New("senet", verb).Arg(o.Name, string(o.Question.Operation), o.Target).With(again)
}
