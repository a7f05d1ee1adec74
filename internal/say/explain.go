package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// An explanation writes a page of senet explain.
type explanation struct {
	page   *explain.Answer
	repeat shell.Command // the flags that ask the same policy again
	// headers are the flags that read the same headers again
	headers shell.Command
	b       *words.Page
}

// Explain adds a page, with the facts of the policy and the host. repeat are the flags with
// which the next command asks the same policy, headers those with which it reads the same headers.
func Explain(b *words.Page, page *explain.Answer, repeat, headers shell.Command) {
	(&explanation{page: page, repeat: repeat, headers: headers, b: b}).write()
}

// sectionWidth is the width of the word before a section of a page.
const sectionWidth = 8

func (t *explanation) write() {
	p := t.page
	t.line("", p.Topic+": "+p.Title)
	blocks := strings.Split(p.Text, "\n\n")
	next := []string{} // commands, of which those of the book are senet's
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
			t.b.Printf("\n")
		}
		t.block(block)
		if i == 0 && p.Topic == "layers" && p.Live != nil {
			t.b.Printf("\n")
			t.layers()
		}
	}
	t.live()
	t.b.Printf("\n")
	if len(p.See) > 0 {
		t.section("see", strings.Join(p.See, ", "))
	}
	if command := t.next(len(next) == 0).String(); command != "" {
		next = append(next, command)
	}
	for i, command := range next {
		// In one line, however long, so that it can be copied.
		t.b.Printf("%-*s%s\n", sectionWidth, map[bool]string{true: "next"}[i == 0], command)
	}
}

func isVerbatim(block string) bool { return strings.HasPrefix(block, "    ") }

func isItem(block string) bool { return strings.HasPrefix(block, "* ") }

// next returns the command that the facts suggest, else, if one is wanted, the command for the
// first related page.
func (t *explanation) next(wanted bool) shell.Command {
	p := t.page
	if command := t.nextFact(); command.String() != "" {
		return command
	}
	if wanted && len(p.See) > 0 {
		return shell.New("senet", "explain").Arg(p.See[0]).With(t.repeat)
	}
	return shell.Command{}
}

func (t *explanation) nextFact() shell.Command {
	p := t.page
	l := p.Live
	switch {
	case l == nil:
	case l.Domain != nil:
		return shell.New("senet", "ports").Arg(l.Type.Name).With(t.repeat)
	case l.Type != nil && len(l.Type.Ports) > 0:
		ports, op := l.Type.Ports[0], network.Connect
		if ports.Connect < 0 {
			op = network.Bind
		}
		return shell.New("senet", "who").Arg(string(op), words.Sprintf("%s/%d", ports.Protocol,
			ports.Ports[0].Low)).With(t.repeat)
	case l.Type != nil && l.Type.AsSource > l.Type.AsTarget:
		return t.search("-s", l.Type.Name)
	case l.Type != nil:
		return t.search("-t", l.Type.Name)
	case l.Boolean != nil:
		return t.search("-b", p.Topic)
	case p.Kind == explain.KindInterface && l.Type == nil, p.Kind == explain.KindTemplate:
		return shell.New("senet", "refpolicy", "show").Arg(p.Topic).With(t.headers)
	case p.Kind == explain.KindMacro:
		return shell.New("senet", "refpolicy", "expand").Arg(p.Topic).With(t.headers)
	case p.Kind == explain.KindClass:
		return t.search("-c", p.Topic)
	case len(l.Grants) > 0:
		most := slices.MaxFunc(l.Grants, func(a, b explain.Grant) int { return cmp.Compare(a.Rules, b.Rules) })
		return t.search("-c", most.Class, "-p", p.Topic[strings.LastIndex(p.Topic, ":")+1:])
	}
	return shell.Command{}
}

// search returns the command that searches allow rules, with flags and their values.
func (t *explanation) search(flags ...string) shell.Command {
	c := shell.New("senet", "search", "-A")
	for i := 0; i < len(flags); i += 2 {
		c = c.Option(flags[i], flags[i+1])
	}
	return c.With(PolicyArg(t.page.Live.Policy))
}

// block prints a paragraph, an item of a list or verbatim lines.
func (t *explanation) block(text string) {
	switch {
	case isVerbatim(text):
		t.b.Printf("%s\n", words.Lines(text))
	case isItem(text):
		t.b.Printf("* %s\n", words.Wrap(text[2:], 2))
	default:
		t.line("", text)
	}
}

// line prints a text after an indentation.
func (t *explanation) line(indent, text string) {
	t.b.Printf("%s%s\n", indent, words.Wrap(text, len(indent)))
}

// section prints a text after the word that names the section, or below it if the word is "".
func (t *explanation) section(name, text string) {
	t.b.Printf("%-*s%s\n", sectionWidth, name, words.Wrap(text, sectionWidth))
}

// live prints the facts of the policy and the host.
func (t *explanation) live() {
	l := t.page.Live
	if l == nil {
		return
	}
	before := t.b.Len()
	t.b.Printf("\n")
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
		t.section("here", "the policy has it "+OnOff(*l.Enabled))
	}
	if t.b.Len() == begun && len(l.Layers) == 0 {
		t.b.Truncate(before)
		return
	}
	t.line("", words.Sprintf("(policy %s, %s)", l.Policy, l.Host.Source))
}

func (t *explanation) deadRules() {
	n := t.page.Live.DeadRules
	if n == nil {
		return
	}
	verb := " grant"
	if *n == 1 {
		verb = " grants"
	}
	t.section("policy", Plural(*n, "allow rule")+verb+" what no kernel since 2.6.30 asks for")
}

// PolicyArg names a policy for senet search.
func PolicyArg(name string) shell.Command {
	if name == senet.Example {
		return shell.Command{}
	}
	return shell.Command{}.Arg(name)
}
