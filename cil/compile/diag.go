package compile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/near"
)

// A Diagnostic is one thing that is wrong with the sources.
type Diagnostic struct {
	// File names the source, Pos the place in it. Both are zero where the whole
	// policy is meant.
	File string
	Pos  cil.Pos
	// Source is the line of the source at Pos, without its end.
	Source string
	// Origin is the place in the source that the CIL was generated from, as its
	// line marks say: "file:line"; "" without marks.
	Origin string
	Msg    string
	Kind   Kind
	// Name is the name that nothing declares and Sort the sort of thing that was looked for,
	// as messages call it: "type". Both are empty for another Kind than Missing, and for
	// permissions.
	Name, Sort string
	// Notes are further facts, each a sentence without a period.
	Notes []Note
}

// A Kind is the sort of a diagnostic's error, as far as libsepol tells them apart: by its return
// value.
type Kind uint8

// The kinds.
const (
	Other    Kind = iota
	Missing       // a name that nothing declares
	Conflict      // two transitions of one key
	Overflow      // a number that libsepol cannot count
)

// A Note adds a fact to a diagnostic, perhaps with the place that it is about.
type Note struct {
	File string
	Pos  cil.Pos
	Msg  string
}

func (n Note) String() string {
	if n.File == "" {
		return n.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", n.File, n.Pos.Line, n.Pos.Column, n.Msg)
}

// String returns the diagnostic in one line: where, and what.
func (d *Diagnostic) String() string {
	if d.File == "" {
		return d.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Pos.Line, d.Pos.Column, d.Msg)
}

// Errors are all things that are wrong with the sources, in the order in which
// they were found. It is the error that [Compile] returns for a policy that
// does not compile.
type Errors struct {
	List []*Diagnostic
	// More counts those beyond the first few hundred.
	More int
}

func (e *Errors) Error() string {
	var b strings.Builder
	for i, d := range e.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(d.String())
	}
	return b.String()
}

// Text returns the diagnostic for people: where and what, the line of the source
// with the place marked, and the notes.
func (d *Diagnostic) Text() string {
	var b strings.Builder
	b.WriteString(d.String())
	b.WriteByte('\n')
	if d.Origin != "" {
		fmt.Fprintf(&b, "    generated from %s\n", d.Origin)
	}
	if d.Source != "" {
		line, column := window(d.Source, d.Pos.Column)
		fmt.Fprintf(&b, "    %s\n    %s^\n", line, strings.Repeat(" ", column-1))
	}
	for _, n := range d.Notes {
		fmt.Fprintf(&b, "    %s\n", n)
	}
	return b.String()
}

// window returns a line without its indentation and without control characters,
// cut to a width, and where the column is in it.
func window(line string, column int) (text string, at int) {
	const width = 72
	clean := []byte(line)
	for i, c := range clean {
		if c < ' ' || c == 0x7f {
			clean[i] = ' '
		}
	}
	start := 0
	for start < len(clean) && start < column-1 && clean[start] == ' ' {
		start++
	}
	if column-1-start > width*2/3 {
		start = column - 1 - width/3
	}
	return strings.ToValidUTF8(string(clean[start:min(len(clean), start+width)]), "?"), column - start
}

// FromSyntax returns what [ReadModules] and [cil.ParseFile] found wrong as the
// error that [Compile] would return; nil if there is something else in it.
func FromSyntax(err error) *Errors {
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var out Errors
	for _, err := range list {
		e, ok := err.(*cil.SyntaxError)
		if !ok {
			return nil
		}
		out.List = append(out.List, &Diagnostic{File: e.File, Pos: e.Pos, Source: e.Source, Msg: e.Msg})
	}
	return &out
}

const maxDiagnostics = 500

// diagnostics collects errors.
type diagnostics struct {
	list []*Diagnostic
	more int
}

func (c *compiler) add(d *Diagnostic) *Diagnostic {
	if len(c.diags.list) >= maxDiagnostics {
		c.diags.more++
		return d
	}
	c.diags.list = append(c.diags.list, d)
	return d
}

