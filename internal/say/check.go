package say

import (
	"strconv"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/check"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A Check holds services with the verdicts on their endpoints.
type Check struct {
	Decider  *access.Decider
	Services []*check.Service
	// Unread are the services whose configuration senet does not read.
	Unread []string
	// Quiet leaves out allowed endpoints; Steps adds how each domain was found.
	Quiet, Steps bool
	// Running are the sockets that the services were compared with, nil if they were not.
	Running *check.Running
	// Elsewhere says that the files are another system's, in a directory.
	Elsewhere bool
	// Access finds the fixes of refused files; nil for none.
	Access AccessAsker
	// Shown names a file for people.
	Shown func(file string) string
	// Again are the flags that choose the same policy and machine.
	Again shell.Command
}

// Write adds a line for each endpoint, the reason and the first fix of each refusal, and the
// problems. It reports whether it named a fix.
func (c *Check) Write(b *words.Page) bool {
	fixed := false
	asked := 0
	for _, s := range c.Services {
		if c.Quiet && s.Verdict() == network.Allowed && len(s.Gone) == 0 ||
			c.Running != nil && s.Verdict() == network.Allowed && len(s.Items)+len(s.Gone) == 0 {
			asked += len(s.Items)
			continue
		}
		c.head(b, s)
		last := ""
		for i := range s.Items {
			asked++
			item := &s.Items[i]
			if c.Quiet && item.Verdict == network.Allowed {
				continue
			}
			// Addresses of several families are one line.
			if line := words.Sprintf("%-5s %s", verdictMark(item.Verdict), c.Line(item)); line != last {
				b.Printf("%s\n", line)
				last = line
			}
		}
		c.objects(b, s)
		for _, p := range s.Problems {
			b.Printf("%-5s %s\n", "?", c.place(p.Pos)+p.Text)
		}
		for i := range s.Gone {
			b.Printf("%-5s %s\n", "GONE", words.Wrap(checkGone(&s.Gone[i]), 6))
		}
	}
	type refusal struct{ name, op, target string }
	seen := map[refusal]bool{}
	for _, s := range c.Services {
		for i := range s.Items {
			o := c.Operation(&s.Items[i])
			if o == nil || o.Answer.Verdict != network.Denied {
				continue
			}
			key := refusal{o.Name, string(o.Question.Operation), o.Target}
			if seen[key] {
				continue
			}
			seen[key] = true
			fixed = c.refusal(b, &s.Items[i], o) || fixed
		}
	}
	fixed = c.objectFixes(b) || fixed
	if c.Running != nil {
		c.changes(b)
	} else if len(c.Services) > 1 || c.Quiet {
		b.Line("sum", "%s of %s asked about", Plural(asked, "endpoint"), Plural(len(c.Services), "service"))
	}
	if len(c.Unread) > 0 {
		b.Line("note", "the configuration of %s is in a form that senet cannot read",
			Plural(len(c.Unread), "other service"))
	}
	return fixed
}

// changes adds how much differs from the running system.
func (c *Check) changes(b *words.Page) {
	same, differ := 0, 0
	for _, s := range c.Services {
		same, differ = same+s.Same, differ+len(s.Items)
	}
	b.Line("sum", "%d of %s are not open on the running system", differ, Plural(same+differ, "endpoint"))
	for _, n := range c.Running.Notes {
		b.Line("note", "%s", n)
	}
}

// checkGone describes a socket that the configuration does not name any more.
func checkGone(g *check.Gone) string {
	return words.Sprintf("%s (%d) waits at %s/%d of %s, and the configuration does not name it", g.Process.Comm,
		g.Process.PID, g.Protocol, g.Local.Port(), g.Local.Addr())
}

// head names a service and its domain.
func (c *Check) head(b *words.Page, s *check.Service) {
	who := words.Sprintf("the domain is not known: %v", s.Unknown)
	if s.Unknown == nil {
		who = c.Decider.Policy().TypeName(policy.TypeID(s.Subject.Context.Type))
		if s.Subject.Assumed {
			who += ", assumed"
		}
	}
	b.Printf("%s: %s\n", c.Shown(s.Name), words.Wrap(who, 6))
	if c.Steps {
		Steps(b, s.Subject.Steps)
	}
}

// Line describes an endpoint: its place, who does what, and remarks.
func (c *Check) Line(item *check.Item) string {
	text := c.place(item.Pos)
	if item.Answer != nil {
		text += c.name(item) + " "
	}
	text += string(item.Op) + " " + CheckTarget(item)
	if item.Host != "" && item.Op != daemonconf.Listen && item.Op != daemonconf.Bind {
		text += " at " + item.Host
	}
	if item.Directive != "" {
		text += " (" + item.Directive + ")"
	}
	if item.Open != "" {
		text += ": the port depends on " + item.Open
	}
	if item.If != "" {
		text += ": only if " + item.If
	}
	if item.Note != "" {
		text += ": " + item.Note
	}
	return text
}

// CheckTarget returns the target of an endpoint as commands accept it; without a port if it is not
// known.
func CheckTarget(item *check.Item) string {
	switch {
	case item.Open != "":
		return item.Protocol
	case item.Low != item.High:
		return words.Sprintf("%s/%d-%d", item.Protocol, item.Low, item.High)
	}
	return words.Sprintf("%s/%d", item.Protocol, item.Low)
}

func (c *Check) place(at daemonconf.Pos) string {
	switch {
	case at.File == "":
		return ""
	case at.Line == 0:
		return c.Shown(at.File) + ": "
	}
	return c.Shown(at.File) + ":" + strconv.Itoa(at.Line) + ": "
}

func verdictMark(v network.Verdict) string {
	switch v {
	case network.Denied:
		return "NO"
	case network.Depends:
		return "?"
	}
	return "YES"
}

func (c *Check) name(item *check.Item) string {
	return c.Decider.Policy().TypeName(policy.TypeID(item.Who.Context.Type))
}

// Operation returns an endpoint as an operation with its answer, for the port that decides; nil if
// there is no answer.
func (c *Check) Operation(item *check.Item) *Operation {
	if item.Answer == nil {
		return nil
	}
	return &Operation{
		Decider: c.Decider, Question: item.Question, Answer: item.Answer, Name: c.name(item),
		Target: words.Sprintf("%s/%d", item.Protocol, item.Question.Port),
	}
}

// refusal adds the reason of a refused endpoint, and its first fix.
func (c *Check) refusal(b *words.Page, item *check.Item, o *Operation) bool {
	b.Line("why", "%s", o.Why())
	f := item.Fix
	if f == nil || !f.Works {
		b.Line("fix", "none works alone")
		return false
	}
	p := c.Decider.Policy()
	b.Line("fix", "%s %s: %s: %s (%s)", o.Name, o.Target, FixTitle(p, f), FixCost(f), f.Applicability)
	b.Command("next", o.Command("fix", c.Again).Option("--apply", f.Name(p)))
	return true
}
