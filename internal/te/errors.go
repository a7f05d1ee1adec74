package te

import (
	"fmt"
	"slices"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/near"
	"github.com/senet-selinux/senet/internal/pp"
)

// diagnostic makes a diagnostic from a place and a message.
func (b *builder) diagnostic(pos cil.Pos, format string, args ...any) *compile.Diagnostic {
	d := &compile.Diagnostic{File: b.o.File, Pos: pos, Msg: fmt.Sprintf(format, args...)}
	if d.File == "" {
		d.File = "module"
	}
	if pos.Line > 0 && pos.Line <= len(b.lines) {
		d.Source = b.lines[pos.Line-1]
	}
	return d
}

// bad reports a mistake.
func (b *builder) bad(pos cil.Pos, format string, args ...any) {
	b.report(b.diagnostic(pos, format, args...))
}

func (b *builder) report(d *compile.Diagnostic) {
	if len(b.errs.List) >= maxErrors {
		b.errs.More++
		return
	}
	b.errs.List = append(b.errs.List, d)
}

// strange reports something that is allowed but probably a mistake.
func (b *builder) strange(pos cil.Pos, format string, args ...any) {
	d := b.diagnostic(pos, format, args...)
	if b.o.Strict {
		b.report(d)
		return
	}
	b.warnings = append(b.warnings, d)
}

var tableNames = [pp.NumTables]string{"common", "class", "role", "type", "user", "boolean", "sensitivity", "category"}

// unknown reports a name that nothing declares or requires, with the most similar known names.
func (b *builder) unknown(table int, of string, name ident) {
	if len(b.errs.List) >= maxErrors {
		b.errs.More++
		return
	}
	d := b.diagnostic(name.pos, "unknown %s %s", of, name.text)
	d.Kind = compile.Missing
	if close := nearest(name.text, b.namesOf(table)); len(close) > 0 {
		d.Notes = append(d.Notes, compile.Note{Msg: fmt.Sprintf("did you mean %s?", list(close))})
	} else {
		d.Notes = append(d.Notes, compile.Note{Msg: fmt.Sprintf("declare it, or require it: require { %s %s; }",
			requireWord(table, of), name.text)})
	}
	b.report(d)
}

func requireWord(table int, of string) string {
	switch {
	case of == "attribute", of == "role attribute":
		return map[string]string{"attribute": "attribute", "role attribute": "attribute_role"}[of]
	case table == pp.Bools:
		return "bool"
	}
	return tableNames[table]
}

func (b *builder) namesOf(table int) []string {
	switch table {
	case pp.Classes:
		return b.classes.names
	case pp.Roles:
		return b.roles.names
	case pp.Types:
		return b.types.names
	case pp.Bools:
		return b.bools.names
	case pp.Levels:
		return b.levels.names
	case pp.Categories:
		return b.cats.names
	}
	return nil
}

// nearest returns the names most similar to a name, at most three.
func nearest(name string, names []string) []string {
	limit := max(1, min(3, len(name)/4))
	var close []string
	for _, n := range names {
		switch d := near.Distance(name, n, limit); {
		case d < limit:
			limit, close = d, []string{n}
		case d == limit:
			close = append(close, n)
		}
	}
	slices.Sort(close)
	return close[:min(len(close), 3)]
}

// list joins names with "or".
func list(names []string) string {
	text := names[0]
	for i, n := range names[1:] {
		if i+2 == len(names) {
			text += " or " + n
		} else {
			text += ", " + n
		}
	}
	return text
}
