package say

import (
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/words"
)

// FewErrors is the number of compiler errors that are shown with other text.
const FewErrors = 5

// CompileErrors returns the first errors of a compiler, at most most, each with its line and the
// blocks around it.
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

// LabelConflicts lists the labels without effect because an earlier one is for the same object.
func LabelConflicts(list []compile.Note) words.Lines {
	out := words.Lines("")
	for _, n := range list {
		out += words.Format("note: %s; the first one counts, libsepol since 3.5 refuses both\n",
			words.Escape(n.String()))
	}
	return out
}

// GoneOptionals lists the optionals that were removed, each with the missing name.
func GoneOptionals(gone []compile.Gone) words.Lines {
	out := words.Lines("")
	for _, g := range gone {
		out += words.Format("%s:%d: optional %s: there is no %s %s (%s at line %d)\n", g.Place.File, g.Place.Pos.Line,
			g.Optional, g.Kind, g.Missing, g.Statement.Msg, g.Statement.Pos.Line)
	}
	return out
}
