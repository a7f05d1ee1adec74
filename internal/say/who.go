package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Who adds the domains that may do an operation, each with the label or boolean that
// allows it.
func Who(b *words.Page, p *policy.Policy, w *senet.Domains) {
	action := string(w.Query.Operation)
	if w.Query.Operation == network.Connect || w.Query.Operation == network.Send {
		action += " to"
	}
	b.Printf("%s\n", words.Wrap(words.Sprintf("%s may %s %s (%s)",
		Plural(len(w.May), "domain"), action, w.Query.Target, strings.Join(w.Labels, ", ")), 2))
	width := 0
	for _, d := range slices.Concat(w.May, w.Would) {
		width = max(width, len(d.Name))
	}
	for i := range w.May {
		b.Printf("  %-*s  %s\n", width, w.May[i].Name, through(p, w, &w.May[i]))
	}
	dependent(b, w.Depends)
	if w.Query.Would {
		b.Printf("%s more with a boolean\n", Plural(len(w.Would), "domain"))
	}
	for _, d := range w.Would {
		var alternatives []string
		for _, s := range d.Check.Check.Reason.Switches {
			alternatives = append(alternatives, Settings(p, s, " and "))
		}
		b.Printf("  %-*s  %s\n", width, d.Name, words.Wrap(strings.Join(alternatives, " or "), width+4))
	}
	if len(w.Permissive) > 0 {
		b.Line("note", "permissive now, so that their denials are only logged: %s", strings.Join(w.Permissive, ", "))
	}
	Assumptions(b, w.Assumptions)
}

// through names the label or boolean that allows a domain to use the ports.
func through(p *policy.Policy, w *senet.Domains, d *senet.Domain) string {
	text := ""
	if w.Query.Target.Ports.Len() > 1 {
		text = Ports(d.Ports) + ": "
	}
	if d.Check == nil {
		return text + "the port is not checked"
	}
	reason := &d.Check.Check.Reason
	switch {
	case !reason.Allowed():
		return text + "permissive: the denial is only logged"
	case reason.Code == access.UnknownAllowed:
		return text + "the policy does not define the permission, and allows undefined permissions"
	}
	class, _ := p.Class(d.Check.Class)
	perm, _ := p.Perm(class, d.Check.Perm)
	return text + Rule(p, reason.Rules[0], perm)
}

// dependent names the domains without a certain answer, by the unknown fact.
func dependent(b *words.Page, list []senet.DependentDomain) {
	if len(list) == 0 {
		return
	}
	b.Printf("%s for which an unknown fact decides\n", Plural(len(list), "domain"))
	for _, d := range list {
		on := strings.Join(d.On, "; or ")
		if on == "" {
			on = "a fact of the machine that is not known"
		}
		b.Printf("  %s  %s\n", d.Name, words.Wrap("on "+on, 4))
	}
}
