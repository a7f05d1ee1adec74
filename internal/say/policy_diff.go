package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/policydiff"
	"github.com/senet-selinux/senet/reach"
)

// MostLines bounds the printed lines of one kind of difference, unless all are wanted.
const MostLines = 20

// Diff describes the changes from one policy to another: first who gains and loses ports, and
// dangerous gains; then other differences of the policies.
func Diff(b *words.Page, r *policydiff.Report, all bool) {
	if r.Empty() {
		b.Printf("no difference\n")
		return
	}
	d := differ{b, all}
	d.ports(r.Ports)
	d.moved(r.Moved)
	d.dangers(r.Dangerous)
	d.entered(r.Entered)
	d.names("permissive", &r.Permissive)
	d.names("never audited", &r.NeverAudited)
	d.booleans(r.Booleans)
	if r.Unknown[0] != r.Unknown[1] {
		d.section("handling of unknown permissions")
		b.Printf("  %s, was %s\n", unknown(r.Unknown[1]), unknown(r.Unknown[0]))
	}
	d.names("policy capabilities", &r.Capabilities)
	d.labels(r.Labels)
	d.files(r.Files)
	d.transitions(r.Transitions)
	d.names("types", &r.Types)
	d.names("aliases of types", &r.Aliases)
	if n := r.Rules.Total(); n > 0 {
		d.section("rules")
		b.Printf("  %s added, %s removed, %s modified (expanded to types)\n",
			Number(r.Rules.Added), Number(r.Rules.Removed), Number(r.Rules.Modified))
	}
	if len(r.Other) > 0 {
		d.section("other parts, as sediff lists them")
		for _, s := range r.Other {
			b.Printf("  %s: %s added, %s removed, %s modified\n", s.Title,
				Number(s.Count.Added), Number(s.Count.Removed), Number(s.Count.Modified))
		}
	}
}

// A differ writes sections.
type differ struct {
	b   *words.Page
	all bool
}

func (d *differ) section(title string) {
	if d.b.Len() > 0 {
		d.b.Printf("\n")
	}
	d.b.Printf("%s\n", title)
}

// some returns how many of n lines are printed.
func (d *differ) some(n int) int {
	if d.all {
		return n
	}
	return min(n, MostLines)
}

func (d *differ) rest(n int) {
	if n > MostLines && !d.all {
		d.b.Printf("  and %s more\n", Number(n-MostLines))
	}
}

// A portGroup is a group of domains that gain or lose the same ports.
type portGroup struct {
	lose    bool
	ports   string
	domains []string
	op      network.Operation
}

func (d *differ) ports(effects []impact.Effect) {
	var groups []portGroup
	for i := range effects {
		groups = append(groups, groupsOf(&effects[i], effects[i].Gain, false)...)
		groups = append(groups, groupsOf(&effects[i], effects[i].Lose, true)...)
	}
	if len(groups) == 0 {
		return
	}
	d.section("who gains and loses ports")
	for _, g := range groups[:d.some(len(groups))] {
		gain, gains := "domain gains", "domains gain"
		if g.lose {
			gain, gains = "domain loses", "domains lose"
		}
		head := words.Sprintf("%s %s %s", Count(len(g.domains), gain, gains), g.op, g.ports)
		d.b.Printf("  %s\n", words.Wrap(head, 6))
		d.b.Printf("      %s\n", words.Wrap(d.some10(g.domains), 6))
	}
	d.rest(len(groups))
}

// groupsOf groups the domains with the same ports, the largest groups first.
func groupsOf(e *impact.Effect, list []reach.DomainPorts, lose bool) []portGroup {
	var groups []portGroup
	index := make(map[string]int)
	for _, domain := range list {
		key := Ports(domain.Ports)
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, portGroup{
				lose: lose, op: e.Operation, ports: string(e.Protocol) + "/" + SomePorts(domain.Ports),
			})
		}
		groups[i].domains = append(groups[i].domains, domain.Domain)
	}
	slices.SortStableFunc(groups, func(a, b portGroup) int { return cmp.Compare(len(b.domains), len(a.domains)) })
	return groups
}

func (d *differ) moved(list []policydiff.Moved) {
	if len(list) == 0 {
		return
	}
	d.section("renamed and split")
	for i := range list[:d.some(len(list))] {
		d.b.Printf("  %s\n", words.Wrap(Moved(&list[i]), 6))
	}
	d.rest(len(list))
}

