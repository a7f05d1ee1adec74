package say

import (
	"github.com/senet-selinux/senet/internal/check"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/testreport"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// CheckRules are the kinds of findings that Places returns.
func CheckRules() []testreport.Rule {
	return []testreport.Rule{
		{ID: "refused", Title: "SELinux refuses it", Level: "error"},
		{ID: "open", Title: "an unknown fact decides", Level: "note"},
		{ID: "unread", Title: "a part of the file cannot be read", Level: "warning"},
	}
}

// Places returns refused and open endpoints, for a report with file locations. uri
// returns the URI of a file.
func (c *Check) Places(uri func(file string) string) []testreport.Place {
	var list []testreport.Place
	add := func(rule, level, text string, at daemonconf.Pos) {
		if at.File != "" {
			place := testreport.Place{Rule: rule, Level: level, Text: text, URI: uri(at.File), Line: at.Line}
			list = append(list, place)
		}
	}
	for _, s := range c.Services {
		for i := range s.Items {
			item := &s.Items[i]
			switch item.Verdict {
			case network.Denied:
				add("refused", "error", c.sentence(item), item.Pos)
			case network.Depends:
				add("open", "note", c.sentence(item), item.Pos)
			}
		}
		for i := range s.Objects {
			if o := &s.Objects[i]; o.Denied != nil {
				add("refused", "error", c.objectWhy(o), o.Pos)
			}
		}
		for _, p := range s.Problems {
			add("unread", "warning", p.Text, p.Pos)
		}
	}
	return list
}

// sentence describes an endpoint with its verdict, the reason and the first fix.
func (c *Check) sentence(item *check.Item) string {
	o := c.Operation(item)
	if o == nil {
		bare := *item
		bare.Pos = daemonconf.Pos{}
		return "it is not known whether SELinux allows this: " + c.Line(&bare)
	}
	text := words.Sprintf("%s may not %s %s: %s", o.Name, Action(o.Question.Operation), o.Target, o.Why())
	if item.Verdict == network.Depends {
		text = words.Sprintf("it depends whether %s may %s %s: %s", o.Name,
			Action(o.Question.Operation), o.Target, o.Why())
	}
	if f := item.Fix; f != nil && f.Works {
		text += words.Sprintf("; fix: %s (%s)", FixTitle(c.Decider.Policy(), f), FixCost(f))
	}
	return text
}

// Cases returns the endpoints as tests, for a test report.
func (c *Check) Cases() []testreport.Case {
	var list []testreport.Case
	for _, s := range c.Services {
		for i := range s.Items {
			item := &s.Items[i]
			bare := *item
			bare.Pos = daemonconf.Pos{}
			one := testreport.Case{Name: s.Name + ": " + c.Line(&bare), File: item.File, Line: item.Line}
			if item.Verdict != network.Allowed {
				one.Failures = []string{c.sentence(item)}
				one.Broken = item.Verdict == network.Depends
			}
			list = append(list, one)
		}
		for i := range s.Objects {
			if o := &s.Objects[i]; o.Denied != nil {
				bare := *o
				bare.Pos = daemonconf.Pos{}
				list = append(list, testreport.Case{Name: s.Name + ": " + c.objectLine(&bare), File: o.File,
					Line: o.Line, Failures: []string{c.objectWhy(o)}})
			}
		}
		for _, p := range s.Problems {
			list = append(list, testreport.Case{Name: s.Name + ": " + p.Text, File: p.File, Line: p.Line,
				Failures: []string{p.Text}, Broken: true})
		}
	}
	return list
}
