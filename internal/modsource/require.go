package modsource

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/policy"
)

// requirements checks that the policy has what a module requires outside of optional blocks.
func (l *linter) requirements(m *pp.Module) {
	if len(m.Blocks) == 0 || len(m.Blocks[0].Decls) == 0 {
		return
	}
	used := m.Blocks[0].Decls[0].Required
	scopes := func(table int) map[string]bool {
		required := map[string]bool{}
		for _, s := range m.Scopes[table] {
			required[s.Name] = s.Kind == pp.ScopeRequired && slices.Contains(s.Decls, m.Blocks[0].Decls[0].ID)
		}
		return required
	}
	types := scopes(pp.Types)
	for _, t := range m.Tables.Types.Items {
		if _, ok := l.policy.TypeOrAttribute(t.Name); types[t.Name] && !ok {
			l.missing("type", t.Name, typeNames(l.policy))
		}
	}
	bools := scopes(pp.Bools)
	for _, b := range m.Tables.Bools.Items {
		if _, ok := l.policy.Bool(b.Name); bools[b.Name] && !ok {
			l.missing("boolean", b.Name, nil)
		}
	}
	roles := scopes(pp.Roles)
	for _, r := range m.Tables.Roles.Items {
		if _, ok := l.policy.Role(r.Name); roles[r.Name] && !ok {
			l.missing("role", r.Name, nil)
		}
	}
	l.classes(m, used)
}

// classes checks the classes and permissions that rules of the source itself name.
func (l *linter) classes(m *pp.Module, used pp.ScopeIndex) {
	for i := range m.Tables.Classes.Items {
		c := &m.Tables.Classes.Items[i]
		if !used.Symbols[pp.Classes].Has(c.Value - 1) {
			continue
		}
		class, ok := l.policy.Class(c.Name)
		if !ok {
			l.inSource("class", c.Name)
			continue
		}
		for _, p := range c.Perms.Items {
			if _, ok := l.policy.Perm(class, p.Name); !ok {
				l.inSource("permission", p.Name)
			}
		}
	}
}

// inSource reports a name that the policy lacks if the source has it: policy_module requires all classes.
func (l *linter) inSource(what, name string) {
	n := 0
	for line := range strings.Lines(l.s.TE) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if slices.Contains(strings.FieldsFunc(line, func(r rune) bool { return r > 127 || !wordByte(byte(r)) }), name) {
			l.add(Finding{File: l.s.Name, Line: n, Severity: Error, Code: "SN-M-MISSING",
				Text: fmt.Sprintf("the policy has no %s %s", what, name)})
			return
		}
	}
}

// missing reports a required name that the policy lacks, where the source or a call has it.
func (l *linter) missing(what, name string, names func(func(string) bool)) {
	f := Finding{File: l.s.Name, Line: l.lineOf(name), Severity: Error, Code: "SN-M-MISSING",
		Text: fmt.Sprintf("the policy has no %s %s", what, name)}
	if names != nil {
		f.Near = policy.Nearest(name, names, 3)
	}
	l.add(f)
}

// lineOf returns the line that names something, or that calls an interface which does; 1 for none.
func (l *linter) lineOf(name string) int {
	if n := lineOfText(l.s.TE, name); n > 1 || strings.Contains(l.s.TE, name) {
		return n
	}
	for c := range findCalls(l.s.TE) {
		if out, _, err := l.headers.Expand(l.s.Name, c.text+"\n"); err == nil && strings.Contains(string(out), name) {
			return c.line
		}
	}
	return 1
}

func typeNames(p *policy.Policy) func(func(string) bool) {
	return func(yield func(string) bool) {
		for id := range p.Types() {
			if !yield(p.TypeName(id)) {
				return
			}
		}
	}
}