// Moved says that a type was renamed or split, and which ports were lost.
func Moved(m *policydiff.Moved) string {
	var text string
	switch {
	case m.Alias:
		text = words.Sprintf("%s is now %s, which keeps the old name as an alias", m.From, m.To)
	case m.Gone:
		text = words.Sprintf("%s is gone: %s has %s of its %s accesses", m.From, m.To, Number(m.Taken), Number(m.Lost))
	default:
		text = words.Sprintf("%s is split: %s takes over %s of the %s accesses that it loses",
			m.From, m.To, Number(m.Taken), Number(m.Lost))
	}
	for i, p := range m.Ports {
		sep := ", "
		if i == 0 {
			sep = "; lost: "
		}
		text += sep + p.Operation + " " + p.Protocol + "/" + SomePorts(p.Ports)
	}
	return text
}

func (d *differ) dangers(list []policydiff.Danger) {
	if len(list) == 0 {
		return
	}
	d.section("dangerous gains")
	var codes []string
	domains := make(map[string][]string)
	for i := range list {
		x := &list[i]
		if domains[x.Why] == nil {
			codes = append(codes, x.Why)
		}
		if !slices.Contains(domains[x.Why], x.Domain) {
			domains[x.Why] = append(domains[x.Why], x.Domain)
		}
	}
	slices.Sort(codes)
	for _, code := range codes {
		d.b.Printf("  %s\n", words.Wrap(words.Sprintf("%s: %s", Danger(code), d.some10(domains[code])), 6))
	}
}

// some10 names the first ten of many, or all.
func (d *differ) some10(list []string) string {
	if len(list) <= MostDomains || d.all {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:MostDomains], ", ") + " and " + Number(len(list)-MostDomains) + " more"
}

// Danger says what the code of a danger means.
func Danger(code string) string {
	switch code {
	case "policy":
		return "may change the policy or its state"
	case "module":
		return "may load kernel modules"
	case "memory":
		return "may reach the memory of the kernel"
	case "disk":
		return "may reach raw disks"
	case "passwords":
		return "may reach the hashes of passwords"
	case "ptrace":
		return "may trace another domain"
	case "code":
		return "may run what is written into its heap or stack"
	case "domain":
		return "may change its own domain"
	case "secrets":
		return "may reach objects named after keys or passwords"
	case "programs":
		return "may change a program that starts a domain"
	case "bpf":
		return "may load or run BPF programs"
	}
	return code
}

func (d *differ) names(title string, n *policydiff.Names) {
	if len(n.Added)+len(n.Removed) == 0 {
		return
	}
	d.section(title)
	for _, part := range []struct {
		sign string
		list []string
	}{{"+", n.Added}, {"-", n.Removed}} {
		for _, name := range part.list[:d.some(len(part.list))] {
			d.b.Printf("  %s %s\n", part.sign, name)
		}
		d.rest(len(part.list))
	}
}

func (d *differ) booleans(list []policydiff.BoolChange) {
	if len(list) == 0 {
		return
	}
	d.section("booleans")
	for _, x := range list[:d.some(len(list))] {
		switch {
		case x.Before == "":
			d.b.Printf("  + %s, %s\n", x.Name, x.After)
		case x.After == "":
			d.b.Printf("  - %s, was %s\n", x.Name, x.Before)
		default:
			d.b.Printf("  * %s is %s, was %s\n", x.Name, x.After, x.Before)
		}
	}
	d.rest(len(list))
}

func unknown(h policydb.HandleUnknown) string {
	switch h {
	case policydb.UnknownAllow:
		return "allowed"
	case policydb.UnknownReject:
		return "the policy is not loaded"
	}
	return "denied"
}

func (d *differ) labels(list []policydiff.LabelChange) {
	if len(list) == 0 {
		return
	}
	d.section("labels of ports")
	for _, x := range list[:d.some(len(list))] {
		before, after := typeOf(x.Before), typeOf(x.After)
		if before == after {
			before, after = x.Before, x.After
		}
		d.b.Printf("  %s/%s is %s, was %s\n", policy.ProtocolName(uint32(x.Protocol)), x.Ports, after, before)
	}
	d.rest(len(list))
}

// typeOf returns the type of a context.
func typeOf(context string) string {
	if parts := strings.SplitN(context, ":", 4); len(parts) > 2 {
		return parts[2]
	}
	return context
}

func (d *differ) transitions(list []policydiff.Transition) {
	if len(list) == 0 {
		return
	}
	d.section("programs started in another domain")
	for _, x := range list[:d.some(len(list))] {
		switch {
		case x.Before == "":
			d.b.Printf("  + %s starts %s as %s\n", x.Source, x.Program, x.After)
		case x.After == "":
			d.b.Printf("  - %s starts %s as %s\n", x.Source, x.Program, x.Before)
		default:
			d.b.Printf("  * %s starts %s as %s, was %s\n", x.Source, x.Program, x.After, x.Before)
		}
	}
	d.rest(len(list))
}
