package doc

import "github.com/senet-selinux/senet/cil/compile"

// Compile is the document of senet compile --json: schema senet.compile/1.
type Compile struct {
	Schema string `json:"schema"`
	// Output is the file of the policy, "" if none was written.
	Output string `json:"output"`
	// Version is the version of the policy, 0 if it does not compile.
	Version uint32 `json:"policy_version"`
	// Errors are the errors in the sources, and MoreErrors counts those beyond the first
	// few hundred.
	Errors     []SourceError `json:"errors"`
	MoreErrors int           `json:"more_errors"`
	// Gone are the optionals that were removed.
	Gone []GoneOptional `json:"gone_optionals"`
}

// A SourceError is an error in the sources of a policy.
type SourceError struct {
	Place
	// Origin is the place in the source from which the CIL was generated.
	Origin string  `json:"origin,omitempty"`
	Notes  []Place `json:"notes"`
}

// A Place is a place in a source, with a message.
type Place struct {
	File   string `json:"file"` // "" for the whole policy
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
}

// A GoneOptional is an optional that was removed because of a missing name.
type GoneOptional struct {
	Optional  string `json:"optional"`
	Place     Place  `json:"place"`
	Statement Place  `json:"statement"` // the first with a missing name
	Missing   string `json:"missing"`
	Kind      string `json:"kind"` // the kind of the missing name
}

// CompileOf returns the document of a successful compilation.
func CompileOf(r *compile.Result, output string) Compile {
	out := Compile{
		Schema: "senet.compile/1", Output: output, Version: r.Policy.Version, Errors: []SourceError{},
		Gone: []GoneOptional{},
	}
	for _, g := range r.Gone() {
		out.Gone = append(out.Gone, GoneOptional{
			Optional: g.Optional, Place: placeOf(g.Place), Statement: placeOf(g.Statement), Missing: g.Missing,
			Kind: g.Kind,
		})
	}
	return out
}

// CompileErrorsOf returns the document of a failed one.
func CompileErrorsOf(e *compile.Errors) Compile {
	return Compile{Schema: "senet.compile/1", Errors: sourceErrors(e.List), MoreErrors: e.More, Gone: []GoneOptional{}}
}

// sourceErrors returns diagnostics of sources for a document.
func sourceErrors(list []*compile.Diagnostic) []SourceError {
	out := []SourceError{}
	for _, d := range list {
		one := SourceError{
			Place:  placeOf(compile.Note{File: d.File, Pos: d.Pos, Msg: d.Msg}),
			Origin: d.Origin, Notes: make([]Place, len(d.Notes)),
		}
		for i, n := range d.Notes {
			one.Notes[i] = placeOf(n)
		}
		out = append(out, one)
	}
	return out
}

func placeOf(n compile.Note) Place {
	return Place{File: n.File, Line: n.Pos.Line, Column: n.Pos.Column, Text: n.Msg}
}

// Format is the document of senet format --json: schema senet.format/1.
type Format struct {
	Schema string          `json:"schema"`
	Files  []FormattedFile `json:"files"`
}

// A FormattedFile is a file of CIL in the canonical layout.
type FormattedFile struct {
	Name    string `json:"name"`    // - for standard input
	Changed bool   `json:"changed"` // it had another layout
	// Text is the new text of standard input.
	Text string `json:"text,omitempty"`
	// Diff has the removed and added lines, with --diff.
	Diff string `json:"diff,omitempty"`
}
