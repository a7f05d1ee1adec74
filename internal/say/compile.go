package say

import (
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/words"
)

// FewErrors is the number of a compiler's errors that are shown beside other text.
const FewErrors = 5

// CompileErrors returns the first most of a compiler's errors, each with its line and what
// leads there.
func CompileErrors(e *compile.Errors, most int) words.Lines {
	out := words.Lines("")
	for i, d := range e.List {
		if i == most {
			out += words.Format("and %d more\n", len(e.List)-i+e.More)
			break
		}
		for line := range strings.Lines(d.Text()) {
			out += words.Format("%s\n", strings.TrimRight(line, "\n"))
		}
	}
	return out
}

// LabelConflicts lists the labels that have no effect because an earlier one is for the same
// object.
func LabelConflicts(list []compile.Note) words.Lines {
	out := words.Lines("")
	for _, n := range list {
		out += words.Format("note: %s; the first counts, libsepol from 3.5 refuses both\n", words.Escape(n.String()))
	}
	return out
}

// GoneOptionals lists the optionals that went away, each with the name that would bring it
// back.
func GoneOptionals(gone []compile.Gone) words.Lines {
	out := words.Lines("")
	for _, g := range gone {
		out += words.Format("%s:%d: optional %s: no %s is called %s (%s at line %d)\n", g.Place.File, g.Place.Pos.Line,
			g.Optional, g.Kind, g.Missing, g.Statement.Msg, g.Statement.Pos.Line)
	}
	return out
}
