package sepolgencli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A statement is a rule or a call of an interface in the output.
type statement struct {
	source, target, class string // a call has only a source
	call                  string // the name of an interface
	comment               []string
	text                  string
}

// module writes the module for a log.
func (t *run) module(l *log) (string, error) {
	only, err := t.filter()
	if err != nil {
		return "", err
	}
	list := vectors(l, only)
	roles := roleTypes(l, only)
	var statements []statement
	requires := newRequirements()
	if t.o.reference {
		finder, err := t.loadInterfaces()
		if err != nil {
			return "", err
		}
		var calls []statement
		list, calls = finder.choose(list, t.explainer())
		for i := range calls {
			requires.types = append(requires.types, calls[i].source)
			if t.o.cil {
				calls[i].text = "(call " + calls[i].call + " (" + calls[i].source + "))"
			}
		}
		statements = append(statements, calls...)
	}
	var rules, commands []statement
	for _, v := range list {
		s := statement{source: v.source, target: v.object(), class: v.class, text: v.rule(t.o.dontaudit)}
		if t.o.cil {
			s.text = v.ruleCIL(t.o.dontaudit)
		}
		s.comment = append(t.explainer().vector(v, nil), remarks(v)...)
		rules = append(rules, s)
		requires.vector(v)
		if t.o.xperms && len(v.commands) > 0 {
			c := statement{source: v.source, target: v.object(), class: v.class, text: v.commandRule(t.o.dontaudit)}
			if t.o.cil {
				c.text = v.commandRuleCIL(t.o.dontaudit)
			}
			commands = append(commands, c)
		}
	}
	statements = slices.Concat(rules, commands, statements)
	slices.SortStableFunc(statements, compareStatements)
	var b strings.Builder
	b.WriteString("\n")
	name := t.moduleName()
	switch {
	case name != "" && t.o.cil:
		b.WriteString("\n\n")
	case name != "":
		if t.o.reference {
			fmt.Fprintf(&b, "policy_module(%s, 1.0)\n\n", name)
		} else {
			fmt.Fprintf(&b, "module %s 1.0;\n\n", name)
		}
	}
	mark := "#"
	if t.o.cil {
		mark = ";"
	}
	if name != "" || t.o.requires || t.o.reference {
		b.WriteString(requires.text(roles, t.o.cil) + "\n")
	}
	b.WriteString("\n")
	writeStatements(&b, statements, mark)
	if len(roles) > 0 {
		b.WriteString(mark + "============= ROLES ==============\n")
	}
	for _, role := range sortedKeys(roles) {
		for _, typ := range roles[role] {
			if t.o.cil {
				fmt.Fprintf(&b, "(roletype %s %s)\n", role, typ)
			} else {
				fmt.Fprintf(&b, "role %s types %s;\n", role, typ)
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

// writeStatements writes rules and calls, with a heading for each source.
func writeStatements(b *strings.Builder, list []statement, mark string) {
	current := ""
	for i := range list {
		s := &list[i]
		if s.source != current {
			if current != "" {
				b.WriteString("\n")
			}
			current = s.source
			fmt.Fprintf(b, "%s============= %s ==============\n", mark, current)
		}
		for _, line := range s.comment {
			if rest, ok := strings.CutPrefix(line, "#"); ok {
				line = mark + rest
			}
			b.WriteString(line + "\n")
		}
		b.WriteString(s.text + "\n")
	}
}

// compareStatements orders statements by source, then rules by target and class, and calls by name.
func compareStatements(a, b statement) int {
	switch {
	case a.source != b.source:
		return cmp.Compare(a.source, b.source)
	case a.call != "" && b.call != "":
		return cmp.Compare(a.call, b.call)
	case a.call != "" || b.call != "":
		return 0
	}
	return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.class, b.class))
}

// remarks returns the comments about what the policy says of a rule.
func remarks(v *vector) []string {
	switch v.verdict.cause {
	case allowedNow:
		list := []string{"", "#!!!! This avc is allowed in the current policy"}
		if len(v.commands) > 0 {
			list = append(list, "#!!!! This av rule may have been overridden by an extended permission av rule")
		}
		return list
	case silenced:
		return []string{"", "#!!!! This avc has a dontaudit rule in the current policy"}
	case booleans:
		var names []string
		for _, s := range v.verdict.settings {
			names = append(names, s.name)
		}
		if len(names) > 1 {
			return []string{"", "#!!!! This avc can be allowed using one of the these booleans:",
				"#     " + strings.Join(names, ", ")}
		}
		return []string{"", "#!!!! This avc can be allowed using the boolean '" + names[0] + "'"}
	case constrained:
		list := []string{"", "#!!!! This avc is a constraint violation.  You would need to modify the attributes of " +
			"either the source or target types to allow this access.",
			"#Constraint rule: ", "#\t" + v.verdict.constraint}
		for _, d := range v.verdict.differ {
			list = append(list, fmt.Sprintf("#\tPossible cause is the source %s and target %s are different.",
				d[0], d[1]))
		}
		return list
	}
	return nil
}

// requirements are the names in the require block of a module.
type requirements struct {
	types   []string
	classes map[string][]string
}

func newRequirements() *requirements { return &requirements{classes: map[string][]string{}} }

func (r *requirements) vector(v *vector) {
	r.types = append(r.types, v.source, v.target)
	r.classes[v.class] = append(r.classes[v.class], v.perms...)
}

// text writes the block, "" for an empty one.
func (r *requirements) text(roles map[string][]string, cil bool) string {
	types := slices.Clone(r.types)
	for _, list := range roles {
		types = append(types, list...)
	}
	slices.Sort(types)
	types = slices.Compact(types)
	if len(types)+len(r.classes)+len(roles) == 0 {
		return ""
	}
	if cil { // CIL cannot require classes
		var lines []string
		for _, t := range types {
			lines = append(lines, "(typeattributeset cil_gen_require "+t+")")
		}
		for _, role := range sortedKeys(roles) {
			lines = append(lines, "(roleattributeset cil_gen_require "+role+")")
		}
		return strings.Join(lines, "\n")
	}
	var b strings.Builder
	b.WriteString("require {\n")
	for _, t := range types {
		fmt.Fprintf(&b, "\ttype %s;\n", t)
	}
	for _, class := range sortedKeys(r.classes) {
		perms := slices.Clone(r.classes[class])
		slices.Sort(perms)
		fmt.Fprintf(&b, "\tclass %s %s;\n", class, set(slices.Compact(perms)))
	}
	for _, role := range sortedKeys(roles) {
		fmt.Fprintf(&b, "\trole %s;\n", role)
	}
	b.WriteString("}")
	return b.String()
}
