package daemonconf

import (
	"slices"
	"strings"
)

// A condition is one .if without its .endif.
type condition struct {
	text string // the condition of the branch that is read now
	// now says whether the branch is read, before whether an earlier branch was
	now, before truth
}

// A truth is the value of a condition: yes, no, or open where no file tells it.
type truth int

const (
	no truth = iota
	yes
	open // in no file
)

func not(t truth) truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return open
}

// directive reads a line that begins with a dot; it returns false for other lines.
func (r *haproxyReader) directive(w []string) bool {
	text := strings.Join(w[1:], " ")
	top := len(r.conds) - 1
	switch w[0] {
	case ".if":
		if len(r.conds) == 1024 { // haproxy allows 1024
			r.problem(r.at, ".if is more than 1024 deep")
			return true
		}
		r.conds = append(r.conds, condition{text: text, now: r.evaluate(text)})
	case ".elif", ".else":
		if top < 0 {
			r.problem(r.at, "%s without .if", w[0])
			return true
		}
		c := &r.conds[top]
		if c.now == yes {
			c.before = yes
		} else if c.now == open && c.before == no {
			c.before = open
		}
		next := yes
		if w[0] == ".elif" {
			next = r.evaluate(text)
		} else {
			text = "not " + c.text
		}
		switch {
		case c.before == yes:
			next = no
		case c.before == open && next == yes:
			next = open
		}
		c.now, c.text = next, text
	case ".endif":
		if top < 0 {
			r.problem(r.at, ".endif without .if")
			return true
		}
		r.conds = r.conds[:top]
	case ".notice", ".warning", ".alert", ".diag":
	default:
		return false
	}
	return true
}

// active reports whether lines are read now, and under which condition.
func (r *haproxyReader) active() (bool, string) {
	text := ""
	for _, c := range r.conds {
		switch c.now {
		case no:
			return false, ""
		case open:
			text = c.text
		}
	}
	return true, text
}

// evaluate returns whether a condition holds. It knows the predicates that files can answer.
func (r *haproxyReader) evaluate(text string) truth {
	text = strings.TrimSpace(text)
	if len(text) > 4096 {
		return open
	}
	if a, b, ok := cutOutside(text, "||"); ok {
		return not(and(not(r.evaluate(a)), not(r.evaluate(b))))
	}
	if a, b, ok := cutOutside(text, "&&"); ok {
		return and(r.evaluate(a), r.evaluate(b))
	}
	switch {
	case text == "" || text == "0" || text == "false":
		return no
	case text == "1" || text == "true":
		return yes
	case text[0] == '!':
		return not(r.evaluate(text[1:]))
	case text[0] == '(' && text[len(text)-1] == ')':
		return r.evaluate(text[1 : len(text)-1])
	}
	name, args, ok := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	a, b, _ := strings.Cut(args, ",")
	if !ok || variable(args) != "" {
		return open
	}
	switch name {
	case "defined":
		if _, set := r.start.Env[a]; set {
			return yes
		}
		if slices.Contains(r.start.Passed, a) {
			return open
		}
		return no
	case "streq":
		return truthOf(a == b)
	case "strneq":
		return truthOf(a != b)
	case "strstr":
		return truthOf(strings.Contains(a, b))
	}
	return open
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func and(a, b truth) truth {
	switch {
	case a == no || b == no:
		return no
	case a == yes && b == yes:
		return yes
	}
	return open
}

// cutOutside cuts at an operator outside of parentheses.
func cutOutside(text, operator string) (a, b string, ok bool) {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth--
		default:
			if depth == 0 && strings.HasPrefix(text[i:], operator) {
				return text[:i], text[i+len(operator):], true
			}
		}
	}
	return text, "", false
}
