package cli

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// write prints the answer for a person: the verdict, the reason, the layers,
// what would change it, what was assumed, the next command.
func (q *canAnswer) write(w io.Writer) error {
	var b words.Page
	groups := groupLayers(q.answer.Layers)
	b.Printf("%s\n", q.headline())
	for _, run := range q.runs {
		b.Printf("      %-12s %-8s %s\n", run.Interval, run.Verdict,
			q.p.TypeName(policy.TypeID(run.Label.Context.Type)))
	}
	b.Printf("why   %s\n", words.Wrap(q.why(groups), 6))
	q.writeLayers(&b, groups)
	for _, s := range q.switches() {
		b.Printf("bool  %s would allow it\n", say.Settings(q.p, s, " and "))
	}
	if filter := cmp.Or(q.answer.Filtered, q.answer.MayFilter); filter != "" {
		b.Printf("note  %s\n", words.Wrap("whatever SELinux says, "+filter, 6))
	}
	q.writePeer(&b)
	for _, step := range q.subject.Steps {
		b.Printf("from  %s\n", words.Wrap(stepText(step), 6))
	}
	for _, a := range q.assumptions() {
		b.Printf("note  %s\n", words.Wrap("assumed: "+a.Text+" ["+a.Code+"]", 6))
	}
	b.Command("next", q.next())
	_, err := b.WriteTo(w)
	return err
}

// headline is the verdict in a line.
func (q *canAnswer) headline() string {
	switch q.answer.Verdict {
	case network.Denied:
		return words.Sprintf("NO    %s may not %s %s", q.subject.Name, q.action(), q.target)
	case network.Depends:
		return words.Sprintf("?     it depends whether %s may %s %s", q.subject.Name, q.action(), q.target)
	}
	return words.Sprintf("YES   %s may %s %s", q.subject.Name, q.action(), q.target)
}

// writePeer prints what the process at the other end may.
func (q *canAnswer) writePeer(b *words.Page) {
	if q.peer == nil {
		return
	}
	groups := groupLayers(q.peer.answer.Layers)
	b.Printf("peer  %s\n", q.peer.headline())
	b.Printf("why   %s\n", words.Wrap(q.peer.why(groups), 6))
	q.peer.writeLayers(b, groups)
}

func (q *canAnswer) action() string {
	switch q.op {
	case network.Connect:
		return "connect to"
	case network.Listen:
		return "listen on"
	case network.Send:
		return "send to"
	case network.Recv:
		return "receive on"
	}
	return string(q.op)
}

func (q *canAnswer) writeLayers(b *words.Page, groups []layerGroup) {
	texts := make([]string, len(groups))
	width := 0
	for i := range groups {
		g := &groups[i]
		if g.Consulted {
			texts[i] = q.check(g)
			width = max(width, len(texts[i]))
		}
	}
	var silent []words.Lines // layers that are not consulted, each said once
	for i := range groups {
		g := &groups[i]
		if !g.Consulted {
			line := words.Format("      %-10s not consulted: %s\n", g.Layer, words.Wrap(g.NotConsulted, 32))
			if !slices.Contains(silent, line) {
				silent = append(silent, line)
				b.Printf("%s", line)
			}
			continue
		}
		b.Printf("      %-10s %-*s  %s\n", g.Layer, width, texts[i], g.state())
		if g.LabelledBy != "" {
			b.Printf("                 %s\n", words.Wrap(g.LabelledBy, 17))
		}
		for _, rule := range q.granting(g) {
			b.Printf("                 by %s\n", rule)
		}
	}
}

// stepText is a step of finding the subject, with where it comes from.
func stepText(s subject.Step) string {
	if s.From != "" {
		return s.Text + " (" + s.From + ")"
	}
	return s.Text
}

// check writes who asks what of whom.
func (q *canAnswer) check(g *layerGroup) string {
	source := q.p.TypeName(policy.TypeID(g.SourceContext.Type))
	object := q.p.TypeName(policy.TypeID(g.TargetContext.Type))
	if object == source {
		object = "self"
	}
	perms := g.names[0]
	if len(g.names) > 1 {
		perms = "{ " + strings.Join(g.names, " ") + " }"
	}
	return source + " " + object + ":" + g.Class + " " + perms
}

// granting returns, for each permission that is granted, the first rule that
// grants it, each rule once.
func (q *canAnswer) granting(g *layerGroup) []string {
	asked := policy.AccessVector(0)
	class, _ := q.p.Class(g.Class)
	for _, name := range g.names {
		perm, _ := q.p.Perm(class, name)
		asked |= perm
	}
	var rules []string
	var seen []policy.RuleAddr
	for i := range g.perms {
		pc := &g.perms[i]
		if pc.Reason.Code != access.Granted {
			continue
		}
		first := pc.Reason.Rules[0]
		if !slices.Contains(seen, first.Addr()) {
			seen = append(seen, first.Addr())
			rules = append(rules, say.Rule(q.p, first, asked))
		}
	}
	return rules
}

// next is the command that leads on.
func (q *canAnswer) next() shell.Command {
	if q.answer.Verdict == network.Denied && q.target.ports.Len() == 1 {
		return q.command("fix")
	}
	return q.command("can").Flag("--json")
}

// command asks the same question of a command of senet.
func (q *canAnswer) command(verb string) shell.Command {
	return shell.New("senet", verb).Arg(q.subject.Name, string(q.op), q.target.String()).With(q.repeat)
}

// policyArg names a policy for senet search.
func policyArg(name string) shell.Command {
	if name == exampleName {
		return shell.Command{}
	}
	return shell.Command{}.Arg(name)
}
