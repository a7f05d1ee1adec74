package audit

import "strings"

// ContextType returns the type of a context in text form, "" if it has none. A word alone is a type: people shorten
// records so. Web pages and copies damage contexts (ubject_r:TYPE:s0, where a picture replaced a part): then the type
// is what follows the role, or what stands before the level. A level is never a type.
func ContextType(context string) string {
	first, rest, several := strings.Cut(context, ":")
	if !several {
		if isLevel(first) {
			return ""
		}
		return first
	}
	second, rest, third := strings.Cut(rest, ":")
	typ, _, _ := strings.Cut(rest, ":")
	switch {
	case isRole(first) && !isRole(second):
		return typeOrNone(second)
	case third && !isLevel(typ):
		return typ
	case isRole(second) || first == "u" && second == "r":
		return ""
	case third:
		return typeOrNone(second)
	case isLevel(second) && !strings.HasSuffix(first, "_u"):
		return typeOrNone(first)
	}
	return ""
}

func typeOrNone(s string) string {
	if isLevel(s) {
		return ""
	}
	return s
}

// shortened returns the type of a context of which somebody left out parts, with marks in their place: ...:httpd_t,
// *:*:httpd_t:s0, system_u:...:httpd_t:s0. Other contexts it returns as they are.
func shortened(context string) string {
	user, rest, several := strings.Cut(context, ":")
	role, after, three := strings.Cut(rest, ":")
	switch {
	case several && isMark(user) && !(three && isMark(role)) && !isRole(role):
		// the marks stand for user and role
	case three && (isMark(user) || isMark(role)):
		rest = after
	default:
		return context
	}
	typ, level, _ := strings.Cut(rest, ":")
	if typ == "" || isLevel(typ) || isMark(typ) || level != "" && !isLevel(level) && !isMark(level) {
		return context
	}
	return typ
}

// isMark reports whether a part of a context stands for one that was left out.
func isMark(part string) bool { return part != "" && strings.Trim(part, ".*_<>[]-…") == "" }

// isRole reports whether a part of a context is a role of the usual names, or the end of one. The shortest, r, is
// Android's.
func isRole(s string) bool { return s == "r" || strings.HasSuffix(s, "_r") }

// isLevel reports whether a part of a context is a level, a range, or the categories of one: s0, s0-s0:c0.c1023,
// c512,c768.
func isLevel(s string) bool {
	if len(s) < 2 || s[0] != 's' && s[0] != 'c' {
		return false
	}
	for i, wants := 0, true; i < len(s); i++ {
		switch c := s[i]; {
		case wants:
			if c != 's' && c != 'c' || i+1 == len(s) || !isDigit(s[i+1]) {
				return i == len(s)-1 && s[i-1] == '-' // the end of a range was cut
			}
			wants = false
		case c == '-' || c == ',' || c == '.':
			if wants = true; i == len(s)-1 {
				return true
			}
		case !isDigit(c):
			return false
		}
	}
	return true
}

// AndroidContext reports whether a context is of Android's form: u:r:DOMAIN:s0, u:object_r:TYPE:s0.
func AndroidContext(context string) bool {
	user, rest, _ := strings.Cut(context, ":")
	role, rest, _ := strings.Cut(rest, ":")
	typ, level, ok := strings.Cut(rest, ":")
	return ok && user == "u" && (role == "r" || role == "object_r") && !isLevel(typ) && strings.HasPrefix(level, "s0")
}

// mendContexts puts contexts in order that were damaged, and records what was taken for them.
func (a *AVC) mendContexts() {
	android := AndroidContext(a.SContext) || AndroidContext(a.TContext)
	for _, c := range [...]struct {
		field string
		text  *string
		role  string
	}{{"scontext", &a.SContext, "r"}, {"tcontext", &a.TContext, "object_r"}} {
		logged := *c.text
		if !damaged(logged, android) {
			continue
		}
		taken := ""
		if typ := ContextType(logged); typ != "" {
			taken = wholeContext(logged, typ, c.role, android)
			*c.text = taken
		}
		a.Inferred = append(a.Inferred, Inference{Field: c.field, Logged: logged, Taken: taken})
	}
}

// damaged reports whether a context lacks a part, or has only the end of one. A type alone is a short form.
func damaged(context string, android bool) bool {
	if context == "" || !strings.Contains(context, ":") && !isLevel(context) {
		return false
	}
	if android && !AndroidContext(context) {
		return true
	}
	user, rest, _ := strings.Cut(context, ":")
	role, rest, _ := strings.Cut(rest, ":")
	typ, _, _ := strings.Cut(rest, ":")
	return typ == "" || isLevel(typ) || isRole(user) && !isRole(role)
}

// wholeContext puts what is left of a damaged context in order. Android has one user, and the role r for processes.
func wholeContext(context, typ, role string, android bool) string {
	user, rest, _ := strings.Cut(context, ":")
	second, _, _ := strings.Cut(rest, ":")
	logged := ""
	switch {
	case isRole(second):
		logged = second
	case isRole(user):
		logged, user = user, ""
	}
	if strings.HasSuffix(logged, "bject_r") {
		if i := strings.LastIndex(logged, "_u"); i > 0 {
			user = logged[:i+len("_u")] // system_uXbject_r, where one character replaced two
		}
		logged = "object_r"
	}
	if !android && !strings.HasSuffix(user, "_u") {
		user = ""
	}
	level := ""
	if _, after, ok := strings.Cut(context, typ+":"); ok {
		level = ":" + after
	}
	if android {
		if user = "u"; logged != "r" && logged != "object_r" {
			logged = role
		}
		if !strings.HasPrefix(level, ":s0") {
			level = ":s0"
		}
	}
	return user + ":" + logged + ":" + typ + level
}
