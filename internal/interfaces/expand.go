package interfaces

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/policy"
)

// An Expansion is a call of an interface, a template or a macro, as statements of the policy
// language.
type Expansion struct {
	Call string
	// Def is the called definition, -1 for other macros.
	Def        int
	Statements []string
	// Warnings are messages of the interface, for example that it is deprecated.
	Warnings []string
	// Effect is the access that the call adds to the policy: nil for templates and macros, and if
	// the policy lacks the domain.
	Effect *Effect
}

// An UnknownError says that there is no interface or macro of that name.
type UnknownError struct {
	Name string
	Near []string
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("the headers have no interface or macro %s", e.Name)
}

// An ArgumentsError says that a call has too few or too many arguments.
type ArgumentsError struct {
	Name       string
	Given      int
	Least      int
	Most       int
	Parameters []refpolicy.Param
}

func (e *ArgumentsError) Error() string {
	want := fmt.Sprintf("%d arguments", e.Most)
	switch {
	case e.Most != e.Least:
		want = fmt.Sprintf("%d to %d arguments", e.Least, e.Most)
	case e.Most == 1:
		want = "1 argument"
	}
	return fmt.Sprintf("%s takes %s, not %d", e.Name, want, e.Given)
}

// Expand expands a call, NAME(ARGUMENT, ...), and computes its effect.
func (f *Finder) Expand(text string) (*Expansion, error) {
	h, err := f.x.Headers()
	if err != nil {
		return nil, err
	}
	name, args, err := refpolicy.ParseCall(text)
	if err != nil {
		return nil, err
	}
	e := &Expansion{Call: name + "(" + strings.Join(args, ", ") + ")", Def: -1}
	def, ok := h.Find(name)
	if ok {
		e.Def = def
		least, most := len(h.Required(def)), len(h.Arguments(def))
		if len(args) < least || len(args) > most {
			return nil, &ArgumentsError{name, len(args), least, most, h.Params(def)}
		}
	} else if _, ok := h.Macro(name); !ok {
		return nil, &UnknownError{name, policy.Nearest(name, h.Names(), 3)}
	} else if args == nil {
		e.Call = name
	}
	out, warnings, err := h.Expand("", e.Call+"\n")
	if err != nil {
		return nil, err
	}
	e.Statements = refpolicy.Statements(out)
	for _, w := range warnings {
		e.Warnings = append(e.Warnings, strings.TrimSpace(w.Text))
	}
	if err := f.x.Failure(def); ok && err != nil {
		e.Warnings = append(e.Warnings, "what it opens is not known: "+err.Error())
		return e, nil
	}
	if ok && !h.Defs[def].Template && len(args) > 0 {
		if _, known := f.p.Type(args[0]); known {
			e.Effect, err = f.Effect(def, args, nil)
		}
	}
	return e, err
}

// Matching returns the definitions whose names or summaries contain all words, sorted by name.
func Matching(h *refpolicy.Headers, words []string) (defs []int) {
	for def := range h.Defs {
		text := h.Defs[def].Name
		if len(words) > 0 {
			text += " " + h.Summary(def)
		}
		if !slices.ContainsFunc(words, func(w string) bool {
			return !strings.Contains(strings.ToLower(text), strings.ToLower(w))
		}) {
			defs = append(defs, def)
		}
	}
	slices.SortFunc(defs, func(a, b int) int { return strings.Compare(h.Defs[a].Name, h.Defs[b].Name) })
	return defs
}
