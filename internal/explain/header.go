package explain

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/internal/refpolicy"
)

// SetHeaders sets the function that reads refpolicy's headers, which explain the names of interfaces
// and macros. The View calls it once, for the first word that neither a page nor the policy has.
// Without headers, or if read returns [refpolicy.ErrNone], only the policy answers.
func (v *View) SetHeaders(read func() (*refpolicy.Headers, error)) {
	v.readHeaders = sync.OnceValues(read)
}

// headers returns the headers, nil if there are none.
func (v *View) headers() (*refpolicy.Headers, error) {
	if v.readHeaders == nil {
		return nil, nil
	}
	h, err := v.readHeaders()
	if errors.Is(err, refpolicy.ErrNone) {
		return nil, nil
	}
	return h, err
}

// fillName explains a name of refpolicy. known is false if the headers do not have it, or if there
// are none and the name contains no type of the policy.
func (v *View) fillName(a *Answer) (known bool, err error) {
	h, err := v.headers()
	if err != nil {
		return true, err
	}
	if h == nil {
		return v.withoutHeaders(a)
	}
	if def, ok := h.Find(a.Topic); ok {
		v.fillInterface(a, h, def)
		return true, nil
	}
	if text, ok := h.Macro(a.Topic); ok {
		return true, v.fillMacro(a, h, text)
	}
	return false, nil
}

// fillInterface explains an interface or a template: its description in the headers, and its rules.
func (v *View) fillInterface(a *Answer, h *refpolicy.Headers, def int) {
	d := &h.Defs[def]
	a.Kind, a.Title = KindInterface, strings.TrimSuffix(h.Summary(def), ".")
	what := "An interface"
	if d.Template {
		a.Kind, what = KindTemplate, "A template"
	}
	if a.Title == "" {
		a.Title = "the headers do not say what it is for"
	}
	a.Text = fmt.Sprintf("%s of refpolicy, defined in %s:%d.", what, h.Files[d.File].Path, h.Line(def))
	var names []string
	params := h.Params(def)
	for i := range h.Arguments(def) {
		if i >= len(params) {
			names = append(names, argumentName("", i))
			continue
		}
		name, text := argumentName(params[i].Name, i), params[i].Summary
		if params[i].Optional {
			text = strings.TrimSuffix(text, ".") + " (may be left out)"
		}
		names = append(names, name)
		a.Text = appendBlocks(a.Text, "* "+name+": "+text)
	}
	v.fillStatements(a, h.Statements(def), names)
	a.See = append(a.See, seen(a.Live.Rules)...)
}

// argumentName returns the word for an argument in rules: DOMAIN for the name domain, or if it has no
// name a number, counted from 0 in i.
func argumentName(name string, i int) string {
	if name == "" {
		return "ARGUMENT" + strconv.Itoa(i+1)
	}
	return strings.ToUpper(name)
}

// fillMacro explains a macro: a set of permissions, of classes, or text with arguments.
func (v *View) fillMacro(a *Answer, h *refpolicy.Headers, body string) error {
	a.Kind, a.Title = KindMacro, "a macro of refpolicy"
	lines, names, err := h.MacroStatements(a.Topic, body)
	if err != nil {
		return err
	}
	words := strings.Fields(strings.Trim(strings.Join(lines, " "), "{} "))
	switch {
	case len(names) > 0 || len(words) == 0 || strings.Contains(strings.Join(lines, ""), ";"):
		v.fillStatements(a, lines, names)
	case v.allClasses(words):
		a.Title = "a set of classes"
		a.Text = appendBlocks(a.Text, "classes: "+strings.Join(words, " "))
		for _, class := range words {
			a.Live.Sockets = append(a.Live.Sockets, v.socketsOf(class)...)
		}
	default:
		a.Title = "a set of permissions"
		class := v.classOf(words)
		for _, name := range words {
			st := v.permState(class, name)
			st.Rules = 0 // the number for one class would mislead
			a.Live.Permissions = append(a.Live.Permissions, st)
		}
	}
	return nil
}

func (v *View) allClasses(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { _, ok := v.p.Class(w); return !ok })
}

// classOf returns the class with most of the permissions. Of equal ones tcp_socket comes first, then
// the other classes of sockets.
func (v *View) classOf(perms []string) string {
	best, most := "tcp_socket", -1
	count := func(name string) {
		class, ok := v.p.Class(name)
		if !ok {
			return
		}
		n := 0
		for _, perm := range perms {
			if _, ok := v.p.Perm(class, perm); ok {
				n++
			}
		}
		if n > most {
			best, most = name, n
		}
	}
	count("tcp_socket")
	for class := range v.p.Classes() {
		if name := v.p.ClassName(class); isSocketClass(name) {
			count(name)
		}
	}
	for class := range v.p.Classes() {
		count(v.p.ClassName(class))
	}
	return best
}

// withoutHeaders explains a name that contains a type of the policy by that type: for
// corenet_tcp_bind_http_port it has the facts of http_port_t.
func (v *View) withoutHeaders(a *Answer) (known bool, err error) {
	best, stem := "", ""
	for id := range v.p.Types() {
		name := v.p.TypeName(id)
		s, ok := strings.CutSuffix(name, "_t")
		if !ok || len(s) <= max(len(stem), 3) {
			continue
		}
		// The name of an interface begins with a module and a verb; a shorter name is more likely a type.
		before, _, found := strings.Cut(a.Topic+"_", "_"+s+"_")
		if found && strings.Contains(before, "_") {
			best, stem = name, s
		}
	}
	if best == "" {
		return false, nil
	}
	a.Kind, a.Title = KindInterface, "an interface by its name; refpolicy's headers are not installed here"
	a.Text = "Only the headers tell what it grants (package selinux-policy-devel or " +
		"selinux-policy-dev, or a copy that --headers DIR names). The policy has the type " + best +
		", which is in its name."
	a.See = append(a.See, best)
	id, _ := v.p.TypeOrAttribute(best)
	a.Live.Type, err = v.typeFacts(id)
	return true, err
}
