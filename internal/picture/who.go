package picture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// What is shown at most.
const (
	maxGroups = 12 // of domains
	maxNames  = 24 // in a box
)

// A group is domains that may do something for one reason.
type group struct {
	how   string // lines, each inert
	tone  Tone
	names []string
}

// Who draws which domains may do an operation: those that may for the same reason in one box.
func Who(p *policy.Policy, w *senet.Domains) *Picture {
	pic := &Picture{Columns: make([][]Box, 3)}
	action := say.Action(w.Query.Operation)
	pic.Title = words.Sprintf("%s may %s %s", say.Plural(len(w.May), "domain"), action, w.Query.Target)
	target := pic.add(2, Box{Head: w.Query.Target.String(), Text: w.Labels})

	list, left := shorten(groups(p, w)), 0
	for _, g := range list {
		if len(g.names) == 1 {
			g.how = strings.Replace(g.how, "each by a rule", "by a rule", 1)
		}
		count := say.Plural(len(g.names), "domain")
		from := pic.add(0, Box{Head: count, Text: []string{named(g.names)}, Tone: g.tone})
		how := pic.add(1, Box{Text: strings.Split(g.how, "\n"), Tone: g.tone})
		pic.arrow(from, how, g.tone)
		pic.arrow(how, target, g.tone)
	}
	for _, g := range list {
		left += max(len(g.names)-maxNames, 0)
	}
	if left > 0 {
		note := words.Sprintf("%s not named here; senet who lists all", say.Plural(left, "domain"))
		pic.Notes = append(pic.Notes, note)
	}
	pic.assume(w.Assumptions)
	return pic
}

// named is the names that fit a box, and how many more there are.
func named(names []string) string {
	text := strings.Join(names[:min(len(names), maxNames)], ", ")
	if more := len(names) - maxNames; more > 0 {
		text += words.Sprintf(", and %s more", say.Number(more))
	}
	return text
}

// groups puts domains together that have the same reason; the largest groups come first, and
// those that may today before the others.
func groups(p *policy.Policy, w *senet.Domains) []group {
	var list []group
	put := func(tone Tone, name string, lines ...string) {
		for i := range lines {
			lines[i] = words.Safe(lines[i])
		}
		how := strings.Join(lines, "\n")
		i := slices.IndexFunc(list, func(g group) bool { return g.how == how && g.tone == tone })
		if i < 0 {
			i = len(list)
			list = append(list, group{how: how, tone: tone})
		}
		list[i].names = append(list[i].names, name)
	}
	for i := range w.May {
		put(Good, w.May[i].Name, reason(p, &w.May[i])...)
	}
	for _, d := range w.Would {
		var ways []string
		for _, s := range d.Check.Check.Reason.Switches {
			ways = append(ways, say.Settings(p, s, " and "))
		}
		put(Dark, d.Name, "not today: with "+strings.Join(ways, " or "))
	}
	for _, name := range w.Permissive {
		put(Unsure, name, "permissive: a denial is only logged")
	}
	for _, d := range w.Depends {
		on := strings.Join(d.On, "; or ")
		put(Unsure, d.Name, "it depends on "+cmp.Or(on, "a fact of the machine that is not known"))
	}
	slices.SortStableFunc(list, func(a, b group) int {
		return cmp.Or(cmp.Compare(rank(a.tone), rank(b.tone)), cmp.Compare(len(b.names), len(a.names)),
			cmp.Compare(a.how, b.how))
	})
	return list
}

// rank orders what is so today before what depends, and that before what is not so.
func rank(t Tone) int { return slices.Index([]Tone{Good, Unsure, Dark}, t) }

// shorten puts the groups of a tone that are too many into one.
func shorten(list []group) (short []group) {
	for _, tone := range []Tone{Good, Unsure, Dark} {
		var own []group
		for _, g := range list {
			if g.tone == tone {
				own = append(own, g)
			}
		}
		if len(own) > maxGroups {
			rest := group{tone: tone}
			for _, g := range own[maxGroups-1:] {
				rest.names = append(rest.names, g.names...)
			}
			slices.Sort(rest.names)
			rest.how = words.Sprintf("%s of few domains each", say.Plural(len(own)-maxGroups+1, "more reason"))
			own = append(own[:maxGroups-1], rest)
		}
		short = append(short, own...)
	}
	return short
}

// reason says in a few lines what lets a domain: domains with the same lines are one group. A rule
// that a domain has for itself is told without its name, the booleans in a line of their own.
func reason(p *policy.Policy, d *senet.Domain) []string {
	if d.Check == nil {
		return []string{"the port is not checked"}
	}
	r := &d.Check.Check.Reason
	switch {
	case !r.Allowed():
		return []string{"permissive: a denial is only logged"}
	case r.Code == access.UnknownAllowed:
		return []string{"the policy does not define the permission, and allows undefined permissions"}
	}
	class, _ := p.Class(d.Check.Class)
	perm, _ := p.Perm(class, d.Check.Perm)
	rule := r.Rules[0]
	text := say.Rule(p, rule, perm)
	var lines []string
	own, ok := strings.CutPrefix(text, "allow "+words.Safe(p.TypeName(rule.Source))+" ")
	if ok && !p.IsAttribute(rule.Source) {
		lines, text = []string{"each by a rule of its own:"}, own
	}
	if before, booleans, ok := strings.Cut(text, "; [ "); ok {
		return append(lines, before+";", "[ "+booleans)
	}
	return append(lines, text)
}
