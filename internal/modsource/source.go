package modsource

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/remedy"
)

// A source collects the declarations and rules of a .te.
type source struct {
	types, attributes []string // required
	declared          []string
	members           []string // statements typeattribute
	rules             []rule
}

// A rule is an access rule.
type rule struct {
	word, source, target, class string
	perms                       []string
}

func (r *rule) String() string {
	perms := slices.Sorted(slices.Values(r.perms))
	text := strings.Join(perms, " ")
	if len(perms) > 1 {
		text = "{ " + text + " }"
	}
	return fmt.Sprintf("%s %s %s:%s %s;", r.word, r.source, r.target, r.class, text)
}

// add adds a statement of CIL; attributes are the names in it that are attributes.
func (s *source) add(n cil.Node, attributes []string) {
	switch n.List[0].Atom {
	case "type":
		s.declared = append(s.declared, n.List[1].Atom)
	case "typeattributeset":
		s.attributes = append(s.attributes, n.List[1].Atom)
		s.members = append(s.members, fmt.Sprintf("typeattribute %s %s;", n.List[2].List[0].Atom, n.List[1].Atom))
	case "allow", "dontaudit", "auditallow":
		r := ruleOf(n)
		s.name(r.source, attributes)
		s.name(r.target, attributes)
		s.rules = append(s.rules, r)
	}
}

func ruleOf(n cil.Node) rule {
	r := rule{word: n.List[0].Atom, source: n.List[1].Atom, target: n.List[2].Atom, class: n.List[3].List[0].Atom}
	for _, p := range n.List[3].List[1].List {
		r.perms = append(r.perms, p.Atom)
	}
	return r
}

// name requires a name.
func (s *source) name(name string, attributes []string) {
	switch {
	case name == "self":
	case slices.Contains(attributes, name):
		s.attributes = append(s.attributes, name)
	default:
		s.types = append(s.types, name)
	}
}

// allow adds a rule for refused access.
func (s *source) allow(n *remedy.Need) {
	r := rule{"allow", n.Source, n.Target, n.Class, n.Perms}
	if r.target == r.source {
		r.target = "self"
	}
	s.name(r.source, nil)
	s.name(r.target, nil)
	s.rules = append(s.rules, r)
}

// heading begins a part of a .te.
func heading(b *strings.Builder, title string) {
	fmt.Fprintf(b, "\n%s\n#\n# %s\n#\n\n", strings.Repeat("#", 40), title)
}

// text writes the .te. domains are types that the calls are for.
func (s *source) text(name string, calls, domains []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "policy_module(%s, 1.0)\n", name)
	heading(&b, "Declarations")
	// The module is for a domain that another one declares.
	b.WriteString("gen_require(` #selint-disable:S-001\n")
	for _, part := range []struct {
		word  string
		names []string
	}{{"attribute", s.attributes}, {"type", slices.Concat(s.types, domains)}} {
		for _, n := range sorted(part.names) {
			if !slices.Contains(s.declared, n) {
				fmt.Fprintf(&b, "\t%s %s;\n", part.word, n)
			}
		}
	}
	b.WriteString("')\n")
	for _, t := range s.declared {
		fmt.Fprintf(&b, "\ntype %s;\n", t)
		for _, m := range s.members {
			if strings.HasPrefix(m, "typeattribute "+t+" ") {
				b.WriteString(m + "\n")
			}
		}
	}
	heading(&b, "Local policy")
	s.writeRules(&b)
	if len(calls) > 0 {
		if len(s.rules) > 0 {
			b.WriteString("\n")
		}
		for _, c := range sorted(calls) {
			b.WriteString(c + "\n")
		}
	}
	return b.String()
}

// writeRules writes rules by their sources, what a domain does to itself first.
func (s *source) writeRules(b *strings.Builder) {
	joined := joinRules(s.rules)
	slices.SortStableFunc(joined, func(x, y rule) int {
		switch {
		case x.source != y.source:
			return strings.Compare(x.source, y.source)
		case x.target == y.target:
			return strings.Compare(x.class, y.class)
		case x.target == "self":
			return -1
		case y.target == "self":
			return 1
		}
		return strings.Compare(x.target, y.target)
	})
	for i := range joined {
		if i > 0 && joined[i-1].source != joined[i].source {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "%s\n", &joined[i])
	}
}

// joinRules joins rules that differ in their permissions only.
func joinRules(list []rule) (out []rule) {
	for _, r := range list {
		at := slices.IndexFunc(out, func(o rule) bool {
			return o.word == r.word && o.source == r.source && o.target == r.target && o.class == r.class
		})
		if at < 0 {
			r.perms = slices.Clone(r.perms)
			out = append(out, r)
			continue
		}
		for _, p := range r.perms {
			if !slices.Contains(out[at].perms, p) {
				out[at].perms = append(out[at].perms, p)
			}
		}
	}
	return out
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}
