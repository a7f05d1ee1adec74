package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// write prints the answer for a person: the verdict, the reason, the layers,
// what would change it, what was assumed, the next command.
func (q *canAnswer) write(w io.Writer) error {
	var b strings.Builder
	groups := groupLayers(q.answer.Layers)
	fmt.Fprintln(&b, q.headline())
	for _, run := range q.runs {
		fmt.Fprintf(&b, "      %-12s %-8s %s\n", intervalText(run.Interval), run.Verdict, q.p.TypeName(policy.TypeID(run.Label.Context.Type)))
	}
	fmt.Fprintf(&b, "why   %s\n", wrap(q.why(groups), 6))
	q.writeLayers(&b, groups)
	for _, s := range q.switches() {
		fmt.Fprintf(&b, "bool  %s would allow it\n", settingsText(q.p, s, " and "))
	}
	q.writePeer(&b)
	for _, step := range q.subject.Steps {
		fmt.Fprintf(&b, "from  %s\n", wrap(stepText(step), 6))
	}
	for _, a := range q.assumptions() {
		fmt.Fprintf(&b, "note  %s\n", wrap("assumed: "+a.Text+" ["+a.Code+"]", 6))
	}
	fmt.Fprintf(&b, "next  %s\n", q.next())
	_, err := io.WriteString(w, b.String())
	return err
}

// headline is the verdict in a line.
func (q *canAnswer) headline() string {
	switch q.answer.Verdict {
	case network.Denied:
		return fmt.Sprintf("NO    %s may not %s %s", q.subject.Name, q.action(), q.target)
	case network.Depends:
		return fmt.Sprintf("?     it depends whether %s may %s %s", q.subject.Name, q.action(), q.target)
	}
	return fmt.Sprintf("YES   %s may %s %s", q.subject.Name, q.action(), q.target)
}

// writePeer prints what the process at the other end may.
func (q *canAnswer) writePeer(b *strings.Builder) {
	if q.peer == nil {
		return
	}
	groups := groupLayers(q.peer.answer.Layers)
	fmt.Fprintf(b, "peer  %s\n", q.peer.headline())
	fmt.Fprintf(b, "why   %s\n", wrap(q.peer.why(groups), 6))
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

func (q *canAnswer) writeLayers(b *strings.Builder, groups []layerGroup) {
	texts := make([]string, len(groups))
	width := 0
	for i := range groups {
		g := &groups[i]
		if g.Consulted {
			texts[i] = q.check(g)
			width = max(width, len(texts[i]))
		}
	}
	var silent []string // layers that are not consulted, each said once
	for i := range groups {
		g := &groups[i]
		if !g.Consulted {
			line := fmt.Sprintf("      %-10s not consulted: %s\n", g.Layer, wrap(g.NotConsulted, 32))
			if !slices.Contains(silent, line) {
				silent = append(silent, line)
				b.WriteString(line)
			}
			continue
		}
		fmt.Fprintf(b, "      %-10s %-*s  %s\n", g.Layer, width, texts[i], g.state())
		if g.LabelledBy != "" {
			fmt.Fprintf(b, "                 label by %s\n", wrap(g.LabelledBy, 17))
		}
		for _, rule := range q.granting(g) {
			fmt.Fprintf(b, "                 by %s\n", rule)
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
			rules = append(rules, ruleText(q.p, first, asked))
		}
	}
	return rules
}

// next is the command that leads on.
func (q *canAnswer) next() string {
	again := fmt.Sprintf("senet can %s %s %s%s", q.subject.Name, q.op, q.target, q.repeat)
	if q.answer.Verdict == network.Denied && q.target.ports.Len() == 1 {
		return fmt.Sprintf("senet fix %s %s %s%s", q.subject.Name, q.op, q.target, q.repeat)
	}
	return again + " --json"
}

// wrap breaks text at blanks so that it fits 80 columns behind an indentation.
func wrap(text string, indent int) string {
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		if i > 0 && column+1+len(word) > 80 {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		} else if i > 0 {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
