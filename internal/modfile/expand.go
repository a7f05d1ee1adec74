package modfile

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/m4"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/te"
)

// expand replaces the macros of refpolicy in a source and its file contexts, with the
// interfaces beside it, NAME.if, by the headers in a directory, "" for the installed ones.
// What is wrong with a macro is a [*compile.Errors].
func expand(file, headers, text string, contexts []byte) (string, []byte, []*compile.Diagnostic, error) {
	h, err := refpolicy.OpenNamed("", headers)
	if err != nil {
		return "", contexts, nil, fmt.Errorf("%s calls interfaces or macros of refpolicy: %w", file, err)
	}
	beside := strings.TrimSuffix(strings.TrimSuffix(file, ".bz2"), ".te") + ".if"
	switch own, err := plain(beside); {
	case err == nil:
		if h, err = h.With(beside, string(own)); err != nil {
			return "", nil, nil, macroErrors(err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", nil, nil, err
	}
	out, messages, err := h.Expand(file, text)
	if err != nil {
		return "", nil, nil, macroErrors(err)
	}
	if len(contexts) > 0 {
		if contexts, err = h.ExpandContexts(strings.TrimSuffix(beside, ".if")+".fc", string(contexts)); err != nil {
			return "", nil, nil, macroErrors(err)
		}
	}
	var warnings []*compile.Diagnostic
	for _, m := range messages {
		warnings = append(warnings, &compile.Diagnostic{File: m.File, Pos: cil.Pos{Line: m.Line, Column: 1},
			Source: lineOf(text, m.Line), Msg: strings.TrimSpace(m.Text)})
	}
	return string(out), contexts, warnings, nil
}

// withoutHeaders compiles a source as it is, for the compiler's message about the first
// macro has its place, and adds that there are no headers.
func withoutHeaders(
	source string, contexts []byte, o te.Options, none error,
) (*pp.Package, []*compile.Diagnostic, error) {
	p, warnings, err := te.Package(source, contexts, o)
	var found *compile.Errors
	if errors.As(err, &found) && len(found.List) > 0 {
		first := found.List[0]
		first.Notes = append(first.Notes, compile.Note{Msg: none.Error()})
	}
	return p, warnings, err
}

// macroErrors makes the error of a macro one that messages show with its place.
func macroErrors(err error) error {
	var e *m4.Error
	if !errors.As(err, &e) {
		return err
	}
	return &compile.Errors{List: []*compile.Diagnostic{{File: e.File, Pos: cil.Pos{Line: e.Line, Column: 1},
		Msg: e.Msg}}}
}

// lineOf returns a line of a text, counted from 1.
func lineOf(text string, line int) string {
	for n := 1; ; n++ {
		first, rest, more := strings.Cut(text, "\n")
		if n == line || !more {
			return first
		}
		text = rest
	}
}

// callsMacros reports whether a source has what m4 replaces: a quote, or a name with a
// parenthesis behind it that is no word of a condition.
func callsMacros(text string) bool {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if strings.ContainsAny(line, "`'") {
			return true
		}
		for {
			before, after, found := strings.Cut(line, "(")
			if !found {
				break
			}
			name := before[strings.LastIndexFunc(before, func(r rune) bool {
				return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
			})+1:]
			switch strings.ToLower(name) {
			case "", "if", "and", "or", "xor", "not", "eq":
			default:
				return true
			}
			line = after
		}
	}
	return false
}
