package modsource

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/m4"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/policy"
)

// A Severity says how bad a finding is.
type Severity string

// The severities. A module with an error cannot be built, or not be installed with the policy.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Style   Severity = "style"
)

// A Finding is something wrong with a source.
type Finding struct {
	File     string
	Line     int // from 1 on
	Severity Severity
	// Code does not change: SN-M-INTERFACE and others; for what SELint finds too, SELint's code.
	Code string
	Text string
	Near []string // names that may be meant
}

// Sources are the files of one module, as they are.
type Sources struct {
	Name       string // of the .te, for messages
	TE, IF, FC string
}

// Lint checks the sources of a module: whether the interfaces that it calls exist, have so many arguments and are not
// deprecated, whether it compiles, whether the policy has the types, classes and permissions that it requires, and
// SELint's style. p may be nil, for no policy. The findings come in the order of files and lines.
func Lint(h *refpolicy.Headers, p *policy.Policy, s Sources) ([]Finding, error) {
	l := &linter{headers: h, policy: p, s: s, base: strings.TrimSuffix(s.Name, ".te")}
	if s.IF != "" {
		own, err := h.With(l.base+".if", s.IF)
		if err != nil {
			l.macro(err)
			return l.found, nil
		}
		l.headers = own
		l.interfaces(len(h.Defs))
	}
	l.calls(s.Name, s.TE, 0)
	l.style()
	l.contexts()
	l.compile()
	slices.SortStableFunc(l.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.CompactFunc(l.found, func(a, b Finding) bool {
		return a.File == b.File && a.Line == b.Line && a.Code == b.Code && a.Text == b.Text
	}), nil
}

type linter struct {
	headers *refpolicy.Headers
	policy  *policy.Policy
	s       Sources
	base    string // the name of the files without .te
	found   []Finding
}

func (l *linter) add(f Finding) {
	l.found = append(l.found, f)
}

// macro adds a mistake that m4 finds.
func (l *linter) macro(err error) {
	var e *m4.Error
	if errors.As(err, &e) {
		l.add(Finding{File: e.File, Line: e.Line, Severity: Error, Code: "SN-M-MACRO", Text: e.Msg})
		return
	}
	l.add(Finding{File: l.s.Name, Line: 1, Severity: Error, Code: "SN-M-MACRO", Text: err.Error()})
}

// calls checks the calls in a text; offset is the number of lines before it.
func (l *linter) calls(file, text string, offset int) {
	for c := range findCalls(text) {
		line := offset + c.line
		def, ok := l.headers.Find(c.name)
		if !ok {
			if _, macro := l.headers.Macro(c.name); !macro && !builtin(c.name) {
				l.add(Finding{File: file, Line: line, Severity: Error, Code: "SN-M-INTERFACE",
					Text: "there is no interface or macro " + c.name,
					Near: policy.Nearest(c.name, l.headers.Names(), 3)})
			}
			continue
		}
		least, most := len(l.headers.Required(def)), len(l.headers.Arguments(def))
		if c.args < least || c.args > most {
			want := fmt.Sprint(most)
			if least != most {
				want = fmt.Sprintf("%d to %d", least, most)
			}
			l.add(Finding{File: file, Line: line, Severity: Error, Code: "SN-M-ARGUMENTS",
				Text: fmt.Sprintf("%s has %d arguments, and takes %s", c.name, c.args, want)})
			continue
		}
		_, warnings, err := l.headers.Expand(file, c.text+"\n")
		if err != nil {
			continue // said by compile
		}
		for _, w := range warnings {
			l.add(Finding{File: file, Line: line, Severity: Warning, Code: "SN-M-DEPRECATED",
				Text: strings.TrimSpace(w.Text)})
		}
		if !strings.HasPrefix(c.after, "\n") && strings.HasPrefix(strings.TrimLeft(c.after, " \t"), ";") {
			l.add(Finding{File: file, Line: line, Severity: Style, Code: "S-003",
				Text: "a semicolon follows the call of " + c.name})
		}
	}
}

// interfaces checks the interfaces of the module itself.
func (l *linter) interfaces(from int) {
	file := l.base + ".if"
	for def := from; def < len(l.headers.Defs); def++ {
		d := &l.headers.Defs[def]
		line := l.headers.Line(def)
		if l.headers.Summary(def) == "" {
			l.add(Finding{File: file, Line: line, Severity: Style, Code: "C-004",
				Text: d.Name + " has no comment with a summary"})
		}
		l.calls(file, d.Body, line-1)
	}
}

// style checks what SELint calls style in a .te.
func (l *linter) style() {
	n := 0
	for line := range strings.Lines(l.s.TE) {
		n++
		text, comment, _ := strings.Cut(line, "#")
		word := strings.TrimSpace(text)
		if end := strings.IndexFunc(word, func(r rune) bool { return r > 127 || !wordByte(byte(r)) }); end >= 0 {
			word = word[:end]
		}
		if (word == "gen_require" || word == "require") && !strings.Contains(comment, "selint-disable:S-001") &&
			!strings.Contains(comment, "selint-disable: S-001") {
			l.add(Finding{File: l.s.Name, Line: n, Severity: Style, Code: "S-001",
				Text: "a .te requires names itself: call an interface of the module that declares them"})
		}
		if n == 1 && strings.HasPrefix(line, "module ") {
			l.add(Finding{File: l.s.Name, Line: n, Severity: Style, Code: "SN-M-HEADER",
				Text: "refpolicy's sources begin with policy_module"})
		}
	}
	if !strings.Contains(l.s.TE, "policy_module(") && !strings.HasPrefix(strings.TrimSpace(l.s.TE), "module ") {
		l.add(Finding{File: l.s.Name, Line: 1, Severity: Error, Code: "SN-M-HEADER", Text: "there is no policy_module"})
	}
}

// contexts checks the file contexts: each has a label by gen_context, of a type that there is.
func (l *linter) contexts() {
	n := 0
	for line := range strings.Lines(l.s.FC) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || !strings.HasPrefix(line, "/") && !strings.HasPrefix(line, "HOME") {
			continue
		}
		if !strings.Contains(line, "gen_context(") && !strings.HasSuffix(line, "<<none>>") {
			l.add(Finding{File: l.base + ".fc", Line: n, Severity: Error, Code: "E-002",
				Text: "a file context without gen_context"})
		}
	}
}

