package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/network"
)

// explainText prints a page for a person.
type explainText struct {
	page   explain.Answer
	repeat string // the flags that ask the same policy again
	b      strings.Builder
}

// label is the width of the words that begin a section of a page.
const label = 8

func (t *explainText) write(w io.Writer) error {
	p := &t.page
	t.line("", p.Topic+": "+p.Title)
	blocks := strings.Split(p.Text, "\n\n")
	next := []string{}
	if last := blocks[len(blocks)-1]; isVerbatim(last) {
		blocks = blocks[:len(blocks)-1]
		for line := range strings.Lines(last) {
			next = append(next, strings.TrimSpace(line))
		}
	}
	for i, block := range blocks {
		if block == "" {
			continue
		}
		if i == 0 || !isItem(block) || !isItem(blocks[i-1]) && !strings.HasSuffix(blocks[i-1], ":") {
			t.b.WriteString("\n")
		}
		t.block(block)
		if i == 0 && p.Topic == "layers" && p.Live != nil {
			t.b.WriteString("\n")
			t.layers()
		}
	}
	t.live()
	t.b.WriteString("\n")
	if len(p.See) > 0 {
		t.section("see", strings.Join(p.See, ", "))
	}
	if command := t.next(len(next) == 0); command != "" {
		next = append(next, command)
	}
	for i, command := range next {
		// In one line however long, to be copied.
		fmt.Fprintf(&t.b, "%-*s%s\n", label, map[bool]string{true: "next"}[i == 0], command)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func isVerbatim(block string) bool { return strings.HasPrefix(block, "    ") }

func isItem(block string) bool { return strings.HasPrefix(block, "* ") }

// next is the command that the facts lead to, and if there is none and one is
// wanted, that of the first page to read on.
func (t *explainText) next(wanted bool) string {
	p := &t.page
	if command := t.nextFact(); command != "" {
		return command
	}
	if wanted && len(p.See) > 0 {
		return "senet explain " + p.See[0] + t.repeat
	}
	return ""
}

func (t *explainText) nextFact() string {
	p := &t.page
	l := p.Live
	switch {
	case l == nil:
	case l.Domain != nil:
		return "senet ports " + l.Type.Name + t.repeat
	case l.Type != nil && len(l.Type.Ports) > 0:
		ports, op := l.Type.Ports[0], network.Connect
		if ports.Connect < 0 {
			op = network.Bind
		}
		return fmt.Sprintf("senet who %s %s/%d%s", op, ports.Protocol, ports.Ports[0].Low, t.repeat)
	case l.Type != nil && l.Type.AsSource > l.Type.AsTarget:
		return "senet search -A -s " + l.Type.Name + t.file()
	case l.Type != nil:
		return "senet search -A -t " + l.Type.Name + t.file()
	case l.Boolean != nil:
		return "senet search -A -b " + p.Topic + t.file()
	case p.Kind == explain.KindClass:
		return "senet search -A -c " + p.Topic + t.file()
	case len(l.Grants) > 0:
		most := slices.MaxFunc(l.Grants, func(a, b explain.Grant) int { return cmp.Compare(a.Rules, b.Rules) })
		return fmt.Sprintf("senet search -A -c %s -p %s%s", most.Class, p.Topic[strings.LastIndex(p.Topic, ":")+1:], t.file())
	}
	return ""
}

// file is the policy as an argument of senet search, with a blank before it.
func (t *explainText) file() string {
	if name := t.page.Live.Policy; name != exampleName {
		return " " + name
	}
	return ""
}

// block prints a paragraph, an item of a list or verbatim lines.
func (t *explainText) block(text string) {
	switch {
	case isVerbatim(text):
		t.b.WriteString(text + "\n")
	case isItem(text):
		t.b.WriteString("* " + wrap(text[2:], 2) + "\n")
	default:
		t.line("", text)
	}
}

// line prints a text behind an indentation.
func (t *explainText) line(indent, text string) {
	t.b.WriteString(indent + wrap(text, len(indent)) + "\n")
}

// section prints a text behind the word that begins a section, or below it if
// the word is "".
func (t *explainText) section(name, text string) {
	fmt.Fprintf(&t.b, "%-*s%s\n", label, name, wrap(text, label))
}

// live prints what the policy and the host add.
func (t *explainText) live() {
	l := t.page.Live
	if l == nil {
		return
	}
	before := t.b.String()
	t.b.WriteString("\n")
	begun := t.b.Len()
	if len(l.Layers) > 0 && t.page.Topic != "layers" {
		t.layers()
	}
	t.checks()
	t.perms()
	t.macroRules()
	t.grants()
	t.deadRules()
	t.typeFacts()
	t.domain()
	t.boolean()
	if l.Enabled != nil {
		t.section("here", "the policy has it "+onOff(*l.Enabled))
	}
	if t.b.Len() == begun && len(l.Layers) == 0 {
		t.b.Reset()
		t.b.WriteString(before)
		return
	}
	t.line("", fmt.Sprintf("(policy %s, %s)", l.Policy, l.Host.Source))
}

func (t *explainText) deadRules() {
	n := t.page.Live.DeadRules
	if n == nil {
		return
	}
	verb := " grant"
	if *n == 1 {
		verb = " grants"
	}
	t.section("policy", plural(*n, "allow rule")+verb+" what no kernel since 2.6.30 asks for")
}