// failed returns what was found so far as an error, nil if nothing was.
func (c *compiler) failed() error {
	if len(c.diags.list) == 0 {
		return nil
	}
	return &Errors{c.diags.list, c.diags.more}
}

// place fills in where node i of a unit is.
func (c *compiler) place(u *unit, i uint32) *Diagnostic {
	f, i := u.placed(i)
	d := &Diagnostic{File: f.Name, Pos: f.Pos(i)}
	d.Source = f.Line(d.Pos.Line)
	if path, line, ok := f.Source(i); ok {
		d.Origin = fmt.Sprintf("%s:%d", path, line)
	}
	return d
}

// failNode reports an error at node i of a unit.
func (c *compiler) failNode(u *unit, i uint32, format string, args ...any) *Diagnostic {
	if len(c.diags.list) >= maxDiagnostics {
		c.diags.more++
		return &Diagnostic{}
	}
	d := c.place(u, i)
	d.Msg = fmt.Sprintf(format, args...)
	return c.add(d)
}

// fail reports an error at node i of the source of a statement, with the calls,
// blocks and optionals that the statement is in.
func (c *compiler) fail(s stmtID, i uint32, format string, args ...any) *Diagnostic {
	st := &c.stmts[s]
	d := c.failNode(&c.units[st.unit], i, format, args...)
	c.chain(d, st.scope)
	return d
}

// failStmt reports an error at a statement.
func (c *compiler) failStmt(s stmtID, format string, args ...any) *Diagnostic {
	return c.fail(s, c.stmts[s].node, format, args...)
}

// failPolicy reports an error of the whole policy.
func (c *compiler) failPolicy(format string, args ...any) {
	c.add(&Diagnostic{Msg: fmt.Sprintf(format, args...)})
}

// chain notes the scopes around a scope, innermost first.
func (c *compiler) chain(d *Diagnostic, at scopeID) {
	for ; at > rootScope; at = c.scopes[at].parent {
		sc := &c.scopes[at]
		var msg string
		switch sc.kind {
		case wCall:
			msg = "in the call of " + c.headText(at)
		case wBlock, wMacro, wOptional:
			msg = fmt.Sprintf("in %s %s", words[sc.kind], c.headText(at))
		case wBlockInherit:
			msg = "in what is inherited here"
		default:
			continue
		}
		d.Notes = append(d.Notes, c.noteAt(sc.stmt, msg))
	}
}

// headText returns the name of a container, or of the macro that a call names.
func (c *compiler) headText(at scopeID) string {
	st := &c.stmts[c.scopes[at].stmt]
	f := c.units[st.unit].file
	return f.Text(f.Next(st.node + 1))
}

// noteAt returns a note about a statement.
func (c *compiler) noteAt(s stmtID, msg string) Note {
	st := &c.stmts[s]
	f, i := c.units[st.unit].placed(st.node)
	return Note{f.Name, f.Pos(i), msg}
}

// declaredAt notes where a datum is declared.
func (c *compiler) declaredAt(d *Diagnostic, id datumID, format string) {
	if first := c.data[id].first; first != 0 {
		d.Notes = append(d.Notes, c.noteAt(first, format))
	}
}

// nearest returns at most three names of a table of the root that are close to a
// name that is not in it, the closest first.
func (c *compiler) nearest(t table, name string) []string {
	if t == numTables {
		return nil
	}
	var names []string
	for sym, id := range c.root[t] {
		if id != 0 {
			names = append(names, c.names[sym])
		}
	}
	return nearestOf(name, names)
}

// nearestOf returns at most three names that are close to one, the closest first.
func nearestOf(name string, names []string) []string {
	type candidate struct {
		name string
		dist int
	}
	var list []candidate
	limit := max(1, min(len(name)/3, 4))
	for _, other := range names {
		if other == name {
			continue
		}
		if d := near.Distance(name, other, limit); d <= limit && d < len(name) {
			list = append(list, candidate{other, d})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(a.dist-b.dist, strings.Compare(a.name, b.name))
	})
	var out []string
	for _, n := range list[:min(3, len(list))] {
		out = append(out, n.name)
	}
	return out
}
