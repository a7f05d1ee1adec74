package interfaces

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/te"
)

// A Module is the source of a module in refpolicy's style that calls interfaces, and what it becomes.
type Module struct {
	Source string
	// Statements are the module in CIL: its rules, with the blocks that are optional made part of it as far as the
	// policy has all of their names.
	Statements []cil.Node
}

// Source returns the source of a module that requires types, calls interfaces and has further rules.
func Source(name string, types, calls []string, rules []Need) string {
	types = slices.Clone(types)
	for _, r := range rules {
		types = append(types, r.Source)
		if r.Target != "self" {
			types = append(types, r.Target)
		}
	}
	slices.Sort(types)
	var b strings.Builder
	fmt.Fprintf(&b, "policy_module(%s, 1.0)\n\ngen_require(`\n", name)
	for _, t := range slices.Compact(types) {
		fmt.Fprintf(&b, "\ttype %s;\n", t)
	}
	b.WriteString("')\n\n")
	for _, r := range rules {
		b.WriteString(r.Rule() + "\n")
	}
	if len(rules) > 0 && len(calls) > 0 {
		b.WriteString("\n")
	}
	for _, c := range calls {
		b.WriteString(c + "\n")
	}
	return b.String()
}

// Rule returns an allow rule for the need.
func (n *Need) Rule() string {
	target, perms := n.Target, strings.Join(n.Perms, " ")
	if target == n.Source {
		target = "self"
	}
	if len(n.Perms) > 1 {
		perms = "{ " + perms + " }"
	}
	return fmt.Sprintf("allow %s %s:%s %s;", n.Source, target, n.Class, perms)
}

// Module compiles a source.
func (f *Finder) Module(name, source string) (*Module, error) {
	file := name + ".te"
	text, _, err := f.x.Expand(file, source)
	if err != nil {
		return nil, err
	}
	p, _, err := te.Package(string(text), nil, te.Options{MLS: f.p.MLS(), File: file})
	if err != nil {
		return nil, err
	}
	converted, err := p.CIL(pp.Release34)
	if err != nil {
		return nil, err
	}
	nodes, err := cil.Parse(string(converted.Text))
	if err != nil {
		return nil, err
	}
	return &Module{Source: source, Statements: f.flat(nil, nodes)}, nil
}

// flat appends statements without requirements, and what is in blocks of optional whose names the policy has.
func (f *Finder) flat(to, nodes []cil.Node) []cil.Node {
	for _, n := range nodes {
		switch {
		case len(n.List) < 2:
		case n.List[0].Atom == "optional":
			if f.hasAllOf(n.List[2:]) {
				to = f.flat(to, n.List[2:])
			}
		case len(n.List) > 1 && n.List[1].Atom == "cil_gen_require":
		default:
			to = append(to, n)
		}
	}
	return to
}

// hasAllOf reports whether the policy has the types and attributes that the statements of an optional block require.
func (f *Finder) hasAllOf(nodes []cil.Node) bool {
	for _, n := range nodes {
		if len(n.List) == 3 && n.List[0].Atom == "typeattributeset" && n.List[1].Atom == "cil_gen_require" {
			for _, name := range wordsOf(n.List[2]) {
				if _, ok := f.p.TypeOrAttribute(name); !ok {
					return false
				}
			}
		}
	}
	return true
}

// wordsOf returns the words of a node.
func wordsOf(n cil.Node) []string {
	if !n.IsList() {
		return []string{n.Atom}
	}
	var list []string
	for _, inner := range n.List {
		list = append(list, wordsOf(inner)...)
	}
	return list
}

// Grant returns the calls that together grant what is refused, as a module;
// nil if calls alone do not grant all without danger. Calls with other rules than those for access count as if they
// were not there: a module with them cannot be added to a policy as it is.
func (f *Finder) Grant(name string, needs []Need) (*Grant, error) {
	g := &Grant{}
	var types []string
	for len(needs) > 0 {
		var one, rest []Need
		for _, n := range needs {
			if n.Source == needs[0].Source {
				one = append(one, n)
			} else {
				rest = append(rest, n)
			}
		}
		needs = rest
		types = append(types, one[0].Source)
		c, err := f.cover(one, func(c *Candidate) bool {
			return len(c.Missing)+c.Dangers == 0 && f.onlyAccess(c.Def)
		})
		if err != nil {
			return nil, err
		}
		if len(c.Left) > 0 {
			return nil, nil
		}
		for i := range c.Calls {
			g.Calls = append(g.Calls, c.Calls[i].Call)
		}
	}
	if len(g.Calls) == 0 {
		return nil, nil
	}
	m, err := f.Module(name, Source(name, types, g.Calls, nil))
	if err != nil {
		return nil, err
	}
	g.Module = *m
	return g, nil
}

// A Grant is a module with calls that grant what is refused.
type Grant struct {
	Module
	Calls []string
}

// onlyAccess reports whether an interface has only rules for access, as far as the index has its rules.
func (f *Finder) onlyAccess(def int) bool {
	for r := range f.x.Rules(def).All() {
		if r.Kind != refpolicy.Allow && r.Kind != refpolicy.DontAudit && r.Kind != refpolicy.AuditAllow {
			return false
		}
	}
	return true
}