// compile compiles the module and checks what it requires.
func (l *linter) compile() {
	text, _, err := l.headers.Expand(l.s.Name, l.s.TE)
	if err != nil {
		l.macro(err)
		return
	}
	r, err := te.Compile(string(text), te.Options{MLS: l.headers.Settings.MLS(), File: l.s.Name})
	var found *compile.Errors
	switch {
	case errors.As(err, &found):
		if l.wrongCalls() {
			return // what the compiler says of them does not help
		}
		for _, d := range found.List {
			l.add(Finding{File: l.s.Name, Line: lineOfText(l.s.TE, d.Source), Severity: Error, Code: "SN-M-COMPILE",
				Text: d.Msg})
		}
		return
	case err != nil:
		l.add(Finding{File: l.s.Name, Line: 1, Severity: Error, Code: "SN-M-COMPILE", Text: err.Error()})
		return
	}
	if l.policy != nil {
		l.requirements(r.Module)
	}
}

// wrongCalls reports whether a call was found to be wrong.
func (l *linter) wrongCalls() bool {
	return slices.ContainsFunc(l.found, func(f Finding) bool {
		return f.Code == "SN-M-INTERFACE" || f.Code == "SN-M-ARGUMENTS"
	})
}

// lineOfText returns the first line with a text, 1 for none.
func lineOfText(text, part string) int {
	part = strings.TrimSpace(part)
	n := 0
	for line := range strings.Lines(text) {
		if n++; part != "" && strings.Contains(line, part) {
			return n
		}
	}
	return 1
}
