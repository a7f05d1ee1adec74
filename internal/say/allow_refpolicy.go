package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// AllowRefpolicy writes the source of a module in refpolicy's style that allows the refused accesses: calls of
// interfaces, with what each opens beyond, and rules for what no interface covers. The error is that of the headers.
func (l *Log) AllowRefpolicy(b *words.Page) error {
	rules, not := l.allowRules()
	rules, unwritable := l.writable(rules)
	sections, err := l.sections(rules)
	if err != nil {
		return err
	}
	b.Printf("# senet module install senet_local.te, or without senet:\n" +
		"# make -f /usr/share/selinux/devel/Makefile senet_local.pp; semodule -i senet_local.pp\n")
	leftComments(b, "#", append(unwritable, not...))
	if len(rules) == 0 {
		return nil
	}
	b.Printf("policy_module(senet_local, 1.0)\n\ngen_require(`\n")
	for _, name := range requiredTypes(sections) {
		b.Printf("    type %s;\n", name)
	}
	b.Printf("')\n")
	for i := range sections {
		l.section(b, &sections[i])
	}
	return nil
}

// A section has what is for one domain.
type section struct {
	domain string
	rules  []*incident.Rule
	cover  *senet.Cover
}

// sections finds the calls for each domain.
func (l *Log) sections(rules []*incident.Rule) (list []section, err error) {
	p := l.policy()
	for _, r := range rules { // they are sorted by their domains
		if name := p.TypeName(r.Source); len(list) == 0 || list[len(list)-1].domain != name {
			list = append(list, section{domain: name})
		}
		last := &list[len(list)-1]
		last.rules = append(last.rules, r)
	}
	for i := range list {
		var needs []remedy.Need
		for _, r := range list[i].rules {
			if len(r.Permissions) > 0 {
				needs = append(needs, remedy.Need{Source: list[i].domain, Target: r.TargetName(p), Class: r.Class,
					Perms: r.Permissions})
			}
		}
		if list[i].cover, err = l.Cover(needs); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// requiredTypes returns the types that the source names itself, sorted.
func requiredTypes(sections []section) []string {
	var names []string
	for i := range sections {
		names = append(names, sections[i].domain)
		for _, n := range sections[i].cover.Left {
			if n.Target != "self" {
				names = append(names, n.Target)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// section writes the rules and then the calls for a domain.
func (l *Log) section(b *words.Page, s *section) {
	p := l.policy()
	for _, r := range s.rules {
		b.Printf("\n")
		l.ruleComments(b, "#", r)
		target := r.TargetName(p)
		for i := range s.cover.Left {
			if n := &s.cover.Left[i]; n.Target == target && n.Class == r.Class {
				comment(b, "#", "  ", notCovered(n))
				b.Printf("allow %s %s:%s %s;\n", s.domain, target, r.Class, Perms(n.Perms))
			}
		}
		for kind, numbers := range extended(r) {
			b.Printf("allowxperm %s %s:%s %s %s;\n", s.domain, target, r.Class, kind, Perms(numbers))
		}
	}
	for i := range s.cover.Calls {
		c := &s.cover.Calls[i]
		b.Printf("\n")
		var grants []string
		for _, n := range c.Grants {
			grants = append(grants, words.Sprintf("%s:%s %s", n.Target, n.Class, Perms(n.Perms)))
		}
		comment(b, "#", "", "grants "+strings.Join(grants, ", "))
		comment(b, "#", "  ", "beyond that: "+beyondCall(c))
		b.Printf("%s\n", c.Text)
	}
}

// notCovered says why no interface is named for access.
func notCovered(n *remedy.Need) string {
	target := n.Target
	if target == "self" {
		target = n.Source
	}
	if allow.Danger(n.Source, target, n.Class, func() []string { return n.Perms }) != "" {
		return "it is dangerous: review it before you allow it"
	}
	return "no interface grants it without opening much more"
}

// beyondCall says what a call opens beyond the need.
func beyondCall(c *senet.CoverCall) string {
	switch {
	case c.Ports > 0:
		return Plural(c.Ports, "port") + " and " + Plural(c.Permissions, "permission")
	case c.Permissions > 0:
		return Plural(c.Permissions, "permission")
	}
	return "nothing"
}
