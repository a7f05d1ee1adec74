package form

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// moduleTE writes a module in checkmodule's language, for users who keep their policy in it: its
// declarations, requirements and rules. The language has no statement for a port, so the label of
// an own type follows as a command. ok is false if a name is invalid in the language, such as one
// with dots from blocks of CIL.
func moduleTE(f *remedy.Fix, name string) (text string, ok bool) {
	w := teWriter{attributes: f.Attributes, perms: map[string][]string{}}
	for _, n := range f.Module {
		w.statement(n, "")
	}
	if slices.ContainsFunc(slices.Concat(w.types, w.bools, w.attributes),
		func(name string) bool { return strings.Contains(name, ".") }) {
		return "", false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "module %s 1.0;\n\nrequire {\n", name)
	for _, class := range w.classes {
		perms := w.perms[class]
		slices.Sort(perms)
		fmt.Fprintf(&b, "    class %s %s;\n", class, setTE(slices.Compact(perms)))
	}
	for _, part := range []struct {
		keyword string
		names   []string
	}{{"attribute", w.attributes}, {"type", w.types}, {"bool", w.bools}} {
		names := slices.Sorted(slices.Values(part.names))
		for _, name := range slices.Compact(names) {
			if name != w.own {
				fmt.Fprintf(&b, "    %s %s;\n", part.keyword, name)
			}
		}
	}
	b.WriteString("}\n\n")
	b.WriteString(w.body.String())
	fmt.Fprintf(&b,
		"\n# checkmodule -M -m -o %s.mod %s.te\n# semodule_package -o %s.pp -m %s.mod\n# semodule -i %s.pp\n", name,
		name, name, name, name)
	for line := range strings.Lines(portCommands(f)) {
		b.WriteString("# " + line)
	}
	return b.String(), true
}

// portCommands label the port of an own type: by the records, or as its portcon does.
func portCommands(f *remedy.Fix) string {
	if len(f.Records) > 0 {
		return semanageRecords(f.Records, false)
	}
	if r, ok := portconRecord(f); ok {
		return semanageRecords([]remedy.RecordChange{r}, false)
	}
	return ""
}

// portconRecord returns the record with the same label as the module's portcon.
func portconRecord(f *remedy.Fix) (r remedy.RecordChange, ok bool) {
	for _, n := range f.Module {
		if n.List[0].Atom == "portcon" {
			port, _ := strconv.ParseUint(n.List[2].Atom, 10, 16)
			protocol, err := semanage.ParseProtocol(n.List[1].Atom)
			return remedy.RecordChange{Action: remedy.AddRecord, Port: semanage.Port{
				Protocol: protocol, Low: uint16(port), High: uint16(port),
				Context: semanage.Context{Type: f.Type, Range: f.Range},
			}}, err == nil
		}
	}
	return r, false
}

type teWriter struct {
	own            string // the type that the module declares
	attributes     []string
	types          []string
	bools, classes []string
	perms          map[string][]string // by class
	body           strings.Builder
}

func (w *teWriter) statement(n cil.Node, tab string) {
	switch keyword := n.List[0].Atom; keyword {
	case "type":
		w.own = n.List[1].Atom
		fmt.Fprintf(&w.body, "type %s;\n", w.own)
	case "typeattributeset":
		fmt.Fprintf(&w.body, "typeattribute %s %s;\n", w.own, n.List[1].Atom)
	case "allow", "dontaudit", "auditallow":
		source, target, class := n.List[1].Atom, n.List[2].Atom, n.List[3].List[0].Atom
		w.name(source)
		w.name(target)
		var perms []string
		for _, perm := range n.List[3].List[1].List {
			perms = append(perms, perm.Atom)
		}
		if !slices.Contains(w.classes, class) {
			w.classes = append(w.classes, class)
		}
		w.perms[class] = append(w.perms[class], perms...)
		fmt.Fprintf(&w.body, "%s%s %s %s:%s %s;\n", tab, keyword, source, target, class, setTE(perms))
	case "typepermissive":
		w.name(n.List[1].Atom)
		fmt.Fprintf(&w.body, "permissive %s;\n", n.List[1].Atom)
	case "booleanif":
		condition := w.condition(n.List[1])
		for _, branch := range n.List[2:] {
			text := condition
			if branch.List[0].Atom == "false" {
				text = "!(" + condition + ")"
			}
			fmt.Fprintf(&w.body, "if (%s) {\n", text)
			for _, inner := range branch.List[1:] {
				w.statement(inner, "    ")
			}
			w.body.WriteString("}\n")
		}
	}
}

func (w *teWriter) name(name string) {
	if name != "self" && !slices.Contains(w.attributes, name) {
		w.types = append(w.types, name)
	}
}

// condition writes an expression of booleans with parentheses around every operation but the
// outermost.
func (w *teWriter) condition(n cil.Node) string {
	if !n.IsList() {
		w.bools = append(w.bools, n.Atom)
		return n.Atom
	}
	inner := func(n cil.Node) string {
		if n.IsList() {
			return "(" + w.condition(n) + ")"
		}
		return w.condition(n)
	}
	operator := n.List[0].Atom
	if operator == "not" {
		return "!" + inner(n.List[1])
	}
	switch operator {
	case "and":
		operator = "&&"
	case "or":
		operator = "||"
	case "xor":
		operator = "^"
	case "eq":
		operator = "=="
	case "neq":
		operator = "!="
	}
	return inner(n.List[1]) + " " + operator + " " + inner(n.List[2])
}

func setTE(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "{ " + strings.Join(names, " ") + " }"
}

// refpolicyForm writes the source of a module with interfaces, and how to build it.
func refpolicyForm(f *remedy.Fix) string {
	return "# " + f.ModuleName + ".te\n" + strings.ReplaceAll(f.Source, "\t", "    ") +
		"\n# senet module install " + f.ModuleName +
		".te, or without senet:\n# make -f /usr/share/selinux/devel/Makefile " + f.ModuleName + ".pp && semodule -i " +
		f.ModuleName + ".pp\n"
}
